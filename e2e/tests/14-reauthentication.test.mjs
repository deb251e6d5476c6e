// Reauthentication: ending other sessions needs a password that was given recently, so that a
// stranger at an open browser cannot lock its owner out.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo } from '../support/env.mjs';
import { needsDatabase, proofsGrowOld } from '../support/database.mjs';
import { attribute, complaintOf, hasNoComplaint, valueOf } from '../support/fields.mjs';
import { household, isLoggedIn } from '../support/household.mjs';
import { confirmForm, ends, endsMany, endsThem, happened, listed, loginsPage, securityPage } from '../support/session-list.mjs';

describe('ten minutes after the password was given', { skip: needsDatabase }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  const later = async (t) => {
    const people = await household(t, browser);
    proofsGrowOld(people.desk.email);
    await people.desk.opens(loginsPage);
    return people;
  };
  const confirms = async (person, password) => {
    await person.fillsIn(confirmForm, { password });
    return person.presses(confirmForm);
  };

  it('ending all others asks for it, ends nothing for a wrong one and all of them for the right one', async (t) => {
    const { desk, phone, sofa } = await later(t);
    assert.equal((await endsThem(desk, 'others', { password: 'a wrong password indeed' })).status(), 401);
    assert.ok(await desk.sees('log out of all other browsers'), await desk.text());
    assert.match(await complaintOf(desk, confirmForm, 'password'), /not your password/);
    assert.match(await desk.page.title(), /^Error: Confirm it’s you · /);
    assert.equal(await valueOf(desk, confirmForm, 'password'), '');
    assert.equal(await desk.page.evaluate(() => document.activeElement.getAttribute('name')), 'password');
    for (const other of [sofa, phone]) assert.ok(await isLoggedIn(other));

    const before = await desk.cookie(cookies.refresh);
    await confirms(desk, desk.password);
    assert.equal(desk.page.url(), loginsPage);
    assert.ok(await desk.sees('Those browsers are logged out'), await desk.text());
    assert.notEqual((await desk.cookie(cookies.refresh)).value, before.value, 'the refresh token is replaced');
    for (const other of [sofa, phone]) assert.equal(await isLoggedIn(other), false);
    await desk.opens(securityPage);
    const refused = (await happened(desk)).find(({ what }) => what.startsWith('Wrong password'));
    assert.ok(refused?.isAlarming, 'the wrong password is among what happened');
  });

  it('ending one other asks, and does not ask again at once', async (t) => {
    const { desk, phone } = await later(t);
    const isPhone = ({ device }) => device === 'Safari on iPhone';
    assert.equal((await desk.presses(ends((await listed(desk)).find(isPhone).id))).status(), 401);
    assert.ok(await hasNoComplaint(desk, confirmForm, 'password'));
    await confirms(desk, desk.password);
    assert.equal((await listed(desk)).length, 2);
    assert.equal(await isLoggedIn(phone), false);
    await desk.follows(endsMany);
    assert.equal(await desk.page.$('main [name="password"]'), null);
    await desk.follows('main button[value="others"]');
    assert.equal(desk.page.url(), loginsPage);
    assert.equal((await listed(desk)).length, 1);
  });

  it('ending all asks, and logs this browser out too', async (t) => {
    const { desk, phone } = await later(t);
    await endsThem(desk, 'all', { password: desk.password });
    assert.equal(desk.page.url(), `${auth}/login`);
    for (const person of [desk, phone]) assert.equal(await isLoggedIn(person), false);
  });

  it('an empty password is asked for again, and Cancel ends nothing', async (t) => {
    const { desk } = await later(t);
    assert.equal((await endsThem(desk, 'others', { password: '' })).status(), 401);
    assert.equal((await desk.presses(confirmForm)).status(), 401);
    assert.ok(await desk.page.$(confirmForm));
    await desk.follows('main a[href="/account/sessions"]');
    assert.equal((await listed(desk)).length, 3);
  });

  it('a service that asks for it is answered on the same page, until the password is right', async (t) => {
    const { desk } = await later(t);
    const asks = `${auth}/login?max_age=600&next=${encodeURIComponent(`${demo}/private`)}`;
    const page = 'main form:has([name="email"][readonly])';
    await desk.opens(asks);
    for (const [password, status] of [['a wrong password indeed', 401], ['', 422], ['another wrong one', 401]]) {
      await desk.fillsIn(page, { password });
      assert.equal((await desk.presses(page)).status(), status);
      assert.equal(await desk.page.$eval('h1', (title) => title.innerText), 'Confirm it’s you');
      assert.ok((await complaintOf(desk, page, 'password')).length > 0);
      assert.equal(await valueOf(desk, page, 'email'), desk.email);
      assert.equal(await desk.page.url(), asks);
    }
    await desk.fillsIn(page, { password: desk.password });
    await desk.presses(page);
    assert.equal(desk.page.url(), `${demo}/private`);
  });

  it('who does not want to give it to a service goes back to that', async (t) => {
    const { desk } = await later(t);
    await desk.opens(`${auth}/login?max_age=600&next=${encodeURIComponent(`${demo}/private`)}`);
    await desk.follows('main .actions a');
    assert.equal(desk.page.url(), `${demo}/`);
  });

  it('tells a password manager whose password it is', async (t) => {
    const { desk } = await later(t);
    await desk.follows(endsMany);
    assert.equal(await attribute(desk, confirmForm, 'password', 'autocomplete'), 'current-password');
    assert.equal(await desk.page.$eval(`${confirmForm} [autocomplete="username"]`, (field) => field.value), desk.email);
  });

  it('logging out of this browser needs no password', async (t) => {
    const { desk, phone } = await later(t);
    await desk.presses(ends((await listed(desk))[0].id));
    assert.equal(desk.page.url(), `${auth}/login`);
    assert.ok(await isLoggedIn(phone));
  });
});
