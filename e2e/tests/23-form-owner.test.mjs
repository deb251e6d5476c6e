// Form owner: two people share a browser, and a form that one has typed is not filed under the
// other, who has logged in meanwhile in another tab (X12).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo } from '../support/env.mjs';
import { Client } from '../support/http.mjs';
import { noteForm, typesNote } from '../support/notes.mjs';
import { Person, forms, logsInOn, stranger } from '../support/person.mjs';

const sendsAsMe = 'main form button[formaction]';
const sendsAsTheOther = 'main form button:not([formaction])';

/** Ada at her notes with some text typed, and Bob, who has an account. */
async function household(browser, text) {
  const bob = stranger('Bob');
  await new Client().registers(bob);
  const ada = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
  await typesNote(ada, text);
  return { ada, bob };
}


async function takesOver(ada, bob, { next }) {
  const tab = await ada.context.newPage();
  await tab.goto(`${auth}/logout`, { waitUntil: 'load' });
  await Promise.all([tab.waitForNavigation({ waitUntil: 'load' }), tab.click(`${forms.logout} button`)]);
  await tab.goto(`${auth}/login${next ? `?next=${encodeURIComponent(next)}` : ''}`, { waitUntil: 'load' });
  await logsInOn(tab, bob);
  return tab;
}

const notesOf = async (page) => {
  await page.goto(`${demo}/notes`, { waitUntil: 'load' });
  return page.evaluate(() => document.body.innerText);
};

const presses = async (page, selector) => (await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]))[0];

describe('a form that somebody else typed', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  for (const next of [undefined, `${demo}/notes`]) {
    it(`is asked about when it is sent${next ? ', also where the other has opened the same page' : ''}`, async () => {
      const { ada, bob } = await household(browser, 'only mine');
      const tab = await takesOver(ada, bob, { next });
      await ada.page.bringToFront();
      const asked = await ada.presses(noteForm);
      assert.equal(asked.status(), 409);
      assert.match(await ada.text(), /Whose is this\?/);
      assert.ok((await ada.text()).includes(`Now you are logged in as ${bob.email}`));
      assert.ok(!(await notesOf(tab)).includes('only mine'), 'not filed under Bob');
      // If Bob presses the button that is meant for Ada, the page asks again.
      assert.equal((await presses(ada.page, sendsAsTheOther)).status(), 409);
      assert.equal((await presses(ada.page, sendsAsMe)).status(), 200);
      assert.ok((await notesOf(tab)).includes('only mine'), 'he said so');
      await ada.leaves();
    });
  }

  it('waits for its owner, who logs in again in the tab that the page offers', async () => {
    const { ada, bob } = await household(browser, 'hers alone');
    await takesOver(ada, bob, { next: `${demo}/notes` });
    await ada.page.bringToFront();
    assert.equal((await ada.presses(noteForm)).status(), 409);
    const opened = new Promise((resolve) => { ada.context.once('targetcreated', resolve); });
    await ada.page.click('main form a[target="_blank"]');
    const tab = await (await opened).page();
    await tab.waitForSelector(forms.logout);
    await presses(tab, `${forms.logout} button`);
    await logsInOn(tab, ada);
    assert.equal(tab.url(), `${auth}/`);
    await tab.close();
    await ada.page.bringToFront();
    assert.equal((await presses(ada.page, sendsAsTheOther)).status(), 200);
    assert.ok((await notesOf(ada.page)).includes('hers alone'));
    await ada.leaves();
  });

  it('is asked about when it was kept before the other logged in', async () => {
    const { ada, bob } = await household(browser, 'kept for me');
    await ada.context.deleteCookie(...(await ada.cookies()).filter(({ name }) => [cookies.access, cookies.refresh].includes(name)));
    assert.equal((await ada.presses(noteForm)).status(), 401);
    const tab = await ada.context.newPage();
    await tab.goto(`${auth}/login?next=${encodeURIComponent(`${demo}/notes`)}`, { waitUntil: 'load' });
    await logsInOn(tab, bob);
    await ada.page.bringToFront();
    assert.equal((await presses(ada.page, 'main form[method="post"] button')).status(), 409);
    assert.ok(!(await notesOf(tab)).includes('kept for me'));
    await ada.leaves();
  });
});
