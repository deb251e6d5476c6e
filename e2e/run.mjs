// Runs test files one after the other: those that are named, those in folders that are named, or the whole browser suite with
// the log check last. `E2E_BROWSER=firefox` drives Firefox.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { forgetSecrets } from './support/secrets.mjs';

const here = import.meta.dirname;
const named = process.argv.slice(2);
// Node goes through them by their paths, whatever the order here: `tests/99-…` is the last.
const suite = ['by-mail', 'short-lived', 'tests'];

function filesOf(path) {
  if (!statSync(join(here, path)).isDirectory()) return [path];
  return readdirSync(join(here, path)).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(path, name));
}

const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
if (process.env.E2E_FAILURES_FILE) reporters.push('--test-reporter=./support/failures.mjs', `--test-reporter-destination=${process.env.E2E_FAILURES_FILE}`);

forgetSecrets();
// One after the other: they share two cores, and the log check must see what all the others used.
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...reporters, ...(named.length > 0 ? named : suite).flatMap(filesOf)], { cwd: here, stdio: 'inherit' });
process.exit(status ?? 1);
