// A form that is typed across the end of the token is not lost, with scripts and without.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, chromiumOnly, cookies, demo, firefoxOnly, needsShortLife } from '../support/env.mjs';
import { again, frameSays, notes } from '../support/kept-form.mjs';
import { presses, tabsTo } from '../support/keyboard.mjs';
import { noteField, noteForm, typesNote } from '../support/notes.mjs';
import { Person, comesTrue, pause } from '../support/person.mjs';

const text = 'Milk & "bread" <b>\nand 3 × 蜂蜜';

describe('a note that is sent after its token has ended', { skip: needsShortLife }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  for (const scripts of [true, false]) {
    it(`is kept and goes through at the press of one button, with scripts ${scripts ? 'on' : 'off'}`, { skip: !scripts && chromiumOnly }, async () => {
      const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
      await typesNote(person, text.replace('\n', ' '));
      if (!scripts) await person.page.setJavaScriptEnabled(false);
      await pause(accessLifetime + 1);
      // Firefox still lists an expired cookie for a while, but does not send it.
      const left = await person.cookie(cookies.access);
      assert.ok(!left || left.expires < Date.now() / 1000, 'the token has ended');
      const response = await person.presses(noteForm);
      assert.equal(response.status(), 401);
      assert.match(await frameSays(person.page), /You are logged in again/);
      assert.ok((await person.cookie(cookies.access)).expires > Date.now() / 1000, 'renewed, before anybody pressed anything');
      const done = await person.presses(again);
      assert.equal(done.status(), 200);
      assert.ok((await notes(person)).includes(text.replace('\n', ' ')));
      await person.leaves();
    });
  }

  // Firefox cannot switch scripts off for one page, and its driver cannot examine a page without
  // scripts. So a whole browser runs without them, a twin with scripts counts the Tab presses to
  // each field, and the result is read from the cookies and the notes.
  it('is kept and goes through in a Firefox that has scripts off, by the keyboard alone', { skip: firefoxOnly }, async () => {
    const twin = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    const wayToField = await tabsTo(twin.page, noteField);
    await typesNote(twin, 'of the twin');
    await pause(accessLifetime + 1);
    assert.equal((await twin.presses(noteForm)).status(), 401);
    await frameSays(twin.page);
    // Without a script the frame stays, which is on the way to the button.
    await twin.page.waitForFunction(() => !document.getElementById('logged-in').hidden);
    await twin.page.evaluate(() => { document.getElementById('logging-in').hidden = false; });
    const wayToButton = await tabsTo(twin.page, `${again} button`);
    assert.equal((await twin.presses(again)).status(), 200);

    // Another login of the same person reads the notes, because the twin's own session is copied to
    // the browser without scripts.
    const reader = await Person.sitsDown(browser, { email: twin.email, password: twin.password });
    await reader.logsIn({ next: `${demo}/notes` });

    const without = await startBrowser({ preferences: { 'javascript.enabled': false } });
    const context = await without.createBrowserContext();
    await context.setCookie(...await twin.cookies());
    const page = await context.newPage();
    await page.goto('data:text/html,<script>location.hash="ran"</script>');
    assert.ok(!page.url().endsWith('#ran'), 'scripts are off');
    const access = async () => (await context.cookies()).find((cookie) => cookie.name === cookies.access);
    await page.goto(`${demo}/notes`, { waitUntil: 'load' });
    const before = await access();
    await presses(page, 'Tab', wayToField);
    await page.keyboard.type('typed without a script');
    await presses(page, 'Tab');
    await pause(accessLifetime + 1);
    await presses(page, 'Enter');
    assert.ok(await comesTrue(async () => ((await access())?.value ?? before.value) !== before.value), 'renewed by the frame, before anybody pressed anything');
    assert.ok(!(await notes(reader)).includes('typed without a script'), 'not yet sent');
    await presses(page, 'Tab', wayToButton);
    await presses(page, 'Enter');
    assert.ok(await comesTrue(async () => (await notes(reader)).includes('typed without a script')), 'sent and kept');
    await reader.leaves();
    await twin.leaves();
  });
});
