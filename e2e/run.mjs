// Runs the whole browser suite against services that already listen, one file after the other, the log check last.
// `E2E_BROWSER=firefox` drives Firefox; extra arguments name single files.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { forgetSecrets } from './support/secrets.mjs';

const here = import.meta.dirname;
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync(join(here, 'tests')).filter((f) => f.endsWith('.test.mjs')).sort().map((f) => join('tests', f));

forgetSecrets();
// One after the other: they share two cores, and the log check must see what all the others used.
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...files], { cwd: here, stdio: 'inherit' });
process.exit(status ?? 1);
