// HS512 login: auth-service and the Django example share one key, as in the article.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { examples, runCommand } from './examples.mjs';
import { freePorts, startService } from './service.mjs';
import { pathWithPackages } from './venv.mjs';

const binary = process.env.E2E_AUTH_BIN;
const [authPort, djangoPort] = await freePorts(2);
const shared = { AUTH_URL: `http://auth.sso.localhost:${authPort}`, COOKIE_DOMAIN: 'sso.localhost' };
// This file has its own auth-service, to which the modules imported below send their requests.
Object.assign(process.env, { E2E_AUTH_URL: shared.AUTH_URL, E2E_COOKIE_DOMAIN: shared.COOKIE_DOMAIN });
const { rememberSecret } = await import('../support/secrets.mjs');
const { Client } = await import('../support/http.mjs');
const { headerOf, withOtherClaims } = await import('./token.mjs');
const { Visitor, asks, inATab } = await import('./visitor.mjs');

const page = `http://django.sso.localhost:${djangoPort}/private`;
const folder = mkdtempSync(join(tmpdir(), 'sso-hs512-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('HS512', { skip: binary ? false : 'needs E2E_AUTH_BIN to run an auth-service with TOKEN_ALGORITHM=HS512' }, () => {
  const signingKey = randomBytes(64).toString('hex');
  let visitor;

  before(async () => {
    rememberSecret('key', signingKey);
    const secretKey = execFileSync(binary, ['generate-secret'], { encoding: 'utf8' }).trim();
    rememberSecret('key', secretKey);
    const algorithm = { TOKEN_ALGORITHM: 'HS512', JWT_SIGNING_KEY: signingKey };
    await startService('"$BINARY"', {
      url: shared.AUTH_URL,
      cwd: folder,
      env: {
        BINARY: binary, ...shared, ...algorithm, SECRET_KEY: secretKey, BCRYPT_COST: '10',
        LISTEN: `127.0.0.1:${authPort}`, DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`,
      },
    });
    await startService(runCommand('django'), {
      url: new URL(page).origin,
      cwd: join(examples, 'django'),
      env: {
        PATH: pathWithPackages(), PYTHONDONTWRITEBYTECODE: '1', ...shared, ...algorithm,
        SERVICE_URL: new URL(page).origin, LISTEN: `127.0.0.1:${djangoPort}`,
      },
    });
    visitor = await Visitor.whoIsLoggedIn();
  });

  it('is what the token says, with the typ of an access token', async () => {
    const { alg, typ } = headerOf(await visitor.token());
    assert.deepEqual([alg, typ], ['HS512', 'at+jwt']);
  });

  it('shows the person their page in Django', async () => {
    const answer = await visitor.opens(page);
    assert.deepEqual([answer.status, answer.hops], [200, []]);
    assert.ok(answer.body.includes(visitor.who.firstName));
  });

  it('renews the login and comes back when the access cookie has gone', async () => {
    const answer = await visitor.opens(page, { cookie: '' });
    assert.equal(answer.status, 200);
    assert.equal(answer.hops.length, 2);
    assert.equal(answer.hops[1], page);
  });

  it('takes changed claims for no login', async () => {
    const token = withOtherClaims(await visitor.token(), { user_is_staff: true });
    assert.equal((await asks(page, { token, ...inATab })).status, 303);
  });

  it('keeps the key out of the public key set', async () => {
    const { body } = await new Client().request(`${shared.AUTH_URL}/.well-known/jwks.json`, { headers: { accept: 'application/json' } });
    assert.ok(!body.includes(signingKey) && !/"k"|"oct"/.test(body), 'no shared key in the set');
  });
});
