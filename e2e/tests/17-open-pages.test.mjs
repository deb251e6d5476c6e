// An open page still knows who is there after the token has ended, and a planted hint costs one trip.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, auth, cookieDomain, cookies, demo, needsShortLife } from '../support/env.mjs';
import { Person, pause } from '../support/person.mjs';

const hint = '__Secure-sso_hint';

/** The addresses that the tab goes through, redirects included, while `work` is done. */
async function trips(page, work) {
  const seen = [];
  const note = (request) => { if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.push(request.url()); };
  page.on('request', note);
  await work();
  page.off('request', note);
  return seen;
}

describe('an open page', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('greets somebody whose token has ended, after one trip that they do not see', { skip: needsShortLife }, async () => {
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

  it('greets nobody after a logout, and asks nobody', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/` });
    await person.logsOut();
    assert.equal(await person.cookie(hint), undefined);
    const seen = await trips(person.page, () => person.opens(`${demo}/`));
    assert.deepEqual(seen, [`${demo}/`]);
    assert.ok(!(await person.sees(person.firstName)));
    await person.leaves();
  });

  it('shows a stranger with a planted hint the page after one trip, and never makes a second', async () => {
    const person = await Person.sitsDown(browser);
    await person.opens(`${demo}/`);
    const plant = () => person.context.setCookie({ name: hint, value: '1', domain: `.${cookieDomain}`, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
    await plant();
    const first = await trips(person.page, () => person.opens(`${demo}/`));
    assert.equal(person.page.url(), `${demo}/`);
    assert.ok(first.length <= 3, first.join('\n'));
    assert.equal(await person.cookie(hint), undefined, 'taken away');
    // A sibling that plants it again, or in a way that cannot be taken away.
    await plant();
    const second = await trips(person.page, () => person.opens(`${demo}/`));
    assert.deepEqual(second, [`${demo}/`]);
    assert.ok((await person.cookies()).every((cookie) => cookie.name !== cookies.access));
    await person.leaves();
  });

  it('renders a private page with time left on the token: the last minute is renewed first', { skip: needsShortLife }, async () => {
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
