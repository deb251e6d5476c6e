// Rotation in many tabs: twenty pages renew at the same time.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { cookies, demo } from '../support/env.mjs';
import { Person } from '../support/person.mjs';
import { allComeBack, tabs } from '../support/tabs.mjs';

describe(`${tabs} tabs of one browser`, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

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
