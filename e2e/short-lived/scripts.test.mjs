// A script keeps working when the token expires.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, needsShortLife } from '../support/env.mjs';
import { Person, pause } from '../support/person.mjs';
import { asks, page } from '../support/whoami.mjs';

describe('a script whose login has ended under it', { skip: needsShortLife }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('goes on across the end of the token, as it is', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: page });
    await pause(accessLifetime + 1);
    assert.ok((await asks(person.page)).includes(person.email));
    await person.leaves();
  });
});
