// Installs the packages of the checks and the examples. It runs before them (`preinterop` in
// package.json), because test files run in parallel and would all install at once.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from './examples.mjs';
import { pythonWithPackages } from './venv.mjs';

const folder = join(examples, 'express');
const changed = (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;

pythonWithPackages();
// npm writes the former file last.
if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
  execFileSync('npm', ['--silent', 'ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
}
