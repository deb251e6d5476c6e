// Starts the services in examples/ by the command in each README.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const examples = join(import.meta.dirname, '..', '..', 'examples');
export const names = ['django', 'express', 'fastapi'];

/** The source files of an example: `{ 'main.js': '…' }`. */
export function sources(name) {
  const files = readdirSync(join(examples, name)).filter((file) => /\.(py|m?js)$/.test(file));
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(examples, name, file), 'utf8')]));
}

/** The last line of the README's shell block. */
export function runCommand(name) {
  const readme = readFileSync(join(examples, name, 'README.md'), 'utf8');
  return readme.match(/```sh\n([^]*?)\n```/)[1].split('\n').at(-1);
}
