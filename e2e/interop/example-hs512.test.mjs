// Django example with HS512: one key that all services share, as in the article.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, it } from 'node:test';
import { SignJWT } from 'jose';
import { auth, cookieDomain } from '../support/env.mjs';
import { rememberSecret } from '../support/secrets.mjs';
import { examples, runCommand } from './examples.mjs';
import { freePorts, startService } from './service.mjs';
import { pathWithPackages } from './venv.mjs';
import { asks, inATab } from './visitor.mjs';

const signingKey = randomBytes(64).toString('hex');
rememberSecret('key', signingKey);
let django;
let keyless;

async function startDjango(port, env) {
  const url = `http://django.${cookieDomain}:${port}`;
  await startService(runCommand('django'), {
    url,
    cwd: `${examples}/django`,
    env: {
      PATH: pathWithPackages(), PYTHONDONTWRITEBYTECODE: '1', TOKEN_ALGORITHM: 'HS512',
      AUTH_URL: auth, COOKIE_DOMAIN: cookieDomain, SERVICE_URL: url, LISTEN: `127.0.0.1:${port}`, ...env,
    },
  });
  return url;
}

before(async () => {
  const [one, other] = await freePorts(2);
  [django, keyless] = await Promise.all([startDjango(one, { JWT_SIGNING_KEY: signingKey }), startDjango(other, {})]);
});

function mint(key, header = {}) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: auth, aud: cookieDomain, sub: 'somebody', user_uuid: 'somebody', jti: 'one', iat: now, nbf: now, exp: now + 3600,
    token_type: 'access', user_email: 'minted@example.org', user_first_name: 'Minted', user_is_staff: false,
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS512', typ: 'at+jwt', kid: 'shared', ...header }).sign(new TextEncoder().encode(key));
}

it('believes a token that the shared key signed', async () => {
  const answer = await asks(`${django}/private`, { token: await mint(signingKey), ...inATab });
  assert.equal(answer.status, 200);
  assert.match(answer.body, /Minted/);
});

it('believes no other key, no other algorithm and no other typ', async () => {
  for (const [key, header] of [['a'.repeat(128)], [signingKey, { alg: 'HS256' }], [signingKey, { typ: 'JWT' }]]) {
    assert.equal((await asks(`${django}/private`, { token: await mint(key, header), ...inATab })).status, 303);
  }
});

it('believes nobody when it was not given the key', async () => {
  for (const key of ['\0', 'None', signingKey]) {
    const { status } = await asks(`${keyless}/private`, { token: await mint(key), ...inATab });
    assert.equal(status, 500);
  }
});
