// Retried requests of scripts: after a renewal the same request is sent again, once. htmx 1.9 and
// 2, and Turbo 8, in real browsers.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies } from '../support/env.mjs';
import { Person, comesTrue } from '../support/person.mjs';
import { startScripted } from '../support/scripted.mjs';

// Only pages with the scheme of the auth host may renew, and the test's own server has no certificate.
const skip = auth.startsWith('http:') ? false : 'needs services over plain http';

/**
 * A person at a page of the scripted service, whose token has just expired. With `isOver`, the
 * session has ended too.
 */
async function visitor(browser, service, path, { isOver = false } = {}) {
  const person = await Person.whoIsLoggedIn(browser);
  await person.opens(service.url + path);
  if (isOver) await person.context.deleteCookie(...(await person.cookies()).filter(({ name }) => [cookies.access, cookies.refresh].includes(name)));
  else await person.losesTheAccessCookie();
  service.records.length = service.seen.length = 0;
  const renewals = [];
  person.page.on('request', (request) => { if (request.method() === 'POST' && request.url() === `${auth}/api/session/renew`) renewals.push(request); });
  return { person, page: person.page, renewals };
}

const says = (page, selector, text) => page.waitForFunction((where, what) => document.querySelector(where)?.textContent.includes(what), {}, selector, text);

for (const version of [1, 2]) {
  describe(`htmx ${version}`, { skip }, () => {
    let browser;
    let service;
    const head = `<meta name="htmx-config" content='{"includeIndicatorStyles":false,"historyCacheSize":0}'><script src="/htmx-${version}.js" defer></script>`;
    before(async () => {
      browser = await startBrowser();
      service = await startScripted();
      service.shows('/two', '<p id="a"></p><p id="b"></p>', head);
      service.shows('/form', `<form hx-post="/records" hx-target="#says" hx-on::after-request="this.reset()" hx-on:htmx:after-request="this.reset()"
        onsubmit="setTimeout(() => this.reset())"><input id="text" name="text"><button id="send">send</button></form><p id="says"></p>`, head);
      service.shows('/prompt', '<button id="ask" hx-post="/records" hx-prompt="Why?" hx-target="#says">ask</button><p id="says"></p>', head);
      service.shows('/first', '<a id="on" href="/private/second" hx-get="/private/second" hx-target="body" hx-push-url="true">on</a><p id="here">first</p>', head);
      service.shows('/private/second', '<a id="on" href="/third" hx-get="/third" hx-target="body" hx-push-url="true">on</a><p id="here">second</p>', head);
      service.shows('/third', '<p id="here">third</p>', head);
    });

    it('sends each of two requests that were made at once again, once', async () => {
      const { person, page, renewals } = await visitor(browser, service, '/two');
      await page.evaluate(() => Promise.all([
        globalThis.htmx.ajax('POST', '/records', { target: '#a', values: { n: 'one' } }),
        globalThis.htmx.ajax('POST', '/records', { target: '#b', values: { n: 'two' } }),
      ]));
      await comesTrue(async () => service.records.length === 2);
      assert.deepEqual([...service.records].sort(), ['n=one', 'n=two']);
      assert.equal(renewals.length, 1);
      await person.leaves();
    });

    it('keeps what a form held that empties itself', async () => {
      const { person, page } = await visitor(browser, service, '/form');
      await page.type('#text', 'milk');
      await page.click('#send');
      await says(page, '#says', 'kept');
      assert.deepEqual(service.records, ['text=milk']);
      await person.leaves();
    });

    it('asks what it asks once', async () => {
      const { person, page } = await visitor(browser, service, '/prompt');
      let asked = 0;
      page.on('dialog', (dialog) => { asked += 1; dialog.accept('because'); });
      await page.click('#ask');
      await says(page, '#says', 'kept');
      assert.equal(asked, 1);
      const prompts = service.seen.filter(({ path, method }) => path === '/records' && method === 'POST').map(({ headers }) => headers['hx-prompt']);
      assert.deepEqual(prompts, ['because', 'because']);
      await person.leaves();
    });

    it('has, after Back, the content of the page whose address it shows', async () => {
      const { person, page } = await visitor(browser, service, '/first');
      await page.click('#on');
      await says(page, '#here', 'second');
      await page.click('#on');
      await says(page, '#here', 'third');
      await person.losesTheAccessCookie();
      await page.evaluate(() => history.back());
      await page.waitForFunction(() => location.pathname === '/private/second');
      await says(page, '#here', 'second');
      await person.leaves();
    });

    it('is told when the session is over, and renews once however often it asks', async () => {
      const { person, page, renewals } = await visitor(browser, service, '/two', { isOver: true });
      const errors = await page.evaluate(async () => {
        let count = 0;
        document.addEventListener('htmx:responseError', () => { count += 1; });
        for (let n = 0; n < 5; n += 1) await globalThis.htmx.ajax('GET', '/private/second', { target: '#a' }).catch(() => {});
        return count;
      });
      assert.deepEqual([errors, renewals.length], [5, 1]);
      await person.leaves();
    });
  });
}

describe('Turbo 8', { skip }, () => {
  let browser;
  let service;
  before(async () => {
    browser = await startBrowser();
    service = await startScripted();
    const head = '<script src="/turbo.js" defer></script>';
    service.shows('/form', '<form method="post" action="/records"><input id="text" name="text"><button id="send" name="by" value="button">send</button></form>', head);
    service.shows('/links', '<a id="to" href="/private/page">there</a>', head);
    service.shows('/private/page', '<p id="here">private</p>', head);
    service.shows('/done', '<p id="here">done</p>', head);
  });

  it('sends a form again once the login is renewed', async () => {
    const { person, page, renewals } = await visitor(browser, service, '/form');
    await page.type('#text', 'milk');
    await page.click('#send');
    await says(page, '#here', 'done');
    assert.deepEqual(service.records, ['text=milk&by=button']);
    assert.equal(renewals.length, 1);
    await person.leaves();
  });

  it('leads to the page that keeps the form when the session is over', async () => {
    const { person, page } = await visitor(browser, service, '/form', { isOver: true });
    await page.type('#text', 'milk & eggs');
    await page.click('#send');
    await says(page, '#kept', 'text=milk+%26+eggs&by=button');
    assert.deepEqual(service.records, []);
    await person.leaves();
  });

  it('opens pages, with and without a session', async () => {
    for (const isOver of [false, true]) {
      const { person, page } = await visitor(browser, service, '/links', { isOver });
      await page.click('#to');
      if (isOver) await page.waitForFunction((login) => location.href.startsWith(login), {}, `${auth}/login`);
      else await says(page, '#here', 'private');
      await person.leaves();
    }
  });

  it('renews nothing for a link that a pointer rests on', async () => {
    const { person, page, renewals } = await visitor(browser, service, '/links');
    await page.hover('#to');
    assert.ok(await comesTrue(async () => service.seen.some(({ path }) => path === '/private/page')), 'asked for');
    assert.equal(renewals.length, 0);
    await page.click('#to');
    await says(page, '#here', 'private');
    await person.leaves();
  });
});

describe('what no script sends', { skip }, () => {
  let browser;
  let service;
  before(async () => {
    browser = await startBrowser();
    service = await startScripted();
    service.shows('/page', '<p id="here">page</p>');
    service.shows('/private/me', 'me');
  });

  it('can be tried again after sso.renew', async () => {
    const { person, page, renewals } = await visitor(browser, service, '/page');
    assert.equal(await page.evaluate(() => globalThis.sso.renew('/private/me')), true);
    assert.equal(renewals.length, 1);
    await person.leaves();
    const gone = await visitor(browser, service, '/page', { isOver: true });
    assert.equal(await gone.page.evaluate(() => globalThis.sso.renew('/private/me')), false);
    await gone.person.leaves();
  });
});
