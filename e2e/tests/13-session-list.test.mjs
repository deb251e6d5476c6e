// Session list: shows where a person is logged in, and ends sessions.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { atWidth } from '../support/appearance.mjs';
import { auth, chromiumOnly, cookies, demo, isChromium } from '../support/env.mjs';
import { household, isLoggedIn } from '../support/household.mjs';
import { Client } from '../support/http.mjs';
import { ends, endsMany, endsThem, happened, listed, loginsPage, securityPage } from '../support/session-list.mjs';
import { Person, address, stranger } from '../support/person.mjs';

const here = isChromium ? /^Chrome on / : /^Firefox on /;
/** In the words of the browser, whose country is not ours to know. */
const moment = /\b\d{4}\b.*\d{1,2}:\d\d .*[A-Z]{3}/;

describe("the page of one's logins", () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  /** The person's browsers, with the session list open at the desk. */
  const atHome = async (t) => {
    const people = await household(t, browser);
    await people.desk.opens(loginsPage);
    return { ...people, phoneLogin: (await listed(people.desk)).find(({ device }) => device === 'Safari on iPhone') };
  };

  it('sends a stranger to the login page, and back after it', async (t) => {
    const who = stranger('Ada');
    await new Client().registers(who);
    const person = await Person.sitsDown(browser, who);
    t.after(() => person.leaves());
    await person.opens(loginsPage);
    assert.equal(new URL(person.page.url()).pathname, '/login');
    await person.logsIn({ at: false });
    assert.equal(person.page.url(), loginsPage);
  });

  it('is reached from the account page and shows every browser in words, the one in use first', async (t) => {
    const { desk } = await household(t, browser);
    await desk.opens(`${auth}/`);
    await desk.follows('.tabs a[href="/account/sessions"]');
    assert.equal(desk.page.url(), loginsPage);
    const logins = await listed(desk);
    const phone = logins.find(({ device }) => device === 'Safari on iPhone');
    assert.equal(logins.length, 3);
    assert.ok(phone, JSON.stringify(logins));
    for (const { device } of logins.filter((login) => login !== phone)) assert.match(device, here);
    assert.deepEqual(logins.map(({ isThis }) => isThis), [true, false, false]);
    for (const login of logins) {
      const [ip, used, since] = login.facts;
      assert.ok(ip.length > 6, ip);
      assert.match(used, /^· just now$|^· \d+ minutes? ago$|^just now$|^\d+ minutes? ago$/);
      assert.match(since, /since \d/);
      assert.match(login.used, moment);
    }
    assert.equal(logins[0].button, 'Log out of this browser');
    assert.match(phone.button, /^Log out of Safari on iPhone, last used (just now|\d+ minutes? ago)$/, 'what a screen reader says');
    assert.equal(new Set(logins.map(({ id }) => id)).size, 3);
  });

  it('ends one other browser, which is logged out at its next renewal', async (t) => {
    const { desk, phone, sofa, phoneLogin } = await atHome(t);
    await desk.presses(ends(phoneLogin.id));
    assert.equal(desk.page.url(), loginsPage);
    assert.ok(await desk.sees('Logged out. Services there follow'), await desk.text());
    assert.equal((await listed(desk)).length, 2);
    await phone.losesTheAccessCookie();
    await phone.opens(`${demo}/private`);
    assert.equal(phone.page.url(), address('/login', `${demo}/private`));
    assert.equal(await isLoggedIn(phone), false);
    for (const other of [sofa, desk]) assert.ok(await isLoggedIn(other));
  });

  it('ends all others and stays logged in', async (t) => {
    const { desk, phone, sofa } = await atHome(t);
    await endsThem(desk, 'others');
    assert.ok(await desk.sees('Those browsers are logged out'), await desk.text());
    assert.deepEqual((await listed(desk)).map(({ isThis }) => isThis), [true]);
    assert.equal(await desk.page.$(endsMany), null, 'nothing more to offer');
    for (const other of [sofa, phone]) assert.equal(await isLoggedIn(other), false);
    await desk.losesTheAccessCookie();
    await desk.opens(`${demo}/private`);
    assert.equal(desk.page.url(), `${demo}/private`);
  });

  it('ends all, and this browser too', async (t) => {
    const { desk, phone, sofa } = await atHome(t);
    await endsThem(desk, 'all');
    assert.equal(desk.page.url(), `${auth}/login`);
    assert.ok(await desk.sees('You are now logged out'), await desk.text());
    for (const name of [cookies.access, cookies.refresh]) assert.equal(await desk.cookie(name), undefined);
    for (const person of [sofa, phone, desk]) assert.equal(await isLoggedIn(person), false);
  });

  it('logs out of this browser and of no other', async (t) => {
    const { desk, phone, sofa } = await atHome(t);
    await desk.presses(ends((await listed(desk))[0].id));
    assert.equal(desk.page.url(), `${auth}/login`);
    assert.equal(await isLoggedIn(desk), false);
    for (const other of [sofa, phone]) assert.ok(await isLoggedIn(other));
  });

  it("ends neither a login that is none nor somebody else's", async (t) => {
    const { desk, phone, sofa } = await atHome(t);
    const eve = await Person.whoIsLoggedIn(browser, { who: stranger('Eve'), next: loginsPage });
    t.after(() => eve.leaves());
    for (const id of ['no such login', '00000000-0000-4000-8000-000000000000', '', (await listed(eve))[0].id]) {
      await desk.opens(loginsPage);
      await desk.page.$eval('.login:last-child [name="end"]', (input, value) => { input.value = value; input.form.id = 'changed'; }, id);
      assert.equal((await desk.presses('#changed')).status(), 422, id);
      assert.ok(await desk.sees('That login was not found'), await desk.text());
    }
    for (const person of [sofa, phone, desk, eve]) assert.ok(await isLoggedIn(person));
  });

  it('ends nothing on a page that is too old, and says so', async (t) => {
    const { desk, phone, sofa, phoneLogin } = await atHome(t);
    await desk.page.$eval(`${ends(phoneLogin.id)} [name="csrf_token"]`, (input) => { input.value = 'tampered'; });
    assert.equal((await desk.presses(ends(phoneLogin.id))).status(), 403);
    assert.ok((await desk.page.$eval('main [role="alert"]', (element) => element.innerText)).length > 10);
    for (const person of [sofa, phone, desk]) assert.ok(await isLoggedIn(person));
  });

  it('tells what happened lately, and marks a failed login', async (t) => {
    const { desk, phoneLogin } = await atHome(t);
    const thief = new Client({ 'user-agent': 'curl/8.5.0' });
    assert.equal((await thief.logsIn({ ...desk, password: 'a wrong password indeed' })).status, 401);
    await desk.opens(loginsPage);
    await desk.presses(ends(phoneLogin.id));
    await desk.opens(securityPage);
    const events = await happened(desk);
    assert.deepEqual(events.map(({ what }) => what), [
      'Logged out of another browser', 'Login failed: wrong password', 'Logged in', 'Logged in', 'Logged in',
      'Logged out', 'Logged in', 'Account created',
    ]);
    assert.deepEqual(events.map(({ isAlarming }) => isAlarming), [false, true, ...Array(6).fill(false)]);
    events.forEach(({ when }) => assert.match(when, moment));
    assert.match(events[1].from, /^curl, \S+$/);
    assert.match(events[2].from, here);
    assert.match(events[4].from, /^Safari on iPhone, \S+$/);
  });

  it('has low rows on a narrow screen, and no line of one is broken', { skip: chromiumOnly }, async (t) => {
    const { desk } = await atHome(t);
    await atWidth(desk.page, 390);
    const heights = (await listed(desk)).map(({ height }) => height);
    assert.ok(heights.slice(1).every((height) => height < 90), `${heights}`);
  });

  it('works with the keyboard alone', async (t) => {
    const { desk, phone } = await atHome(t);
    for (let stop = 0; ; stop += 1) {
      assert.ok(stop < 20, 'the button is never reached');
      await desk.page.keyboard.press('Tab');
      const focused = await desk.page.evaluate(() => document.activeElement.textContent);
      if (focused.includes('of Safari on iPhone')) break;
    }
    await Promise.all([desk.page.waitForNavigation({ waitUntil: 'load' }), desk.page.keyboard.press('Enter')]);
    assert.ok(await desk.sees('Logged out. Services there follow'), await desk.text());
    assert.equal(await isLoggedIn(phone), false);
  });

  it('works without JavaScript', { skip: isChromium ? false : 'Firefox has no per-page switch' }, async (t) => {
    const { desk, phone, sofa, phoneLogin } = await atHome(t);
    await desk.page.setJavaScriptEnabled(false);
    await desk.opens(loginsPage);
    const enter = async (form, button = '') => {
      await desk.page.focus(`${form} button${button}`);
      await Promise.all([desk.page.waitForNavigation({ waitUntil: 'load' }), desk.page.keyboard.press('Enter')]);
    };
    await enter(ends(phoneLogin.id));
    assert.match(await desk.page.content(), /Logged out\. Services there follow/);
    assert.equal(await isLoggedIn(phone), false);
    await desk.follows(endsMany);
    await enter('main form:has([value="all"])', '[value="all"]');
    assert.equal(desk.page.url(), `${auth}/login`);
    assert.equal(await isLoggedIn(sofa), false);
    assert.deepEqual(desk.watch.violations, []);
  });
});
