// Forward auth behind nginx and Caddy, for services that cannot be changed, as examples/ configures
// it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { opensWebSocket, startEcho } from './echo.mjs';
import { ownSettings, speakTo, startAnother, startAuth, temporaryFolder } from './own-auth.mjs';
import { names, notInstalled, startProxy } from './proxies.mjs';
import { freePorts } from './service.mjs';

const binary = process.env.E2E_AUTH_BIN;
const lifetime = 20;
const settings = await ownSettings({ ACCESS_TOKEN_LIFETIME: `${lifetime}s`, BCRYPT_COST: '10' });
speakTo(settings, lifetime);
const { auth, cookies } = await import('../support/env.mjs');
const { users } = await import('../support/operator.mjs');
const { pause } = await import('../support/person.mjs');
const { claimsOf, unsigned, withBrokenSignature, withOtherClaims } = await import('./token.mjs');
const { Visitor, asks, byAScript, inATab } = await import('./visitor.mjs');

const present = names.filter((name) => !notInstalled(name));
const sites = {};
/** The same sites, for people with the role `editor`. */
const editorsSites = {};
/** People use one instance by its port, and proxies use the other by its socket. */
const socket = join(temporaryFolder(), 'http.sock');
let instances;
let echo;
let visitor;
let stranger;

const onThisSite = { 'sec-fetch-site': 'same-origin' };
const inATabOfThisSite = { ...inATab.headers, ...onThisSite };
/** Headers by which a client could try to be another person, each in several spellings. */
const lies = {
  'x-auth-user': 'a lie', 'x-auth-email': 'a lie', 'x-auth-email-verified': 'a lie', 'x-auth-roles': 'a lie',
  x_auth_user: 'a lie', 'x-auth_user': 'a lie', x_auth_roles: 'a lie',
  ...Object.fromEntries([...".!#$%&'*+^`|~"].flatMap((mark) => [[`x${mark}auth${mark}user`, 'a lie'], [`x-auth${mark}email`, 'a lie']])),
  'x-original-url': '/a-lie', 'x-rewrite-url': '/a-lie', 'x-forwarded-uri': '/a-lie', 'x-forwarded-prefix': '/a-lie',
  'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1', forwarded: 'for=192.0.2.1', 'x-forwarded-host': 'a-lie.example',
};
const identity = ({ headers }) => ['user', 'email', 'email-verified', 'roles'].map((what) => headers[`x-auth-${what}`]);
/** The email address is not verified, so it is not passed on. */
const asWhoTheyAre = (token) => [claimsOf(token).sub, undefined, 'false', 'author,editor'];

before(async () => {
  if (!binary) return;
  const [wiki, ...ports] = await freePorts(1 + 2 * present.length);
  echo = await startEcho(wiki);
  instances = [await startAuth(binary, settings), await startAnother(binary, settings, `unix:${socket}`)];
  await Promise.all(present.map(async (name) => {
    const start = (more) => startProxy(name, temporaryFolder(), { port: ports.pop(), auth: `unix:${socket}`, wiki: `127.0.0.1:${wiki}`, ...more });
    sites[name] = await start();
    editorsSites[name] = await start({ mayEnter: '?role=editor' });
  }));
  visitor = await Visitor.whoIsLoggedIn();
  users(['roles', 'add', visitor.who.email, 'editor', 'author']);
  stranger = await Visitor.whoIsLoggedIn();
  // After this renewal the token contains the roles.
  await visitor.opens(`${auth}/login?next=${encodeURIComponent(auth)}`);
});
after(() => echo?.close());

/** The request that the service received, as its response describes it. */
function reached(answer) {
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body);
}

function assertSentToLogin(answer, page) {
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, `${auth}/login?${new URLSearchParams({ next: page })}`);
  assert.match(answer.headers['cache-control'], /\bno-store\b/);
}

function assertProblem(answer, page) {
  assert.equal(answer.status, 401);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
  assert.equal(answer.headers['www-authenticate'], 'Bearer');
  assert.match(answer.headers['cache-control'], /\bno-store\b/);
  assert.equal(JSON.parse(answer.body).login_url, `${auth}/login?${new URLSearchParams({ next: page })}`);
}

async function assertNothingReaches(question) {
  const before = echo.seen.length;
  const answer = await question;
  assert.equal(echo.seen.length, before, 'the service was asked');
  return answer;
}

for (const name of names) {
  describe(name, { skip: binary ? notInstalled(name) : 'needs E2E_AUTH_BIN to start an auth-service that trusts these proxies' }, () => {
    let url;
    before(() => { url = sites[name]; });

    it('sends an anonymous tab to the login, to come back to this very page', async () => {
      for (const page of ['/', '/handbook/', '/a%20page/caf%C3%A9?a=b&c=d%20e+f&to=%2Fx%3Fy&next=http%3A%2F%2Fevil.example']) {
        assertSentToLogin(await assertNothingReaches(asks(url + page, inATab)), url + page);
      }
    });

    it('sends an anonymous tab to the login however long the address is', async () => {
      for (const bytes of [1_000, 3_000, 3_900, 5_000, 7_500]) {
        const page = `${url}/page?q=${'x'.repeat(bytes)}`;
        assertSentToLogin(await assertNothingReaches(asks(page, inATab)), page);
      }
    });

    it('comes back to an address whose path looks like another host', async () => {
      for (const page of [`${url}//elsewhere.sso.localhost/page`, `${url}//evil.example/page`]) assertSentToLogin(await asks(page, inATab), page);
    });

    it('lets people read the site when they are logged in', async () => {
      const answer = await visitor.opens(`${url}/handbook/`);
      assert.deepEqual([answer.status, answer.hops], [200, []]);
      assert.match(answer.body, /Only people who are logged in/);
      assert.match(answer.headers['cache-control'], /private/);
    });

    it('tells the service who it is', async () => {
      const token = await visitor.token();
      const asked = reached(await asks(`${url}/page?a=b&c`, { token, ...inATab }));
      assert.deepEqual(identity(asked), asWhoTheyAre(token));
      assert.equal(asked.url, '/page?a=b&c');
      assert.equal(asked.headers.host, new URL(url).host);
    });

    it('renews in silence, and comes back to the page', async () => {
      const page = `${url}/quiet/caf%C3%A9?a=b&c=d%20e`;
      const answer = await visitor.opens(page, { cookie: '' });
      assert.deepEqual(answer.hops, [`${auth}/login?${new URLSearchParams({ next: page })}`, page]);
      assert.equal(identity(reached(answer))[0], claimsOf(await visitor.token()).sub);
    });

    it('lets nobody name themselves, logged in or not', async () => {
      const token = await visitor.token();
      const loggedIn = reached(await asks(`${url}/page`, { token, headers: lies }));
      assert.deepEqual(identity(loggedIn), asWhoTheyAre(token));
      const anonymous = reached(await asks(`${url}/healthz`, { headers: lies }));
      assert.deepEqual(identity(anonymous), [undefined, undefined, undefined, undefined]);
      for (const asked of [loggedIn, anonymous]) {
        assert.doesNotMatch(JSON.stringify(asked), /lie|192\.0\.2\.1/);
        assert.equal(new Set(asked.names).size, asked.names.length, 'no header comes twice');
      }
      assert.equal((await assertNothingReaches(asks(`${url}/page`, { headers: { ...byAScript.headers, ...lies } }))).status, 401);
    });

    // Q5
    it('lets in who has the role that the site asks for, and nobody else', async () => {
      const page = `${editorsSites[name]}/page?role=visitor&email=any`;
      assert.deepEqual(identity(reached(await asks(page, { token: await visitor.token(), ...inATab }))), asWhoTheyAre(await visitor.token()));
      const token = await stranger.token();
      for (const path of ['/page', '/page?role=visitor', '/handbook/', '/%70age']) {
        const answer = await assertNothingReaches(asks(editorsSites[name] + path, { token, headers: { ...inATab.headers, ...lies } }));
        assert.equal(answer.status, 403);
        assert.match(answer.body, /<html[^]*Not for this account/, 'a page says so');
      }
      const answer = await assertNothingReaches(asks(page, { token, ...byAScript }));
      assert.deepEqual([answer.status, JSON.parse(answer.body).code], [403, 'role_missing']);
      assertSentToLogin(await assertNothingReaches(asks(page, inATab)), page);
      assert.equal((await asks(`${url}/page`, { token, ...inATab })).status, 200, 'where no role is asked for, an account is enough');
    });

    // Q4
    it('asks by the token alone, and sends who carries more cookies than a service can read to the page that helps', async () => {
      const token = await visitor.token();
      const bomb = Array.from({ length: 180 }, (_, n) => `bomb${n}=${'x'.repeat(4080)}`);
      const cookie = [...bomb.slice(0, 90), `${cookies.access}=${token}`, ...bomb.slice(90)].join('; ');
      const answer = await assertNothingReaches(asks(`${url}/page?a=b`, { headers: { ...inATab.headers, cookie } }));
      const { host, pathname, searchParams } = new URL(answer.headers.location);
      assert.deepEqual([answer.status, host.split(':')[0], pathname, searchParams.get('next')], [303, 'auth.sso.localhost', '/page/cookies', `${url}/page`]);
      const fewer = ['a=1', `b=${'x'.repeat(9000)}`, `${cookies.access}=${token}`, `c=${'x'.repeat(4000)}`].join('; ');
      assert.deepEqual(identity(reached(await asks(`${url}/page`, { headers: { cookie: fewer } }))), asWhoTheyAre(token));
    });

    it('keeps the name when the client asks to drop it on the way', async () => {
      const token = await visitor.token();
      const headers = { connection: 'close, x-auth-user, x-auth-email, x-auth-roles' };
      assert.deepEqual(identity(reached(await asks(`${url}/page`, { token, headers }))), asWhoTheyAre(token));
    });

    it('goes by its own word on addresses, whatever the client says', async () => {
      const page = `${url}/forged?a=b`;
      const elsewhere = 'elsewhere.sso.localhost';
      const forged = {
        'x-forwarded-host': elsewhere, 'x-forwarded-uri': '/elsewhere', 'x-forwarded-proto': 'https', 'x-forwarded-method': 'POST',
        'x-original-url': `http://${elsewhere}/`, 'x-original-method': 'POST', 'x-auth-login': `http://${elsewhere}/`,
      };
      for (const more of [forged, { ...forged, connection: 'close, x-forwarded-host, x-forwarded-uri' }]) {
        assertSentToLogin(await asks(page, { headers: { ...inATab.headers, ...more } }), page);
        assertProblem(await asks(page, { headers: { ...byAScript.headers, ...more } }), page);
      }
      assert.equal((await assertNothingReaches(asks(page, { token: await visitor.token(), headers: { host: elsewhere } }))).status, 421);
    });

    it('answers a script without a login with a problem that says where to log in', async () => {
      const page = `${url}/api?a=b&c=%C3%A9`;
      assertProblem(await assertNothingReaches(asks(page, byAScript)), page);
      assertProblem(await asks(`${url}/handbook/`, byAScript), `${url}/handbook/`);
    });

    it('passes a form on when logged in, and sends nobody away in the middle of one', async () => {
      const form = { note: 'typed & sent, é' };
      const asked = reached(await asks(`${url}/form`, { token: await visitor.token(), headers: inATabOfThisSite, form }));
      const body = new URLSearchParams(form).toString();
      assert.deepEqual([asked.method, asked.sha256], ['POST', createHash('sha256').update(body).digest('hex')]);
      assertProblem(await assertNothingReaches(asks(`${url}/form`, { headers: inATabOfThisSite, form })), `${url}/form`);
      // A program that does not name its origin.
      assertProblem(await assertNothingReaches(asks(`${url}/form`, { form })), `${url}/form`);
    });

    it('passes a large body on whole', async () => {
      const form = { text: 'x'.repeat(5_000_000) };
      const asked = reached(await asks(`${url}/large`, { token: await visitor.token(), headers: inATabOfThisSite, form }));
      assert.equal(asked.bytes, 5_000_005);
      assert.equal(asked.sha256, createHash('sha256').update(`text=${form.text}`).digest('hex'));
      // A proxy may close the connection if the client keeps sending after the refusal.
      const refused = await assertNothingReaches(asks(`${url}/large`, { headers: inATabOfThisSite, form }).catch((cause) => cause));
      assert.ok(refused.status === 401 || ['ECONNRESET', 'EPIPE'].includes(refused.code), refused);
    });

    it('refuses forms of other sites, and of siblings below the same domain', async () => {
      const token = await visitor.token();
      const others = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'http://evil.sso.localhost' }, { origin: 'null' }];
      for (const from of others) {
        const answer = await assertNothingReaches(asks(`${url}/form`, { token, headers: from, form: { note: 'forged' } }));
        assert.equal(answer.status, 403, JSON.stringify(from));
      }
      const link = await asks(`${url}/page`, { token, headers: { ...inATab.headers, 'sec-fetch-site': 'cross-site' } });
      assert.equal(link.status, 200, 'a link from elsewhere is no form');
    });

    it('opens WebSockets to pages of this site alone', async () => {
      const cookie = `${cookies.access}=${await visitor.token()}`;
      const asksFrom = (from) => opensWebSocket(`${url}/socket`, { cookie, 'sec-websocket-version': '13', ...from });
      // Firefox sends both, and Chromium only the second.
      for (const ours of [{ 'sec-fetch-site': 'same-origin', origin: url }, { 'sec-fetch-site': 'same-origin' }, { origin: url }]) {
        assert.equal(await asksFrom(ours), 101, JSON.stringify(ours));
        assert.match(echo.seen.at(-1).headers['x-auth-user'], /^[0-9a-f-]{36}$/);
      }
      const { length } = echo.seen;
      for (const others of [{ 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'cross-site', origin: url }, { origin: 'http://evil.sso.localhost' }, { origin: 'null' }, { origin: `${url}0` }]) {
        assert.equal(await asksFrom(others), 403, JSON.stringify(others));
      }
      assert.equal(echo.seen.length, length, 'the service saw none of them');
      assert.equal(await opensWebSocket(`${url}/socket`, { 'sec-fetch-site': 'same-origin' }), 401);
    });

    it('keeps the token from the service, and leaves its own cookies alone', async () => {
      const token = await visitor.token();
      const ours = `${cookies.access}=${token}`;
      for (const cookie of [ours, `${ours}; a=1; b=2`, `a=1; ${ours}; b=2`, `a=1; b=2; ${ours}`, `a=1;${ours};b=2`, `${ours}; ${ours}; a=1`]) {
        const { headers } = reached(await asks(`${url}/page`, { headers: { cookie } }));
        assert.ok(!JSON.stringify(headers).includes(token.slice(-40)), cookie);
        if (cookie.includes('b=2')) assert.match(headers.cookie, /^(__Secure-sso_access=; ?)?a=1; ?(__Secure-sso_access=; ?)?b=2(; __Secure-sso_access=)?$/);
      }
      assert.match(reached(await asks(`${url}/page`, { headers: { cookie: `a=1; ${ours}; my${ours}` } })).headers['x-auth-user'] ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(reached(await asks(`${url}/healthz`, {})).headers.cookie, undefined);
    });

    it('takes a token that is tampered with for none', async () => {
      const token = await visitor.token();
      for (const wrong of [withBrokenSignature(token), withOtherClaims(token, { roles: ['admin'] }), unsigned(token), 'x', '..']) {
        assertSentToLogin(await assertNothingReaches(asks(`${url}/page`, { token: wrong, ...inATab })), `${url}/page`);
      }
    });

    it('answers HEAD as it answers GET, without a redirect', async () => {
      const heads = (path, more) => asks(url + path, { method: 'HEAD', ...more });
      assert.equal((await heads('/handbook/', { token: await visitor.token() })).status, 200);
      assert.equal((await heads('/page', { token: await visitor.token() })).status, 200);
      assert.equal(echo.seen.at(-1).method, 'HEAD');
      const { status, body } = await assertNothingReaches(heads('/page', {}));
      assert.deepEqual([status, body], [401, '']);
    });

    it('asks no one on an open path, and opens nothing beside it', async () => {
      assert.equal(reached(await asks(`${url}/healthz?a`, {})).url, '/healthz?a');
      for (const path of ['/healthz/', '/healthz/..%2fpage', '/healthz;/page', '/healthzz', '/.shared-login', '/%2e%2e/page']) {
        const answer = await assertNothingReaches(asks(url + path, byAScript));
        assert.ok([401, 404].includes(answer.status), `${path}: ${answer.status}`);
      }
    });
  });
}

describe('when time passes and auth-service is gone', { skip: binary && present.length ? false : 'no proxy runs' }, () => {
  let token;

  it('a token that has run out leads to the login and back', async () => {
    token = await visitor.token();
    // Five seconds of leeway, and one because clocks are rounded.
    await pause(Math.max(0, claimsOf(token).exp + 6 - Date.now() / 1000));
    for (const name of present) {
      const page = `${sites[name]}/after?a=b`;
      const answer = await visitor.opens(page, { cookie: `${cookies.access}=${token}` });
      assert.deepEqual(answer.hops, [`${auth}/login?${new URLSearchParams({ next: page })}`, page], name);
      assert.equal(identity(reached(answer))[3], 'author,editor', name);
      assertProblem(await asks(page, { token, ...byAScript }), page);
    }
  });

  it('every site stays closed, but for its open paths', async () => {
    token = await visitor.token();
    await Promise.all(instances.map((one) => one.stops()));
    for (const name of present) {
      for (const [path, question] of [['/', inATab], ['/handbook/', inATab], ['/page', byAScript], ['/form', { form: { a: 'b' } }], ['/page', { headers: lies }]]) {
        const { status, body } = await assertNothingReaches(asks(sites[name] + path, { token, ...question }));
        assert.ok(status >= 500 && status < 600, `${name} ${path}: ${status}`);
        assert.doesNotMatch(body, /Only people/);
      }
      assert.equal((await asks(`${sites[name]}/healthz`)).status, 200, name);
    }
  });

  it('the question has no body, and names come from the answer alone', async (t) => {
    // A stand-in that accepts everything and names no person.
    const stub = await startEcho(socket);
    t.after(() => stub.close());
    for (const name of present) {
      const asked = reached(await asks(`${sites[name]}/form?a`, { headers: { ...lies, ...inATabOfThisSite }, form: { a: 'b' } }));
      assert.equal(asked.bytes, 3);
      assert.doesNotMatch(JSON.stringify(asked), /lie/, name);
      assert.deepEqual(identity(asked), [undefined, undefined, undefined, undefined], name);
      const question = stub.seen.at(-1);
      assert.deepEqual([question.method, question.url.split('?')[0], question.bytes], ['GET', '/auth/verify', 0], name);
      assert.doesNotMatch(JSON.stringify(question), /lie|content-length|transfer-encoding/, name);
      assert.notEqual(question.headers.host, new URL(sites[name]).host);
    }
  });
});
