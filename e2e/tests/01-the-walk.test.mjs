// One person's whole walk: register, log in, visit both hosts, log out.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { accessLifetime, auth, cookies, demo, isChromium } from '../support/env.mjs';
import { Person, forms, stranger } from '../support/person.mjs';
import { writesNote } from '../support/notes.mjs';
import { assertAccessCookie, assertHostCookie } from '../support/cookies.mjs';

describe('one login across two sub-domains', () => {
  const wanted = `${demo}/private?from=the%20walk`;
  const note = `remember ${Math.random().toString(36).slice(2)}`;
  let browser;
  let ada;

  before(async () => {
    browser = await startBrowser();
    ada = await Person.sitsDown(browser, stranger('Ada'));
  });
  after(() => assert.deepEqual(ada.watch.violations, [], 'no page breaks its own content security policy'));

  it('the demo is open to everybody and greets nobody yet', async () => {
    const response = await ada.opens(`${demo}/`);
    assert.equal(response.status(), 200);
    assert.equal(await ada.sees(ada.firstName), false);
    assert.equal(await ada.cookie(cookies.access), undefined);
  });

  it('a private page sends a stranger to the login page, which remembers where they wanted to go', async () => {
    await ada.opens(wanted);
    const here = new URL(ada.page.url());
    assert.equal(here.origin + here.pathname, `${auth}/login`);
    assert.equal(here.searchParams.get('next'), wanted);
    assert.equal(await ada.page.$eval(`${forms.login} [name="next"]`, (input) => input.value), wanted);
  });

  it('one form makes the account, logs in, and lands on the page that was wanted, on the other sub-domain', async () => {
    await ada.follows('main a[href*="/register"]');
    assert.equal(new URL(ada.page.url()).searchParams.get('next'), wanted);
    await ada.registers({ at: false });
    assert.equal(ada.page.url(), wanted, await ada.text());
    const post = ada.watch.answers.findLast((answer) => answer.method === 'POST');
    assert.equal(post.status, 303);
    assert.ok(await ada.sees(ada.email) || await ada.sees(ada.firstName));
  });

  it('C1, C2: both session cookies carry the attributes of the contract', async () => {
    const now = Date.now() / 1000;
    const access = await ada.cookie(cookies.access);
    assertAccessCookie(access);
    const left = access.expires - now;
    assert.ok(left > accessLifetime - 15 && left < accessLifetime + 2, `the access cookie lives ${left} s`);
    assertHostCookie(await ada.cookie(cookies.refresh));
    const browserCookie = await ada.cookie(cookies.browser);
    if (browserCookie) assertHostCookie(browserCookie);
    if (isChromium) {
      const lines = ada.watch.setCookies.filter((line) => line.startsWith(cookies.refresh) || line.startsWith(cookies.browser));
      assert.ok(lines.length > 0);
      for (const line of lines) assert.doesNotMatch(line, /domain=/i);
    }
  });

  it('no script in a page can read the cookies', async () => {
    assert.doesNotMatch(await ada.page.evaluate(() => document.cookie), /sso_/);
  });

  it('the demo greets by name', async () => {
    await ada.opens(`${demo}/`);
    assert.ok(await ada.sees(ada.firstName), await ada.text());
  });

  it('the account page stands at / of the auth host', async () => {
    const response = await ada.opens(`${auth}/`);
    assert.equal(response.status(), 200);
    assert.ok(await ada.sees(ada.email));
  });

  it('a logged-in visitor of /login lands on the account page, with another refresh token', async () => {
    const before = await ada.cookie(cookies.refresh);
    await ada.opens(`${auth}/login`);
    assert.equal(ada.page.url(), `${auth}/`);
    assert.ok(await ada.sees(ada.email));
    assert.notEqual((await ada.cookie(cookies.refresh)).value, before.value, 'the refresh token rotates');
  });

  it('a note is kept, and the page that shows it comes by a redirect', async () => {
    await ada.opens(`${demo}/notes`);
    await writesNote(ada, note);
    assert.ok(await ada.sees(note), await ada.text());
    assert.equal(ada.watch.answers.findLast((answer) => answer.method === 'POST').status, 303);
  });

  it('somebody else does not see it', async () => {
    const eve = await Person.whoIsLoggedIn(browser, { who: stranger('Eve'), next: `${demo}/notes` });
    assert.equal(eve.page.url(), `${demo}/notes`);
    assert.equal(await eve.sees(note), false);
    await eve.leaves();
  });

  it('the staff page answers 403 to an ordinary user', async () => {
    const response = await ada.opens(`${demo}/staff`);
    assert.equal(response.status(), 403);
  });

  it('the notes are still there', async () => {
    await ada.opens(`${demo}/notes`);
    assert.ok(await ada.sees(note));
  });

  it('the refresh cookie never travels to the demo host', { skip: isChromium ? false : 'needs the DevTools protocol' }, async () => {
    await ada.opens(`${demo}/`);
    await ada.opens(`${auth}/`);
    const at = (origin) => ada.watch.sent.filter(({ host }) => host === new URL(origin).host).flatMap((request) => request.cookies);
    assert.ok(at(auth).includes(cookies.refresh), 'this watch sees cookies at all');
    assert.ok(at(demo).includes(cookies.access) || accessLifetime < 60);
    assert.ok(!at(demo).some((name) => [cookies.refresh, cookies.browser].includes(name)), 'neither it nor the browser cookie');
  });

  it('logging out on the auth host ends it on both', async () => {
    await ada.opens(wanted);
    await ada.logsOut();
    assert.equal(await ada.cookie(cookies.access), undefined);
    assert.equal(await ada.cookie(cookies.refresh), undefined);
    await ada.opens(`${demo}/`);
    assert.equal(await ada.sees(ada.firstName), false, await ada.text());
    await ada.opens(`${demo}/private`);
    assert.equal(new URL(ada.page.url()).pathname, '/login');
    await ada.opens(`${auth}/`);
    assert.equal(new URL(ada.page.url()).pathname, '/login');
  });
});
