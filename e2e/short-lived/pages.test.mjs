// A page that is opened after its token has expired, or shortly before.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { assertAccessCookie, assertHostCookie } from '../support/cookies.mjs';
import { accessLifetime, auth, cookies, demo, needsShortLife } from '../support/env.mjs';
import { Person, address, pause } from '../support/person.mjs';
import { trips } from '../support/trips.mjs';

describe('a private page', { skip: needsShortLife }, () => {
  const wanted = `${demo}/private?from=the%20walk`;
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('comes back by itself with new cookies after the token ran out', async () => {
    const ada = await Person.whoIsLoggedIn(browser, { next: wanted });
    const oldAccess = await ada.cookie(cookies.access);
    await pause(accessLifetime + 2);
    const held = await ada.cookie(cookies.access); // Firefox still lists it, and no longer sends it
    assert.ok(!held || held.expires < Date.now() / 1000, 'the access cookie ended with its token');
    ada.watch.clear();
    const response = await ada.opens(wanted);
    assert.equal(response.status(), 200);
    assert.equal(ada.page.url(), wanted);
    assert.ok(await ada.sees(ada.firstName) || await ada.sees(ada.email));
    const hops = response.request().redirectChain().map((request) => request.url());
    assert.deepEqual(hops, [wanted, address('/login', wanted)].map((url) => new URL(url).href), 'demo, login, and back: two hops');
    assert.notEqual((await ada.cookie(cookies.access)).value, oldAccess?.value);
    assertAccessCookie(await ada.cookie(cookies.access));
    assertHostCookie(await ada.cookie(cookies.refresh));
    await ada.leaves();
  });

  it('is rendered with time left on the token: the last minute is renewed first', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/private` });
    const before = await person.cookie(cookies.access);
    await pause(accessLifetime * 0.7);
    const seen = await trips(person.page, () => person.opens(`${demo}/private`));
    const renewed = await person.cookie(cookies.access);
    assert.notEqual(renewed.value, before.value, seen.join('\n'));
    assert.ok(renewed.expires > before.expires);
    assert.equal(person.page.url(), `${demo}/private`);
    assert.ok(seen.length <= 3, seen.join('\n'));
    await person.leaves();
  });
});

describe('an open page', { skip: needsShortLife }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('greets somebody whose token has ended, after one trip that they do not see', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/` });
    assert.ok(await person.sees(person.firstName));
    await pause(accessLifetime + 1);
    const seen = await trips(person.page, () => person.opens(`${demo}/`));
    assert.ok(await person.sees(person.firstName), await person.text());
    assert.equal(person.page.url(), `${demo}/`);
    assert.ok(seen.length <= 3, seen.join('\n'));
    assert.ok(seen.some((url) => url.startsWith(`${auth}/login?`) && url.includes('silent=1')), seen.join('\n'));
    await person.leaves();
  });
});
