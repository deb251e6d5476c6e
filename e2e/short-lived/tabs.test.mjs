// Rotation with many tabs, each time their token has expired.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, demo, needsShortLife } from '../support/env.mjs';
import { Person, pause } from '../support/person.mjs';
import { allComeBack, tabs } from '../support/tabs.mjs';

describe(`${tabs} tabs of one browser`, { skip: needsShortLife }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('R2: all come back logged in after the token ran out, and again the next time', async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    for (let round = 0; round < 2; round += 1) {
      await pause(accessLifetime + 1);
      await allComeBack(person);
    }
    await person.opens(`${demo}/private`);
    assert.equal(person.page.url(), `${demo}/private`);
  });
});
