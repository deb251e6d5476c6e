// Makes e2e/interop/.venv from requirements.txt when it is missing or older than the list.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const list = join(here, 'requirements.txt');
const folder = join(here, '.venv');
const stamp = join(folder, 'requirements.installed');
const python = join(folder, 'bin', 'python');

/** The path of a Python that has the listed packages. */
export function pythonWithPackages() {
  const wanted = readFileSync(list, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', list], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}
