// The operator's command line, run against the database of the running stack.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { authBinary, authEnvFile } from './env.mjs';

/** The service's settings, by name. */
export function settings() {
  const lines = readFileSync(authEnvFile, 'utf8').split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** `auth-service users <args>`; `input` goes to its standard input. */
export function users(args, input = '') {
  return execFileSync(authBinary, ['users', ...args], { env: { PATH: process.env.PATH, ...settings() }, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}
