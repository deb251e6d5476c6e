// `sso.js` on a script-driven page: it renews the login once for all requests and all tabs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies } from '../support/env.mjs';
import { Person } from '../support/person.mjs';
import { asks, page } from '../support/whoami.mjs';

const renewal = `${auth}/api/session/renew`;

/** Records the renewals that a tab's scripts request. */
function renewalsOf(tab) {
  const asked = [];
  tab.on('request', (request) => { if (request.method() === 'POST' && request.url() === renewal) asked.push(request); });
  return asked;
}

const statuses = (tab, count) => tab.evaluate((n) => Promise.all(Array.from({ length: n }, () => sso.fetch('/api/me').then((answer) => answer.status))), count);

describe('a script whose login has ended under it', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('gets its answer all the same, under a strict policy', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    await person.losesTheAccessCookie();
    const renewals = renewalsOf(person.page);
    assert.ok((await asks(person.page)).includes(person.email));
    assert.equal(renewals.length, 1);
    assert.ok(await person.cookie(cookies.access), 'and so does everything else in this browser');
    assert.deepEqual(person.watch.violations, []);
    await person.leaves();
  });

  it('renews once for twelve requests at the same moment', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    await person.losesTheAccessCookie();
    const renewals = renewalsOf(person.page);
    assert.deepEqual(await statuses(person.page, 12), Array(12).fill(200));
    assert.equal(renewals.length, 1);
    await person.leaves();
  });

  it('renews once for three tabs at the same moment', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    const tabs = [person.page, await person.context.newPage(), await person.context.newPage()];
    for (const tab of tabs.slice(1)) await tab.goto(page, { waitUntil: 'load' });
    await person.losesTheAccessCookie();
    const renewals = tabs.map(renewalsOf);
    assert.deepEqual((await Promise.all(tabs.map((tab) => statuses(tab, 4)))).flat(), Array(12).fill(200));
    const asked = renewals.flat().length;
    assert.ok(asked >= 1 && asked <= 2, `${asked} renewals; one, or two where a tab had not yet begun when the first was through`);
    await person.leaves();
  });

  it('gets its answer by htmx too', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    // The test inserts the library itself, bypassing the page's policy.
    await person.page.setBypassCSP(true).catch(() => {});
    await person.page.reload({ waitUntil: 'load' });
    const library = readFileSync(join(import.meta.dirname, '../node_modules/htmx.org/dist/htmx.min.js'), 'utf8');
    await person.page.evaluate((source) => {
      (0, eval)(source);
      document.body.insertAdjacentHTML('beforeend', '<button id="by-htmx" hx-get="/api/me" hx-target="#htmx-says">who</button><p id="htmx-says"></p>');
      globalThis.htmx.process(document.body);
    }, library);
    await person.losesTheAccessCookie();
    const renewals = renewalsOf(person.page);
    await person.page.click('#by-htmx');
    await person.page.waitForFunction(() => document.getElementById('htmx-says').textContent !== '');
    assert.ok((await person.page.$eval('#htmx-says', (element) => element.textContent)).includes(person.email));
    assert.equal(renewals.length, 1);
    await person.leaves();
  });

  it('is told when the session is over, and asks no more than once', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    const held = (await person.cookies()).filter((cookie) => [cookies.access, cookies.refresh].includes(cookie.name));
    await person.context.deleteCookie(...held);
    const renewals = renewalsOf(person.page);
    assert.deepEqual(await statuses(person.page, 3), [401, 401, 401]);
    assert.equal(renewals.length, 1);
    assert.match(await asks(person.page), /logged out/);
    await person.leaves();
  });
});
