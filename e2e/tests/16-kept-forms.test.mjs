// Kept forms: a form that is sent just after the token has expired is not lost, with and without
// scripts.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, cookies, demo } from '../support/env.mjs';
import { again, frameSays, loginFrame, notes } from '../support/kept-form.mjs';
import { noteField, noteForm, typesNote } from '../support/notes.mjs';
import { Person, forms, logsInOn } from '../support/person.mjs';

describe('a note that is sent after its token has ended', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('waits on its page while its sender logs in again in another tab, when the session is over', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    await typesNote(person, 'written before the end');
    const held = (await person.cookies()).filter((cookie) => [cookies.access, cookies.refresh].includes(cookie.name));
    await person.context.deleteCookie(...held);
    assert.equal((await person.presses(noteForm)).status(), 401);
    assert.match(await frameSays(person.page), /Your login has ended/);
    const frame = person.page.frames().find((candidate) => candidate.url().startsWith(`${auth}/login/frame`));
    const opened = new Promise((resolve) => { person.context.once('targetcreated', resolve); });
    await frame.click('a[target="_blank"]');
    const tab = await (await opened).page();
    await logsInOn(tab, person);
    assert.equal(tab.url(), `${auth}/login/done`);
    assert.match(await tab.evaluate(() => document.body.innerText), /close this tab/);
    await tab.close();
    await person.page.bringToFront();
    // The drivers keep every tab in front, so the test says that somebody came back to this one.
    await person.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await person.page.waitForFunction(() => !document.getElementById('logged-in').hidden);
    assert.ok(await person.sees(`You are logged in again as ${person.firstName} ${person.lastName}.`), await person.text());
    assert.ok(!await person.sees('Your login:'), 'the frame is gone');
    assert.equal(await person.page.$eval('iframe', (frame) => frame.checkVisibility()), false);
    assert.equal((await person.presses(again)).status(), 200);
    assert.ok((await notes(person)).includes('written before the end'));
    await person.leaves();
  });

  it('says in its frame who is logged in, at the press of a link, where the page has no scripts', { skip: chromiumOnly }, async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    await typesNote(person, 'written without a script');
    await person.page.setJavaScriptEnabled(false);
    const held = (await person.cookies()).filter((cookie) => [cookies.access, cookies.refresh].includes(cookie.name));
    await person.context.deleteCookie(...held);
    await person.presses(noteForm);
    const tab = await person.context.newPage();
    await tab.goto(`${auth}/login`, { waitUntil: 'load' });
    await tab.type(`${forms.login} [name="email"]`, person.email);
    await tab.type(`${forms.login} [name="password"]`, person.password);
    await Promise.all([tab.waitForNavigation({ waitUntil: 'load' }), tab.click(`${forms.login} button:not([type="button"])`)]);
    await tab.close();
    await person.page.bringToFront();
    assert.match(await frameSays(person.page), /Your login has ended/);
    const frame = await loginFrame(person.page);
    await Promise.all([frame.waitForNavigation(), frame.click('a:not([target])')]);
    assert.ok((await frameSays(person.page)).includes(`You are logged in again as ${person.firstName}`));
    assert.equal((await person.presses(again)).status(), 200);
    await person.leaves();
  });

  it('stands on that page as it was typed, in words and in a field that is sent', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    await typesNote(person, 'only mine');
    await person.losesTheAccessCookie();
    await person.presses(noteForm);
    assert.equal(await person.page.$(noteField), null, 'a page of its own');
    assert.deepEqual(await person.page.$$eval('dl.kept > div', (rows) => rows.map((row) => [...row.children].map(({ textContent }) => textContent))), [['Text', 'only mine']]);
    assert.equal(await person.page.$eval(`${again} [type="hidden"]`, (field) => field.value), 'only mine');
    await person.leaves();
  });
});
