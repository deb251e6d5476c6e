// Renewal by script (CORS): a page's script renews the login from our own sub-domains, and from
// nowhere else.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo } from '../support/env.mjs';
import { assertAccessCookie, assertHostCookie } from '../support/cookies.mjs';
import { Person } from '../support/person.mjs';

const renewal = `${auth}/api/session/renew`;
// Only pages with the scheme of the auth host may renew, and the test's own server has no
// certificate.
const needsPlainHttp = auth.startsWith('http:') ? false : 'needs services over plain http';

describe('a script that renews the login', { skip: needsPlainHttp }, () => {
  let browser;
  let server;
  before(async () => {
    browser = await startBrowser();
    // demo-service forbids scripts and fetches on its pages. This server stands for a service that
    // allows them.
    server = await startAttacker();
    server.plants('/app', []);
  });

  const visitor = async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    await person.losesTheAccessCookie();
    return person;
  };
  /** The result in the page's script: `{ status, headers, problem }`, or `{ blocked }`. */
  const renews = (page, { headers = {}, credentials = 'include', mode = 'cors' } = {}) => page.evaluate(async (url, options) => {
    try {
      const answer = await fetch(url, { method: 'POST', ...options });
      const text = await answer.text();
      return { status: answer.status, headers: Object.fromEntries(answer.headers), problem: text && JSON.parse(text) };
    } catch (refusal) {
      return { blocked: refusal.name };
    }
  }, renewal, { headers, credentials, mode });

  it('gets 204 on a sibling sub-domain, and the login is back for every service', async (t) => {
    const person = await visitor(t);
    const before = await person.cookie(cookies.refresh);
    await person.opens(`${server.sibling}/app`);
    const { status, headers } = await renews(person.page);
    assert.equal(status, 204);
    assert.equal(headers['cache-control'], 'no-store');
    assertAccessCookie(await person.cookie(cookies.access));
    const refresh = await person.cookie(cookies.refresh);
    assertHostCookie(refresh);
    assert.notEqual(refresh.value, before.value, 'the refresh token rotates');
    person.watch.clear();
    assert.equal((await person.opens(`${demo}/api/me`)).status(), 200);
    assert.equal((JSON.parse(await person.text())).user_email, person.email);
    await person.opens(`${demo}/private`);
    assert.ok(!person.watch.answers.some(({ url }) => url.startsWith(auth)), 'without a redirect over the auth host');
  });

  it('gets it with a header of its own too, which makes the browser ask first', async (t) => {
    const person = await visitor(t);
    await person.opens(`${server.sibling}/app`);
    assert.equal((await renews(person.page, { headers: { 'content-type': 'application/json' } })).status, 204);
    assert.ok(await person.cookie(cookies.access));
  });

  it('gets 401 and the address of the login when nobody is logged in', async (t) => {
    const person = await Person.sitsDown(browser);
    t.after(() => person.leaves());
    await person.opens(`${server.sibling}/app`);
    const { status, headers, problem } = await renews(person.page);
    assert.equal(status, 401);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal(problem.login_url, `${auth}/login`);
    assert.equal(problem.code, 'login_required');
  });

  it('gets 401 after logging out', async (t) => {
    const person = await visitor(t);
    await person.logsOut();
    await person.opens(`${server.sibling}/app`);
    assert.equal((await renews(person.page)).status, 401);
    assert.equal(await person.cookie(cookies.access), undefined);
  });

  it('gets 401 when it leaves the cookies at home, and takes none away', async (t) => {
    const person = await visitor(t);
    const before = await person.cookie(cookies.refresh);
    await person.opens(`${server.sibling}/app`);
    assert.equal((await renews(person.page, { credentials: 'omit' })).status, 401);
    assert.deepEqual(await person.cookie(cookies.refresh), before);
  });

  it('is blocked on another site, which changes nothing', async (t) => {
    const person = await visitor(t);
    const before = await person.cookie(cookies.refresh);
    await person.opens(`${server.stranger}/app`);
    for (const options of [{}, { credentials: 'omit' }, { mode: 'no-cors' }]) assert.deepEqual(await renews(person.page, options), { blocked: 'TypeError' });
    assert.equal(await person.cookie(cookies.access), undefined);
    assert.deepEqual(await person.cookie(cookies.refresh), before);
  });

  it('is blocked in a page without an origin', async (t) => {
    const person = await visitor(t);
    await person.opens(`${server.sibling}/app`);
    await person.page.setContent('<!doctype html><iframe sandbox="allow-scripts" srcdoc="<p>hello"></iframe>');
    const frame = await person.page.waitForFrame((candidate) => candidate !== person.page.mainFrame() && candidate.url().startsWith('about:srcdoc'));
    assert.deepEqual(await renews(frame), { blocked: 'TypeError' });
    assert.equal(await person.cookie(cookies.access), undefined);
  });

  it('has nothing to read across origins but the renewal', async (t) => {
    const person = await visitor(t);
    await person.opens(`${server.sibling}/app`);
    for (const path of ['/', '/account/sessions', '/api/token/', '/api/token/refresh/', '/login']) {
      const blocked = await person.page.evaluate((url) => fetch(url, { credentials: 'include' }).then(() => false, () => true), auth + path);
      assert.ok(blocked, path);
    }
  });
});
