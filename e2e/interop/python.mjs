// Runs a Python library's verdict on one token.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonWithPackages } from './venv.mjs';

/**
 * Runs the script with `question` on its standard input. Returns its output: `{ claims }` or `{
 * refused: "<exception>" }`.
 */
export function verdict(script, question) {
  const path = join(import.meta.dirname, script);
  const output = execFileSync(pythonWithPackages(), [path], { input: JSON.stringify(question), encoding: 'utf8', env: { PATH: process.env.PATH } });
  return JSON.parse(output);
}
