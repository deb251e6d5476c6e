// Creates `.venv` beside a requirements.txt if it is missing or older than the list.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The text of a list, including the lists that it names. */
function all(path) {
  const text = readFileSync(path, 'utf8');
  return [text, ...[...text.matchAll(/^-r (.+)$/gm)].map(([, named]) => all(join(dirname(path), named)))].join('');
}

/** A PATH on which that Python and its packages' commands come first. */
export const pathWithPackages = (folder) => `${dirname(pythonWithPackages(folder))}:${process.env.PATH}`;

/** The path of a Python that has the packages listed in `folder`. */
export function pythonWithPackages(folder = import.meta.dirname) {
  const list = join(folder, 'requirements.txt');
  const stamp = join(folder, '.venv', 'requirements.installed');
  const python = join(folder, '.venv', 'bin', 'python');
  const wanted = all(list);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  execFileSync('python3', ['-m', 'venv', '--clear', join(folder, '.venv')], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', list], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}
