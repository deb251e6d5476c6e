// Key rotation in the examples. The tests move the clock instead of waiting for five minutes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { it } from 'node:test';
import { SignJWT } from 'jose';
import { examples } from './examples.mjs';
import { verdict } from './python.mjs';
import { pythonWithPackages } from './venv.mjs';

const settings = { AUTH_URL: 'http://auth.sso.localhost', COOKIE_DOMAIN: 'sso.localhost', SERVICE_URL: 'http://wiki.sso.localhost' };
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };

for (const [name, more] of [['django', { DJANGO_SETTINGS_MODULE: 'settings' }], ['fastapi', {}]]) {
  it(`${name}: a withdrawn key is forgotten, and the last keys stay while none can be fetched`, () => {
    const environment = { ...settings, ...more, AUTH_JWKS: 'http://127.0.0.1:1/' };
    const answer = verdict('example_keys.py', { folder: `${examples}/${name}`, environment, key });
    assert.deepEqual(answer, { start: ['old'], changed: ['new'], gone: ['new'] });
  });
}

for (const name of ['django', 'express', 'fastapi']) {
  it(`${name}: settings that are missing or do not fit refuse the start by name`, () => {
    const [program, ...words] = { express: ['node', 'main.js'], django: [pythonWithPackages(), '-c', 'import settings'], fastapi: [pythonWithPackages(), '-c', 'import main'] }[name];
    const errors = (env) => spawnSync(program, words, { cwd: `${examples}/${name}`, env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', ...env }, encoding: 'utf8' });
    const nothing = errors({});
    assert.notEqual(nothing.status, 0);
    assert.match(nothing.stderr, /AUTH_URL, COOKIE_DOMAIN(,| and) SERVICE_URL/);
    for (const [wrong, said] of [[{ SERVICE_URL: 'http://127.0.0.1:8002' }, /SERVICE_URL|127\.0\.0\.1/], [{ COOKIE_DOMAIN: 'example.localhost' }, /AUTH_URL|auth\.sso\.localhost/], [{ SERVICE_URL: 'https://wiki.sso.localhost' }, /SERVICE_URL|wiki\.sso\.localhost/]]) {
      const { status, stderr } = errors({ ...settings, ...wrong });
      assert.notEqual(status, 0);
      assert.match(stderr, said);
      assert.match(stderr, /on or below COOKIE_DOMAIN/);
    }
  });
}

it('express: a withdrawn key is forgotten, and the last keys stay while none can be fetched', async (t) => {
  let kid = 'old';
  const server = http.createServer((_, response) => response.end(JSON.stringify({ keys: [{ ...key, kid }] })));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => server.close());
  Object.assign(process.env, settings, { AUTH_JWKS: `http://127.0.0.1:${server.address().port}/` });
  const repeated = t.mock.method(globalThis, 'setInterval', () => ({ unref() {} }));
  const { sharedLogin } = await import('../../examples/express/shared-login.js');
  const [fiveMinutesPass, period] = repeated.mock.calls[0].arguments;
  assert.equal(period, 300_000);

  const now = Math.floor(Date.now() / 1000);
  const sub = 'somebody';
  const claims = { iss: settings.AUTH_URL, aud: settings.COOKIE_DOMAIN, sub, user_uuid: sub, token_type: 'access', iat: now, nbf: now, exp: now + 3600 };
  const whoComesWith = async (signedBy) => {
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: signedBy }).sign(privateKey);
    const request = { method: 'GET', headers: { cookie: `__Secure-sso_access=${token}` } };
    await sharedLogin(request, { set() {} }, () => {});
    return request.user?.sub;
  };
  assert.equal(await whoComesWith('old'), sub);
  kid = 'new';
  await fiveMinutesPass();
  assert.deepEqual([await whoComesWith('old'), await whoComesWith('new')], [undefined, sub]);
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  await fiveMinutesPass();
  assert.equal(await whoComesWith('new'), sub);
});
