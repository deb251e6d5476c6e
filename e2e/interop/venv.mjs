// Makes e2e/interop/.venv from requirements.txt when it is missing or older than the lists.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const list = join(here, 'requirements.txt');
const folder = join(here, '.venv');
const stamp = join(folder, 'requirements.installed');
const python = join(folder, 'bin', 'python');

/** A list with the lists that it names. */
function all(path) {
  const text = readFileSync(path, 'utf8');
  return [text, ...[...text.matchAll(/^-r (.+)$/gm)].map(([, named]) => all(join(here, named)))].join('');
}

/** A PATH on which that Python and the commands of its packages come first. */
export const pathWithPackages = () => `${dirname(pythonWithPackages())}:${process.env.PATH}`;

/** The path of a Python that has the listed packages. */
export function pythonWithPackages() {
  const wanted = all(list);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', list], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}
