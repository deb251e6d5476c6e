// Rotation survives tabs: twenty pages ask for a renewal at once.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, cookies, demo, needsShortLife } from '../support/env.mjs';
import { Person, pause } from '../support/person.mjs';

const tabs = 20;

describe(`${tabs} tabs of one browser`, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  const allComeBack = async (person) => {
    const pages = await Promise.all(Array.from({ length: tabs }, () => person.context.newPage()));
    const wanted = pages.map((_, i) => `${demo}/private?tab=${i}`);
    const statuses = await Promise.all(pages.map(async (page, i) => (await page.goto(wanted[i], { waitUntil: 'load', timeout: 60_000 })).status()));
    assert.deepEqual(pages.map((page) => page.url()), wanted);
    assert.deepEqual(statuses, wanted.map(() => 200));
    await Promise.all(pages.map((page) => page.close()));
  };

  it('R2: all come back logged in after the token ran out, and again the next time', { skip: needsShortLife }, async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    for (let round = 0; round < 2; round += 1) {
      await pause(accessLifetime + 1);
      await allComeBack(person);
    }
    await person.opens(`${demo}/private`);
    assert.equal(person.page.url(), `${demo}/private`);
  });

  it('R4: the cookie that is left in the end still renews', async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    const before = (await person.cookie(cookies.refresh)).value;
    await person.losesTheAccessCookie();
    await allComeBack(person);
    assert.notEqual((await person.cookie(cookies.refresh)).value, before);
    for (let again = 0; again < 3; again += 1) {
      await person.losesTheAccessCookie();
      await person.opens(`${demo}/private`);
      assert.equal(person.page.url(), `${demo}/private`);
    }
  });
});
