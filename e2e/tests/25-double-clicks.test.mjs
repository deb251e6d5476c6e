// Double clicks: buttons are pressed twice, and links several times. Nothing is done twice, and no
// error is shown.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, demo } from '../support/env.mjs';
import { Person, address, comesTrue, forms, stranger } from '../support/person.mjs';

const button = (form) => `${form} button:not([type="button"])`;

/** Double-clicks the button, and waits until a page at `where` is loaded. */
async function pressesTwice(person, form, where) {
  await person.page.click(button(form), { count: 2 }).catch(() => {});
  assert.ok(await comesTrue(async () => person.page.url().startsWith(where) && (await person.page.evaluate(() => document.readyState).catch(() => '')) === 'complete'), person.page.url());
}

describe('whoever is in a hurry', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('makes one account with two presses, and is logged in', async () => {
    const person = await Person.sitsDown(browser);
    await person.opens(`${auth}/register`);
    await person.fillsIn(forms.register, {
      first_name: person.firstName, last_name: person.lastName, email: person.email, password: person.password,
    });
    await person.page.click(button(forms.register), { count: 2 }).catch(() => {});
    assert.ok(await comesTrue(async () => person.page.url() === `${auth}/`), person.page.url());
    assert.ok(await comesTrue(() => person.sees('Your account was created').catch(() => false)), await person.text());
    assert.ok(await person.sees(person.email), await person.text());
    await person.leaves();
  });

  it('is logged in by two presses', async () => {
    const person = await Person.whoIsLoggedIn(browser);
    await person.logsOut();
    await person.opens(address('/login', `${demo}/private`));
    await person.fillsIn(forms.login, { email: person.email, password: person.password });
    await pressesTwice(person, forms.login, `${demo}/private`);
    assert.ok(await person.sees(person.email), await person.text());
    await person.leaves();
  });

  it('logs in in one of two tabs, and the other goes where it was going', async () => {
    const person = await Person.whoIsLoggedIn(browser, { who: stranger('Ada') });
    await person.logsOut();
    await person.opens(address('/login', `${demo}/notes`));
    const other = await person.context.newPage();
    await other.goto(address('/login', `${demo}/private`), { waitUntil: 'load' });
    await person.page.bringToFront();
    await person.logsIn({ at: false });
    assert.equal(person.page.url(), `${demo}/notes`);
    await other.bringToFront();
    await other.type(`${forms.login} [name="email"]`, person.email);
    await other.type(`${forms.login} [name="password"]`, person.password);
    await Promise.all([other.waitForNavigation({ waitUntil: 'load' }), other.click(button(forms.login))]);
    assert.equal(other.url(), `${demo}/private`);
    await person.leaves();
  });

  it('presses a link to the login ten times, and is where it leads', async () => {
    const person = await Person.whoIsLoggedIn(browser);
    for (let press = 0; press < 10; press += 1) {
      const response = await person.opens(address('/login', `${demo}/private`));
      assert.equal(response.status(), 200, await person.text());
      assert.equal(person.page.url(), `${demo}/private`, `press ${press}`);
    }
    await person.leaves();
  });
});
