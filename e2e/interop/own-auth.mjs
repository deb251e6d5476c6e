// Starts an auth-service for one test file, with settings that the running one does not have.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePorts, startService } from './service.mjs';

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that goes when the file's tests are through. */
export function temporaryFolder() {
  folders.push(mkdtempSync(join(tmpdir(), 'sso-interop-')));
  return folders.at(-1);
}

/** Settings for a free port of loopback and an empty database, with `more` on top. */
export async function ownSettings(more) {
  const folder = temporaryFolder();
  const [port] = await freePorts(1);
  return {
    AUTH_URL: `http://auth.sso.localhost:${port}`, COOKIE_DOMAIN: 'sso.localhost', LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`, SECRET_KEY_FILE: join(folder, 'secret-key'), ...more,
  };
}

/** From here on the file's tests speak to that one. support/env.mjs reads these, so import it, and what imports it, afterwards. */
export function speakTo(settings, lifetimeSeconds) {
  const file = `${settings.SECRET_KEY_FILE}.env`;
  writeFileSync(file, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  Object.assign(process.env, {
    E2E_AUTH_URL: settings.AUTH_URL, E2E_COOKIE_DOMAIN: settings.COOKIE_DOMAIN,
    E2E_AUTH_ENV_FILE: file, E2E_ACCESS_LIFETIME_SECONDS: `${lifetimeSeconds}`,
  });
}

/** Another instance of one that runs: its settings and database, at an address or a socket of its own. */
export function startAnother(binary, settings, listen) {
  const url = listen.startsWith('unix:') ? listen : `http://${listen}`;
  return startService(`'${binary}'`, { url, env: { ...settings, LISTEN: listen } });
}

export function startAuth(binary, settings) {
  writeFileSync(settings.SECRET_KEY_FILE, execFileSync(binary, ['generate-secret']), { mode: 0o600 });
  return startAnother(binary, settings, settings.LISTEN);
}
