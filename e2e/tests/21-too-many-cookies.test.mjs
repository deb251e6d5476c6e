// Too many cookies: a sibling sub-domain fills the browser with cookies of the whole domain, and
// the person gets rid of them without help (C12 to C15, C18).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookieDomain, cookies, demo } from '../support/env.mjs';
import { Person, address, stranger } from '../support/person.mjs';

const cleanup = 'main form[action$="/cookies"]';

describe('a sibling sub-domain that sets too many cookies', () => {
  let browser;
  let attacker;
  let count = 0;

  before(async () => {
    browser = await startBrowser();
    attacker = await startAttacker();
  });

  /** Plants them in several responses, each of a size that a browser accepts. */
  const bombs = async (person, lines) => {
    for (let from = 0; from < lines.length; from += 40) {
      count += 1;
      attacker.plants(`/bomb-${count}`, lines.slice(from, from + 40));
      await person.opens(`${attacker.sibling}/bomb-${count}`);
    }
  };
  const line = (name, value, path = '/') => `${name}=${value}; Domain=${cookieDomain}; Path=${path}; Secure`;
  const small = Array.from({ length: 250 }, (_, n) => line(`small-${n}`, 'x'));
  const large = (kilobytes, path) => Array.from({ length: kilobytes / 4 }, (_, n) => line(`large-${n}`, 'x'.repeat(4000), path));
  // Firefox still lists cookies that were deleted within the same second.
  const foreign = async (person) => (await person.cookies()).filter(({ name, value }) => /^(small|large|other)-/.test(name) && value !== '');

  const victim = async (t) => {
    const person = await Person.whoIsLoggedIn(browser, { who: stranger('Victor') });
    t.after(() => person.leaves());
    return person;
  };
  /** Presses the button once. */
  const cleansUp = async (person) => {
    const mine = await person.cookie(cookies.refresh);
    assert.ok((await foreign(person)).length > 0, 'the browser took the bomb');
    await person.presses(cleanup);
    assert.deepEqual(await foreign(person), []);
    assert.equal((await person.cookie(cookies.refresh))?.value, mine?.value, 'ours is kept');
  };

  it('C12, C13: after 250 small cookies the login is explained, cleaned up and works again', async (t) => {
    const person = await victim(t);
    await bombs(person, small);
    await person.opens(address('/login', `${demo}/private`));
    // Which cookies a full browser drops differs, so the login may be gone or not.
    if (!person.page.url().startsWith(demo)) {
      assert.match(await person.text(), /so many cookies/);
      await person.follows('main a[href*="/cookies"]');
    } else {
      await person.opens(`${auth}/cookies`);
    }
    await cleansUp(person);
    if (!person.page.url().startsWith(demo)) await person.logsIn({ next: `${demo}/private` });
    assert.equal(person.page.url(), `${demo}/private`, await person.text());
  });

  it('C15: a service that takes no more leads to the button and back', async (t) => {
    const person = await victim(t);
    await bombs(person, large(100));
    await person.opens(`${demo}/private`);
    assert.match(await person.text(), /Too many cookies/);
    await person.follows('main a.button');
    assert.match(await person.text(), /cookies of other sites/);
    await cleansUp(person);
    assert.equal(person.page.url(), `${demo}/private`);
    assert.ok(await person.sees(person.email), await person.text());
  });

  it('C12: what was set for one path is cleared below it', async (t) => {
    const person = await victim(t);
    await bombs(person, large(60, '/private'));
    await person.opens(`${demo}/private`);
    assert.match(await person.text(), /Too many cookies/);
    await person.follows('main a.button');
    await cleansUp(person);
    assert.equal(person.page.url(), `${demo}/private`);
  });

  it('C12: partitioned cookies, and those without Secure, go too', async (t) => {
    const person = await victim(t);
    const lines = Array.from({ length: 30 }, (_, n) => `${line(`other-${n}`, 'x')}${n % 3 ? '' : '; Partitioned'}`.replace(n % 3 === 1 ? '; Secure' : '#', ''));
    await bombs(person, lines);
    await person.opens(`${auth}/cookies`);
    await cleansUp(person);
  });

  it('C18: as many as the browser keeps do not keep the person from the button', async (t) => {
    const person = await victim(t);
    await bombs(person, large(640));
    assert.ok((await foreign(person)).length > 100, 'the browser took the bomb');
    await person.opens(`${demo}/private`);
    assert.match(await person.text(), /Too many cookies/);
    await person.follows('main a.button');
    // One press goes through a dozen responses. So many cookies may need another press.
    for (let presses = 0; presses < 3 && (await foreign(person)).length > 0; presses += 1) await person.presses(cleanup);
    assert.deepEqual(await foreign(person), []);
    if (!person.page.url().startsWith(demo)) await person.logsIn({ next: `${demo}/private` });
    assert.equal(person.page.url(), `${demo}/private`, await person.text());
  });

  it('C13: a sibling cannot press the button', async (t) => {
    const person = await victim(t);
    await bombs(person, small.slice(0, 20));
    const held = (await foreign(person)).length;
    attacker.postsForm('/press', `${auth}/cookies`, { csrf_token: 'x' });
    await person.opens(`${attacker.sibling}/press`);
    await person.page.waitForFunction((host) => location.href.startsWith(host), {}, auth);
    await person.opens(`${auth}/cookies?from=0.0.1.0`);
    assert.equal((await foreign(person)).length, held);
  });
});
