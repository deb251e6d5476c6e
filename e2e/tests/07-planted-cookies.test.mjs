// Planted cookies: a sibling sub-domain may set cookies for the whole domain, and gains nothing
// (X7, C4).
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookieDomain, cookies, demo, isChromium } from '../support/env.mjs';
import { Client } from '../support/http.mjs';
import { noteForm, typesNote } from '../support/notes.mjs';
import { Person, comesTrue, stranger } from '../support/person.mjs';

describe('a sibling sub-domain that plants cookies', () => {
  let browser;
  let attacker;
  let mallory;
  let stolen;
  let count = 0;

  before(async () => {
    browser = await startBrowser();
    attacker = await startAttacker();
    mallory = stranger('Mallory');
    await new Client().registers(mallory);
  });
  // Renewed for each test: an expired token of hers would prove nothing, and the victim's login may
  // take longer than one lives.
  const steal = async () => {
    const client = new Client();
    await client.logsIn(mallory);
    stolen = { access: client.cookie(cookies.access), refresh: client.cookie(cookies.refresh), browser: client.cookie(cookies.browser) ?? 'none' };
    assert.ok(stolen.access && stolen.refresh);
  };
  beforeEach(steal);

  const plant = async (person, lines) => {
    count += 1;
    attacker.plants(`/${count}`, lines);
    await person.opens(`${attacker.sibling}/${count}`);
    // Checks that the browser has accepted the cookies. Otherwise the test would prove nothing.
    const held = (await person.cookies()).map(({ name, value }) => `${name}=${value}`);
    for (const line of lines.filter((planted) => !planted.startsWith('__Host-') && /^[\x21-\x7e]+=/.test(planted))) {
      assert.ok(held.includes(line.split(';')[0]), `the browser took ${line.slice(0, 40)}`);
    }
  };
  const victim = async (t) => {
    const person = await Person.whoIsLoggedIn(browser, { who: stranger('Victor') });
    t.after(() => person.leaves());
    await steal();
    return person;
  };
  /** Logged in as the victim, or at worst asked to log in again, but never Mallory. */
  const neverMallory = async (person, { mayBeAskedAgain = true } = {}) => {
    for (const url of [`${auth}/`, `${demo}/`, `${demo}/private`, `${demo}/notes`, `${auth}/login`, `${auth}/logout`]) {
      const response = await person.opens(url);
      const text = await person.text();
      // Firefox does not always report the response of a navigation. The page's text is always
      // known.
      if (response || isChromium) {
        assert.ok(response.status() < 500, `${url}: ${response.status()}`);
        assert.ok(response.request().redirectChain().length <= 5, `${url} is no loop`);
      }
      assert.ok(text.length > 0 && !text.includes('Something went wrong'), `${url}: ${text}`);
      assert.ok(!text.includes(mallory.email) && !text.includes(mallory.firstName), `${url} shows Mallory`);
      if (!mayBeAskedAgain && url.endsWith('/private')) assert.equal(person.page.url(), url, text);
    }
  };
  const domainWide = `Domain=${cookieDomain}; Path=/`;

  it('C4: the browser refuses copies of the host cookies', async (t) => {
    const person = await victim(t);
    const mine = (await person.cookie(cookies.refresh)).value;
    await plant(person, [`${cookies.refresh}=${stolen.refresh}; ${domainWide}; Secure`, `${cookies.browser}=${stolen.browser}; ${domainWide}; Secure`]);
    const held = (await person.cookies()).filter(({ name }) => name === cookies.refresh);
    assert.deepEqual(held.map(({ value }) => value), [mine]);
    await neverMallory(person, { mayBeAskedAgain: false });
  });

  for (const name of ['%5F%5FHost-sso_refresh', '__Host%2Dsso_refresh', '%5f%5fHost%2dsso%5frefresh']) {
    it(`C4: ${name} is not read as the refresh cookie, with or without a session`, async (t) => {
      const lines = [`${name}=${stolen.refresh}; ${domainWide}`, `${name}=${stolen.refresh}; Domain=${cookieDomain}; Path=/login`];
      const person = await victim(t);
      await plant(person, lines);
      await neverMallory(person, { mayBeAskedAgain: false });
      await person.losesTheAccessCookie();
      await neverMallory(person, { mayBeAskedAgain: false });

      const visitor = await Person.sitsDown(browser);
      t.after(() => visitor.leaves());
      await plant(visitor, lines);
      await neverMallory(visitor);
      await visitor.opens(`${auth}/`);
      assert.equal(new URL(visitor.page.url()).pathname, '/login');
    });
  }

  it('X7: names without prefix mean nothing', async (t) => {
    const person = await victim(t);
    const lines = ['sso_refresh', 'sso_access', 'sso_browser', 'refresh_token', 'access_token', 'id', 'csrf', 'csrf_token']
      .map((name) => `${name}=${name.includes('access') ? stolen.access : stolen.refresh}; ${domainWide}`);
    await plant(person, lines);
    await neverMallory(person, { mayBeAskedAgain: false });
  });

  it('an access cookie overwritten with rubbish is renewed', async (t) => {
    const person = await victim(t);
    await plant(person, [`${cookies.access}=rubbish; ${domainWide}; Secure`]);
    await neverMallory(person, { mayBeAskedAgain: false });
  });

  it('C7: a second access cookie of another valid user on a longer path makes nobody Mallory, and no loop', async (t) => {
    const person = await victim(t);
    await plant(person, ['/private', '/notes', '/login'].map((path) => `${cookies.access}=${stolen.access}; Domain=${cookieDomain}; Path=${path}; Secure`));
    await neverMallory(person);
  });

  for (const kind of ['', '; Partitioned']) {
    it(`C7: the button of the page about two logins deletes the planted one${kind && ' that is partitioned'}, and no other cookie of the domain`, async (t) => {
      const person = await victim(t);
      await plant(person, [`${cookies.access}=${stolen.access}; Domain=${cookieDomain}; Path=/private; Secure${kind}`, `settings=dark; ${domainWide}; Secure`]);
      await person.opens(`${demo}/private?page=2`);
      assert.match(await person.text(), /Two logins at once/);
      await person.presses('main form[method="get"]');
      assert.equal(person.page.url(), `${demo}/private?page=2`);
      assert.ok(await person.sees(person.email), await person.text());
      assert.equal((await person.cookie('settings'))?.value, 'dark');
    });
  }

  it('C7: a note that was typed meanwhile waits until the planted one is deleted, and is then kept as the victim\'s, once', async (t) => {
    const person = await victim(t);
    await person.opens(`${demo}/notes`);
    await typesNote(person, 'typed before');
    attacker.plants('/beside', [`${cookies.access}=${stolen.access}; Domain=${cookieDomain}; Path=/notes; Secure`]);
    const tab = await person.context.newPage();
    await tab.goto(`${attacker.sibling}/beside`, { waitUntil: 'load' });
    await tab.close();
    await person.page.bringToFront();
    assert.equal((await person.presses(noteForm)).status(), 409);
    assert.match(await person.text(), /Two logins at once[^]*What you typed is not lost/);
    assert.equal((await person.presses('main form[method="post"]')).status(), 401);
    assert.match(await person.text(), /are deleted/);
    const frame = await person.page.waitForFrame((candidate) => candidate.url().startsWith(`${auth}/login/frame`));
    await frame.waitForSelector('[role="status"]');
    await person.page.click('main form[method="post"] button', { count: 2 }).catch(() => {});
    assert.ok(await comesTrue(async () => person.page.url() === `${demo}/notes?saved` && (await person.sees('typed before'))), await person.text());
    await person.opens(`${demo}/notes`);
    assert.equal((await person.text()).match(/typed before/g).length, 1, 'pressed twice, kept once');
    assert.ok((await person.sees(person.firstName)) && !(await person.sees(mallory.firstName)), await person.text());
  });

  it('rubbish on a longer path does not lock the victim out', async (t) => {
    const person = await victim(t);
    await plant(person, ['/private', '/notes'].map((path) => `${cookies.access}=rubbish; Domain=${cookieDomain}; Path=${path}; Secure`));
    await neverMallory(person, { mayBeAskedAgain: false });
  });

  it("C11: the attacker's access cookie proves nothing to the auth host", async (t) => {
    const visitor = await Person.sitsDown(browser);
    t.after(() => visitor.leaves());
    await plant(visitor, [`${cookies.access}=${stolen.access}; ${domainWide}; Secure`]);
    for (const path of ['/', '/login', '/logout', '/register']) {
      await visitor.opens(auth + path);
      assert.equal(await visitor.sees(mallory.email), false, path);
    }
  });

  it('C8: a foreign cookie with broken bytes costs nobody their session', async (t) => {
    const person = await victim(t);
    await plant(person, [`broken=%ff%fe; ${domainWide}`, `b\u00e4d=\u00ff; ${domainWide}`, `=nameless; ${domainWide}`, `empty=; ${domainWide}`]);
    await neverMallory(person, { mayBeAskedAgain: false });
  });
});
