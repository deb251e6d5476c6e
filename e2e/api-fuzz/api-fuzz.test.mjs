// API fuzzing: requests that are generated from the API's description, and checks of every
// response.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { freePorts, startService } from '../interop/service.mjs';
import { pathWithPackages } from '../interop/venv.mjs';

const here = import.meta.dirname;
const binary = process.env.E2E_AUTH_BIN;
const [port] = await freePorts(1);
const AUTH_URL = `http://auth.sso.localhost:${port}`;
// What is imported below goes to the auth-service of this file.
Object.assign(process.env, { E2E_AUTH_URL: AUTH_URL, E2E_COOKIE_DOMAIN: 'sso.localhost' });
const { Client } = await import('../support/http.mjs');
const { stranger } = await import('../support/person.mjs');

const folder = mkdtempSync(join(tmpdir(), 'sso-api-fuzz-'));
after(() => rmSync(folder, { recursive: true, force: true }));

it('every answer of the API is as its description says', { skip: binary ? false : 'needs E2E_AUTH_BIN' }, async () => {
  const secretKey = execFileSync(binary, ['generate-secret'], { encoding: 'utf8' }).trim();
  const service = await startService('"$BINARY"', {
    url: AUTH_URL,
    cwd: folder,
    env: {
      BINARY: binary, AUTH_URL, COOKIE_DOMAIN: 'sso.localhost', SECRET_KEY: secretKey, LISTEN: `127.0.0.1:${port}`,
      // The cheapest that may be: what is looked at is not the hashing.
      BCRYPT_COST: '10', RUST_LOG: 'warn', DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`,
    },
  });
  const who = stranger('Fuzz');
  assert.equal((await new Client().registers(who)).status, 303);

  // From a file: the tool leaves out the address that it reads the description from.
  const description = join(folder, 'openapi.json');
  writeFileSync(description, (await new Client().request(`${AUTH_URL}/api/openapi.json`)).body);
  const options = ['--no-color', '--config-file', join(here, 'schemathesis.toml'), 'run', description, '--url', AUTH_URL];
  const fuzzer = spawn('schemathesis', options, {
    // It leaves its notes in the folder that it runs in.
    cwd: folder,
    env: {
      PATH: pathWithPackages(here), PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', SCHEMATHESIS_HOOKS: 'hooks',
      AUTH_URL, SERVICE_URL: 'http://demo.sso.localhost', FUZZ_EMAIL: who.email, FUZZ_PASSWORD: who.password,
    },
    stdio: 'inherit',
  });
  const [code] = await once(fuzzer, 'exit');
  assert.equal(code, 0, `what it found is above; warnings and errors in the log:\n${service.output()}`);
});
