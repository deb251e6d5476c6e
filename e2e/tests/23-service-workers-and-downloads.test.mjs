// Service workers, downloads and frames: a person is redirected to the login and back there too,
// and never reads raw JSON.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, isChromium } from '../support/env.mjs';
import { needsFront, startFront } from '../support/front.mjs';
import { Person, comesTrue, forms } from '../support/person.mjs';

const html = 'text/html; charset=utf-8';
const script = 'text/javascript';
const files = {
  '/shell': [html, '<!doctype html><title>shell</title><p>shell'],
  '/passes-on.js': [script, 'addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(clients.claim())); addEventListener("fetch", (e) => e.respondWith(fetch(e.request)));'],
  '/copies.js': [script, 'addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(clients.claim())); addEventListener("fetch", (e) => e.respondWith(fetch(new Request(e.request, { cache: "no-store" }))));'],
  '/preloads.js': [script, 'addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(registration.navigationPreload.enable().then(() => clients.claim()))); addEventListener("fetch", (e) => e.respondWith((async () => (await e.preloadResponse) ?? fetch(e.request))()));'],
  '/asks-anew.js': [script, 'addEventListener("install", () => skipWaiting()); addEventListener("activate", (e) => e.waitUntil(clients.claim())); addEventListener("fetch", (e) => e.respondWith(fetch(e.request.url)));'],
  '/downloads': [html, '<!doctype html><title>downloads</title><a id="save" download="page.html" href="/private?file">Save</a>'],
  '/frames': [html, '<!doctype html><title>frames</title><iframe src="/private" width="600" height="400"></iframe>'],
};

describe('a person whom a program stands before', { skip: needsFront }, () => {
  let browser;
  let front;
  before(async () => {
    browser = await startBrowser();
    front = await startFront('shell', { files });
  });

  const somebody = async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    return person;
  };
  const losesEverything = async (person) => {
    const held = (await person.cookies()).filter(({ name }) => Object.values(cookies).includes(name) || name === '__Secure-sso_hint');
    await person.context.deleteCookie(...held);
  };
  /** The requests that the service received, for messages of failures. */
  const asked = () => JSON.stringify(front.seen.map(({ method, path, status, headers }) => [method, path, status, headers['sec-fetch-mode'], headers['sec-fetch-dest'], headers['sec-fetch-site'], headers.accept]));
  /** Puts a service worker in control of the page. */
  const underA = async (person, worker) => {
    await person.opens(`${front.url}/shell`);
    await person.page.evaluate(async (url) => {
      await navigator.serviceWorker.register(url);
      if (!navigator.serviceWorker.controller) await new Promise((done) => { navigator.serviceWorker.oncontrollerchange = done; });
    }, worker);
    front.seen.length = 0;
  };

  for (const worker of ['/passes-on.js', '/copies.js']) {
    it(`is renewed without noticing behind ${worker}`, async (t) => {
      const person = await somebody(t);
      await underA(person, worker);
      await person.losesTheAccessCookie();
      await person.opens(`${front.url}/private?a=b`);
      assert.equal(person.page.url(), `${front.url}/private?a=b`);
      assert.ok(await person.sees(person.email), await person.text());
      const [first] = front.seen;
      assert.equal(first.status, 303, asked());
      // This is the point of the test: no browser sends "document" here.
      assert.equal(first.headers['sec-fetch-dest'], 'empty', asked());
    });

    it(`reaches the login form behind ${worker}, and comes back`, async (t) => {
      const person = await somebody(t);
      await underA(person, worker);
      await losesEverything(person);
      await person.opens(`${front.url}/private?a=b`);
      assert.equal(new URL(person.page.url()).origin, auth, await person.text());
      assert.ok(await person.page.$(forms.login));
      await person.logsIn({ at: false });
      assert.equal(person.page.url(), `${front.url}/private?a=b`);
    });
  }

  it('is renewed and reaches the login form behind a navigation preload', async (t) => {
    const person = await somebody(t);
    await underA(person, '/preloads.js');
    await person.losesTheAccessCookie();
    await person.opens(`${front.url}/private?a=b`);
    assert.equal(front.seen[0].headers['service-worker-navigation-preload'], 'true', asked());
    assert.equal(person.page.url(), `${front.url}/private?a=b`);
    assert.ok(await person.sees(person.email), await person.text());
    await losesEverything(person);
    await person.opens(`${front.url}/private?a=b`);
    assert.equal(new URL(person.page.url()).origin, auth, await person.text());
  });

  // As docs/consumers.md says. If a header ever tells it from a script, it may be redirected to the
  // login.
  it('is told by nothing from a script where the worker makes a request of its own', async (t) => {
    const person = await somebody(t);
    await underA(person, '/asks-anew.js');
    await losesEverything(person);
    // Firefox shows its own page for such a response, and reports the navigation as failed.
    await person.opens(`${front.url}/private?a=b`).catch(() => {});
    const [{ headers, status }] = front.seen;
    assert.equal(status, 401, asked());
    assert.deepEqual([headers['sec-fetch-mode'], headers['sec-fetch-dest'], headers['sec-fetch-user'], headers.accept], ['cors', 'empty', undefined, '*/*']);
  });

  /** Clicks the download. Returns a function that lists the statuses of its requests. */
  const saves = async (person) => {
    await person.opens(`${front.url}/downloads`);
    if (isChromium) {
      const cdp = await person.page.createCDPSession();
      await cdp.send('Browser.setDownloadBehavior', { behavior: 'deny', browserContextId: person.context.id });
    }
    front.seen.length = 0;
    await person.page.evaluate(() => document.getElementById('save').click());
    return () => front.seen.filter(({ path }) => path.startsWith('/private?file')).map(({ status }) => status);
  };

  it('saves a file whose login has just ended', async (t) => {
    const person = await somebody(t);
    await person.losesTheAccessCookie();
    const statuses = await saves(person);
    assert.ok(await comesTrue(() => statuses().at(-1) === 200), asked());
    assert.equal(statuses()[0], 303);
  });

  it('reaches the login form where the session of a download is over', async (t) => {
    const person = await somebody(t);
    await losesEverything(person);
    await saves(person);
    assert.ok(await comesTrue(async () => person.page.url().startsWith(`${auth}/login`)), `${person.page.url()} ${asked()}`);
    assert.ok(await comesTrue(() => person.page.$(forms.login)), await person.text());
  });

  it('is renewed in a frame of the service, and asked for no password there', async (t) => {
    const person = await somebody(t);
    await person.losesTheAccessCookie();
    const framed = async () => {
      const frame = person.page.frames().find((candidate) => candidate !== person.page.mainFrame());
      return frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
    };
    front.seen.length = 0;
    await person.opens(`${front.url}/frames`);
    // demo-service forbids frames, so the page is not shown. The test checks that it was requested
    // with a renewed login.
    assert.ok(await comesTrue(() => front.seen.some(({ path, status, headers }) => path === '/private' && headers['sec-fetch-dest'] === 'iframe' && status === 200)), asked());
    await losesEverything(person);
    await person.opens(`${front.url}/frames`);
    assert.ok(await comesTrue(async () => (await framed()).includes('Your login has ended')), await framed());
    const inputs = await Promise.all(person.page.frames().map((frame) => frame.$$('input').then((all) => all.length).catch(() => 0)));
    assert.equal(Math.max(...inputs), 0);
  });
});
