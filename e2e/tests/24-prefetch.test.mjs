// Prefetch: a page that a browser fetches before a click does not renew the login, and is not shown
// after a logout.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, cookies, demo } from '../support/env.mjs';
import { Person, comesTrue, forms } from '../support/person.mjs';
import { startScripted } from '../support/scripted.mjs';

// The prefetching pages are the test's own, whose server has no certificate.
const skip = auth.startsWith('http:') ? false : 'needs services over plain http';

describe('a page fetched in advance', { skip }, () => {
  let browser;
  let service;
  const rules = (kind) => `<script type="speculationrules">{"${kind}":[{"source":"list","urls":["${demo}/private"],"eagerness":"immediate"}]}</script>`;
  before(async () => {
    browser = await startBrowser();
    service = await startScripted();
    service.shows('/link', `<a id="to" href="${demo}/private">there</a>`, `<link rel="prefetch" href="${demo}/private">`);
    service.shows('/rules', `<a id="to" href="${demo}/private">there</a>`, rules('prefetch'));
  });

  async function logsOutElsewhere(person) {
    const tab = await person.context.newPage();
    await tab.goto(`${auth}/logout`, { waitUntil: 'load' });
    await Promise.all([tab.waitForNavigation({ waitUntil: 'load' }), tab.click(`${forms.logout} button`)]);
    await tab.close();
  }

  /** The outcomes of prefetches that the browser reports. */
  async function prefetchesOf(page) {
    const outcomes = [];
    const cdp = await page.createCDPSession();
    await cdp.send('Preload.enable');
    cdp.on('Preload.prefetchStatusUpdated', ({ status }) => outcomes.push(status));
    return outcomes;
  }

  const isFetched = (page) => comesTrue(() => page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/private'))));

  it('by a link element is not what is shown after the logout', async () => {
    const person = await Person.whoIsLoggedIn(browser);
    await person.opens(`${service.url}/link`);
    assert.ok(await isFetched(person.page), 'fetched');
    await logsOutElsewhere(person);
    await person.page.bringToFront();
    await person.follows('#to');
    assert.ok(person.page.url().startsWith(`${auth}/login`), person.page.url());
    await person.leaves();
  });

  it('by a speculation rule is not what is shown after the logout', { skip: chromiumOnly }, async () => {
    const person = await Person.whoIsLoggedIn(browser);
    const outcomes = await prefetchesOf(person.page);
    await person.opens(`${service.url}/rules`);
    assert.ok(await comesTrue(async () => outcomes.includes('Failure')), `refused: ${outcomes}`);
    await logsOutElsewhere(person);
    await person.page.bringToFront();
    await person.follows('#to');
    assert.ok(person.page.url().startsWith(`${auth}/login`), person.page.url());
    await person.leaves();
  });

  for (const [path, only] of [['/link', false], ['/rules', chromiumOnly]]) {
    it(`renews no login, and the click does: ${path}`, { skip: only }, async () => {
      const person = await Person.whoIsLoggedIn(browser);
      await person.losesTheAccessCookie();
      const refresh = (await person.cookie(cookies.refresh)).value;
      const outcomes = only === false && path === '/rules' ? await prefetchesOf(person.page) : undefined;
      await person.opens(`${service.url}${path}`);
      assert.ok(outcomes ? await comesTrue(async () => outcomes.includes('Failure')) : await isFetched(person.page), `asked for: ${outcomes}`);
      assert.equal((await person.cookie(cookies.refresh)).value, refresh);
      assert.equal(await person.cookie(cookies.access), undefined);
      await person.follows('#to');
      assert.equal(person.page.url(), `${demo}/private`);
      assert.ok(await person.sees(person.email));
      await person.leaves();
    });
  }
});
