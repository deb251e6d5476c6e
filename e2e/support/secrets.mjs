// Records every secret that the suite uses, so that the last file can search the services' logs for
// them (L1).
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { secretsFile } from './env.mjs';

const seen = new Set();

/** The parts of a cookie's value that are secret on their own: a signature or MAC is a leak even without the rest. */
function parts(value) {
  const pieces = [value];
  try {
    pieces.push(decodeURIComponent(value));
  } catch {
    // A value that is not percent-encoded has only one form.
  }
  const last = value.split('.').at(-1);
  if (value.includes('.') && last.length >= 16) pieces.push(last);
  return pieces;
}

export function rememberSecret(kind, value) {
  for (const text of parts(value)) {
    if (text.length < 8 || seen.has(text)) continue; // too short to be told from chance
    seen.add(text);
    mkdirSync(dirname(secretsFile), { recursive: true });
    appendFileSync(secretsFile, `${JSON.stringify({ kind, text })}\n`, { mode: 0o600 });
  }
}

export function rememberedSecrets() {
  if (!existsSync(secretsFile)) return [];
  return readFileSync(secretsFile, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

export function forgetSecrets() {
  rmSync(secretsFile, { force: true });
}
