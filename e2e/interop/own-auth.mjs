// Starts an auth-service for one test file, with settings that the running one does not have.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePorts, startService } from './service.mjs';

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder that is deleted after the file's tests. */
export function temporaryFolder() {
  folders.push(mkdtempSync(join(tmpdir(), 'sso-interop-')));
  return folders.at(-1);
}

/** Settings for a free loopback port and an empty database. `more` overrides them. */
export async function ownSettings(more) {
  const folder = temporaryFolder();
  const [port] = await freePorts(1);
  return {
    AUTH_URL: `http://auth.sso.localhost:${port}`, COOKIE_DOMAIN: 'sso.localhost', LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`, SECRET_KEY_FILE: join(folder, 'secret-key'), ...more,
  };
}

/**
 * Makes the file's tests use that auth-service. support/env.mjs reads these variables at import, so
 * import it and its dependents afterwards.
 */
export function speakTo(settings, lifetimeSeconds) {
  const file = `${settings.SECRET_KEY_FILE}.env`;
  writeFileSync(file, Object.entries(settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  Object.assign(process.env, {
    E2E_AUTH_URL: settings.AUTH_URL, E2E_COOKIE_DOMAIN: settings.COOKIE_DOMAIN,
    E2E_AUTH_ENV_FILE: file, E2E_ACCESS_LIFETIME_SECONDS: `${lifetimeSeconds}`,
  });
}

/** Starts another instance with the same settings and database, at another address or socket. */
export function startAnother(binary, settings, listen) {
  const url = listen.startsWith('unix:') ? listen : `http://${listen}`;
  return startService(`'${binary}'`, { url, env: { ...settings, LISTEN: listen } });
}

export function startAuth(binary, settings) {
  writeFileSync(settings.SECRET_KEY_FILE, execFileSync(binary, ['generate-secret']), { mode: 0o600 });
  return startAnother(binary, settings, settings.LISTEN);
}
