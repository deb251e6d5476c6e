// After logout, nothing private stays in the browser (H4).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, demo, isChromium } from '../support/env.mjs';
import { loginsPage, securityPage } from '../support/session-list.mjs';
import { writesNote } from '../support/notes.mjs';
import { Person } from '../support/person.mjs';

describe('after logging out', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('the back button shows nothing private', async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    await person.opens(`${auth}/`);
    await person.opens(securityPage);
    await person.opens(`${demo}/notes`);
    await writesNote(person, 'a very private thought');
    await person.logsOut();
    for (let step = 0; step < 5; step += 1) {
      await person.page.goBack({ waitUntil: 'load' }).catch(() => {});
      const text = await person.text();
      assert.ok(!text.includes('a very private thought'), `step ${step} back shows the note`);
      assert.ok(!text.includes('Recent activity'), `step ${step} back shows what happened`);
      assert.ok(!text.includes(person.email), `step ${step} back shows the account: ${person.page.url()}`);
    }
  });

  it('every page with something private says no-store, also the redirects', async (t) => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/private` });
    t.after(() => person.leaves());
    await person.losesTheAccessCookie();
    await person.opens(`${demo}/private`);
    await person.opens(`${demo}/notes`);
    await person.opens(`${auth}/`);
    await person.opens(loginsPage);
    await person.logsOut();
    assert.ok(person.watch.answers.length > 8);
    for (const { method, url, status, headers } of person.watch.answers) {
      if (!isChromium && status >= 300 && status < 400 && !headers['cache-control']) continue;
      assert.match(headers['cache-control'] ?? '', /no-store/, `${method} ${url} ${status}`);
    }
  });

  it('logging out on one tab logs out the other tab at its next step', async (t) => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/private` });
    t.after(() => person.leaves());
    const other = await person.context.newPage();
    await other.goto(`${demo}/private`);
    await person.page.bringToFront();
    await person.logsOut();
    await other.bringToFront();
    await other.reload();
    assert.equal(new URL(other.url()).pathname, '/login');
  });
});
