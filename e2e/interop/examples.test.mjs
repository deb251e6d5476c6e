// Examples as running services: one login works in all of them, and each responds as the contract
// says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SignJWT } from 'jose';
import { auth, cookieDomain, cookies, needsShortLife } from '../support/env.mjs';
import { pause } from '../support/person.mjs';
import { examples, names, runCommand } from './examples.mjs';
import { opensWebSocket } from './echo.mjs';
import { startKeyServer } from './key-server.mjs';
import { freePorts, startService } from './service.mjs';
import { claimsOf, unsigned, withBrokenSignature, withOtherClaims } from './token.mjs';
import { pathWithPackages } from './venv.mjs';
import { Visitor, asks, byAScript, inATab } from './visitor.mjs';

const services = Object.fromEntries(names.map((name) => [name, {}]));
let visitor;
let keys;

before(async () => {
  keys = await startKeyServer();
  const ports = await freePorts(names.length);
  await Promise.all(names.map(async (name, n) => {
    const url = `http://${name}.${cookieDomain}:${ports[n]}`;
    services[name].url = url;
    Object.assign(services[name], await startService(runCommand(name), {
      url,
      cwd: `${examples}/${name}`,
      env: {
        PATH: pathWithPackages(), PYTHONDONTWRITEBYTECODE: '1',
        AUTH_URL: auth, COOKIE_DOMAIN: cookieDomain, SERVICE_URL: url, AUTH_JWKS: keys.url, LISTEN: `127.0.0.1:${ports[n]}`,
      },
    }));
  }));
  visitor = await Visitor.whoIsLoggedIn();
});
after(() => keys.close());

/** The login URL that leads back to `page`. */
const loginTo = (page) => {
  const login = new URL('/login', auth);
  login.searchParams.set('next', page);
  return login;
};

function assertSentToLogin(answer, page) {
  assert.equal(answer.status, 303);
  const to = new URL(answer.headers.location);
  assert.deepEqual([to.origin, to.pathname, [...to.searchParams]], [auth, '/login', [['next', page]]]);
  assert.match(answer.headers['cache-control'], /\bno-store\b/);
}

function assertProblem(answer, service) {
  assert.equal(answer.status, 401);
  assert.match(answer.headers['content-type'], /^application\/problem\+json\b/);
  assert.equal(answer.headers['www-authenticate'], 'Bearer');
  assert.match(answer.headers['cache-control'], /\bno-store\b/);
  const problem = JSON.parse(answer.body);
  assert.equal(new URL(problem.login_url).href, loginTo(`${service}/`).href);
  assert.equal(problem.renew_url, `${auth}/api/session/renew`);
}

// These run first, because later the keys are loaded.
for (const name of names) {
  it(`${name}: without keys there is an error, and no way round in circles`, async () => {
    const answer = await asks(`${services[name].url}/private`, { token: await visitor.token(), ...inATab });
    assert.equal(answer.status, 503);
    // The line may arrive a moment after the answer.
    const cause = /keys not fetched from http:\/\/127\.0\.0\.1:.*(refused|ECONNREFUSED)/i;
    for (let tries = 0; tries < 100 && !cause.test(services[name].output()); tries += 1) await pause(0.05);
    assert.match(services[name].output(), cause);
    const stranger = await asks(`${services[name].url}/private`, inATab);
    assert.deepEqual([stranger.status, stranger.headers.location], [503, undefined]);
    assert.ok(!stranger.headers['content-type'].includes('json'), 'a person reads it');
  });
}

for (const name of names) {
  describe(name, () => {
    let url;
    const privately = (question) => asks(`${url}/private`, { ...inATab, ...question });
    const isAnonymous = async (token) => assertSentToLogin(await privately({ token }), `${url}/private`);

    before(async () => {
      url = services[name].url;
      if (!keys.isOpen()) await keys.open();
    });

    it('shows its open page to everybody', async () => {
      const answer = await asks(`${url}/`, inATab);
      assert.equal(answer.status, 200);
      assert.match(answer.body, /Open to all/);
    });

    it('sends an anonymous tab to the login, to come back to this very page', async () => {
      assertSentToLogin(await asks(`${url}/private`, inATab), `${url}/private`);
      const page = '/private?tab=a%20b&to=%2Fx%3Fy&next=http%3A%2F%2Fevil.example';
      assertSentToLogin(await asks(url + page, inATab), url + page);
    });

    it('takes a browser without fetch metadata for a tab when it prefers HTML', async () => {
      for (const accept of ['text/html', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8']) {
        assertSentToLogin(await asks(`${url}/private`, { headers: { accept } }), `${url}/private`);
      }
    });

    it('builds the way back from SERVICE_URL, whatever the Host header says', async () => {
      for (const headers of [{ host: 'evil.example' }, { host: `evil.${cookieDomain}` }, { 'x-forwarded-host': 'evil.example' }]) {
        assertSentToLogin(await asks(`${url}/private`, { headers: { ...inATab.headers, ...headers } }), `${url}/private`);
      }
    });

    it('warns of a SERVICE_URL that is not what people open', async () => {
      const asked = (host) => asks(`${url}/private`, { headers: { ...inATab.headers, host } });
      await asked(`my.${cookieDomain}:8002`);
      const log = () => services[name].output().slice(-1000);
      for (let tries = 0; tries < 50 && !log().includes(`my.${cookieDomain}`); tries += 1) await pause(0.1);
      assert.match(log(), new RegExp(`opened at .my\\.${cookieDomain}:8002., and the login leads back to SERVICE_URL, ${url}`));
    });

    it('answers a script without a login with a problem that says where to log in', async () => {
      assertProblem(await asks(`${url}/api/me`, byAScript), url);
      for (const accept of ['*/*', 'application/json', 'application/json, text/html']) {
        assertProblem(await asks(`${url}/api/me`, { headers: { accept } }), url);
      }
      // Fetch metadata takes precedence over `Accept`.
      assertProblem(await asks(`${url}/private`, { headers: { ...byAScript.headers, accept: 'text/html' } }), url);
    });

    it('shows the person their page', async () => {
      const answer = await privately({ token: await visitor.token() });
      assert.equal(answer.status, 200);
      assert.ok(answer.body.includes(visitor.who.firstName), answer.body);
      assert.match(answer.headers['cache-control'], /\bno-store\b/);
    });

    it('tells a script the claims', async () => {
      const token = await visitor.token();
      const answer = await asks(`${url}/api/me`, { token, ...byAScript });
      assert.equal(answer.status, 200);
      assert.match(answer.headers['content-type'], /^application\/json\b/);
      assert.deepEqual(JSON.parse(answer.body), claimsOf(token));
    });

    it('takes a token that is tampered with for none', async () => {
      const token = await visitor.token();
      await isAnonymous(withBrokenSignature(token));
      await isAnonymous(withOtherClaims(token, { user_is_superuser: true }));
      await isAnonymous(withOtherClaims(token, { exp: claimsOf(token).exp + 3600 }));
      await isAnonymous(unsigned(token));
      for (const garbage of ['x', '..', 'a.b.c', '%00', '"']) await isAnonymous(garbage);
    });

    it('takes a token with one thing wrong for none', async () => {
      const now = Math.floor(Date.now() / 1000);
      // A valid token is accepted. So each of the following is refused for its one fault.
      assert.equal((await privately({ token: await keys.mint() })).status, 200);
      const wrong = {
        'another audience': [{ aud: 'example.org' }], 'no audience': [{ aud: undefined }],
        'another issuer': [{ iss: 'http://auth.example.org' }], 'no issuer': [{ iss: undefined }],
        'another token_type': [{ token_type: 'refresh' }], 'no token_type': [{ token_type: undefined }],
        'expired beyond the leeway': [{ exp: now - 6 }], 'no end': [{ exp: undefined }],
        'not yet valid': [{ nbf: now + 3600 }],
        'another typ': [{}, { typ: 'JWT' }], 'no typ': [{}, { typ: undefined }],
        'an unknown key': [{}, { kid: 'unknown' }], 'no key': [{}, { kid: undefined }],
      };
      for (const [what, [claims, header]] of Object.entries(wrong)) {
        const answer = await privately({ token: await keys.mint(claims, header) });
        assert.equal(answer.status, 303, what);
      }
    });

    it('chooses the algorithm itself: the public key is no secret to sign with', async () => {
      const secret = new TextEncoder().encode(JSON.stringify(keys.publicKey));
      const claims = claimsOf(await keys.mint());
      for (const alg of ['HS256', 'HS512']) {
        await isAnonymous(await new SignJWT(claims).setProtectedHeader({ alg, typ: 'at+jwt', kid: keys.publicKey.kid }).sign(secret));
      }
    });

    it('finds the good cookie among planted ones', async () => {
      const token = await visitor.token();
      for (const tokens of [['planted', token], [token, 'planted'], [token, token]]) {
        const answer = await privately({ tokens });
        assert.equal(answer.status, 200);
        assert.ok(answer.body.includes(visitor.who.firstName));
      }
    });

    it('serves nobody by the cookies of two people, and sends them nowhere', async () => {
      const answer = await privately({ tokens: [await keys.mint(), await visitor.token()] });
      assert.equal(answer.status, 409);
    });

    it('sends a person to the login whom a service worker or a download stands for', async () => {
      const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
      for (const [mode, dest, accept] of [['navigate', 'empty', html], ['same-origin', 'empty', html], ['navigate', 'empty', '*/*'], ['navigate', 'iframe', html]]) {
        const headers = { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, 'sec-fetch-site': 'same-origin', accept };
        assertSentToLogin(await asks(`${url}/private`, { headers }), `${url}/private`);
      }
      assertSentToLogin(await asks(`${url}/private`, { headers: { accept: 'application/xhtml+xml,text/html;q=0.9' } }), `${url}/private`);
      assertProblem(await asks(`${url}/api/me`, { headers: { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty', accept: '*/*' } }), url);
    });

    it('hands out nothing in advance, whoever is logged in, and sends nobody to the login for it', async () => {
      for (const purpose of ['prefetch', 'prefetch;prerender', 'prefetch; anonymous-client-ip']) {
        for (const token of [await visitor.token(), undefined]) {
          const answer = await asks(`${url}/private`, { token, headers: { ...inATab.headers, 'sec-purpose': purpose } });
          assert.deepEqual([answer.status, answer.headers.location], [403, undefined], purpose);
          assert.ok(!answer.body.includes(visitor.who.firstName), answer.body);
        }
      }
    });

    it('opens a WebSocket to its own pages alone', async () => {
      const cookie = `${cookies.access}=${await visitor.token()}`;
      const asked = (from) => opensWebSocket(`${url}/private`, { cookie, ...from });
      for (const from of [{ origin: `http://evil.${cookieDomain}` }, { origin: 'null' }, { origin: url, 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site' }]) {
        assert.equal(await asked(from), 403, JSON.stringify(from));
      }
      // The service has no WebSocket here and treats the request as a GET.
      assert.notEqual(await asked({ origin: url }), 403);
      assert.notEqual(await asked({ origin: url, 'sec-fetch-site': 'same-origin' }), 403);
    });

    it('takes changes from its own pages alone', async () => {
      const token = await visitor.token();
      const posts = (headers) => asks(`${url}/greet`, { token, method: 'POST', headers: { 'sec-fetch-mode': 'navigate', ...headers } });
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: url }]) {
        const answer = await posts(headers);
        assert.deepEqual([answer.status, answer.body], [200, `${visitor.who.firstName} greets you.`], JSON.stringify(headers));
      }
      for (const headers of [{ 'sec-fetch-site': 'same-site', origin: url }, { 'sec-fetch-site': 'cross-site' }, { origin: `http://evil.${cookieDomain}` }, {}]) {
        assert.equal((await posts(headers)).status, 403, JSON.stringify(headers));
      }
    });

    it('says in its log why it refuses a token, and shows none there', async () => {
      const token = await keys.mint({ aud: 'example.org' });
      await isAnonymous(token);
      // The line may arrive after the answer.
      const log = () => services[name].output().slice(-1000);
      for (let tries = 0; tries < 50 && !/token refused: .*aud/i.test(log()); tries += 1) await pause(0.1);
      assert.match(log(), /token refused: .*aud/i);
      assert.ok(!log().includes(token.split('.')[2]), log());
    });

    it('ends a redirect loop in a page, from which one can try again', async () => {
      const page = `${url}/private?sso_loop=3`;
      const answer = await asks(page, inATab);
      assert.deepEqual([answer.status, answer.headers.location], [401, undefined]);
      assert.match(answer.headers['content-type'], /^text\/html/);
      assert.ok(answer.body.includes(`href="${loginTo(page).href}"`), answer.body);
      assert.equal((await asks(page, { token: await visitor.token(), ...inATab })).status, 200);
    });

    it('sends no posted form to the login', async () => {
      const { status } = await asks(`${url}/private`, { ...inATab, form: { note: 'typed' } });
      assert.ok([401, 404, 405].includes(status), `${status}`);
    });
  });
}

describe('one login', () => {
  it('visits all of them', async () => {
    await visitor.token();
    for (const name of names) {
      const answer = await visitor.opens(`${services[name].url}/private`);
      assert.deepEqual([answer.status, answer.hops], [200, []], name);
      assert.ok(answer.body.includes(visitor.who.firstName), name);
    }
  });

  it('comes back to the page with a new token when the old one has run out', { skip: needsShortLife }, async () => {
    const old = await visitor.token();
    // Five seconds of leeway, and one because clocks are rounded.
    await pause(Math.max(0, claimsOf(old).exp + 6 - Date.now() / 1000));
    for (const name of names) {
      const page = `${services[name].url}/private?from=${name}`;
      const answer = await visitor.opens(page, { cookie: `${cookies.access}=${old}` });
      assert.deepEqual([answer.status, answer.hops], [200, [loginTo(page).href, page]], name);
      assert.ok(answer.body.includes(visitor.who.firstName), name);
    }
  });

  it('holds in all of them when the keys can no longer be fetched', async () => {
    await keys.close();
    for (const name of names) {
      const answer = await visitor.opens(`${services[name].url}/private`, { cookie: `${cookies.access}=${await visitor.token()}` });
      assert.deepEqual([answer.status, answer.hops], [200, []], name);
    }
  });
});
