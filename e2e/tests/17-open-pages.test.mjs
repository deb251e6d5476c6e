// Open pages: with a hint of a session they ask the login who the person is. A planted hint costs
// one redirect.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { cookieDomain, cookies, demo } from '../support/env.mjs';
import { Person } from '../support/person.mjs';
import { trips } from '../support/trips.mjs';

const hint = '__Secure-sso_hint';

describe('an open page', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

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
    // A sibling may plant it again, or plant one that cannot be deleted.
    await plant();
    const second = await trips(person.page, () => person.opens(`${demo}/`));
    assert.deepEqual(second, [`${demo}/`]);
    assert.ok((await person.cookies()).every((cookie) => cookie.name !== cookies.access));
    await person.leaves();
  });
});
