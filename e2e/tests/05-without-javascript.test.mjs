// Without JavaScript: everything works with scripts disabled, under the content security policy
// (H1b, H5).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo, isChromium } from '../support/env.mjs';
import { loginsPage } from '../support/session-list.mjs';
import { Person, address } from '../support/person.mjs';

describe('with JavaScript switched off', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('H1b: the whole walk works, also the 303 from the login form to another sub-domain', { skip: isChromium ? false : 'Firefox has no per-page switch; its walk runs under the same policy' }, async (t) => {
    const person = await Person.sitsDown(browser);
    t.after(() => person.leaves());
    await person.page.setJavaScriptEnabled(false);
    const { page } = person;

    await person.opens(`${demo}/private`);
    assert.equal(page.url(), address('/login', `${demo}/private`));
    await person.opens(address('/register', `${demo}/private`));
    for (const [name, value] of [['first_name', person.firstName], ['last_name', person.lastName], ['email', person.email], ['password', person.password]]) await types(page, name, value);
    const landed = await enter(page);
    assert.equal(page.url(), `${demo}/private`, `not followed; ${person.watch.violations}`);
    assert.equal(landed.status(), 200);

    await person.losesTheAccessCookie();
    await person.opens(`${demo}/private`);
    assert.equal(page.url(), `${demo}/private`, 'renewed without a script');
    assert.ok(await person.cookie(cookies.access));

    await person.opens(`${demo}/notes`);
    await page.focus('main form textarea');
    await page.keyboard.type('written without scripts');
    await page.focus('main form:has(textarea) button');
    await enter(page);
    assert.match(await page.content(), /written without scripts/);

    await person.opens(`${auth}/logout`);
    await page.focus('main form[action*="/logout"] button');
    await enter(page);
    await person.opens(`${demo}/private`);
    assert.equal(new URL(page.url()).pathname, '/login');
    assert.deepEqual(person.watch.violations, []);
  });

  it('H5: no page brings an inline script or style, or an event attribute', async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    for (const url of [`${auth}/`, loginsPage, `${auth}/logout`, `${auth}/register`, `${auth}/no-such-page`, `${demo}/`, `${demo}/private`, `${demo}/notes`]) {
      const response = await person.opens(url);
      // The source and not the document, to which the browser's error pages and extensions add
      // elements.
      const source = await response.text();
      assert.doesNotMatch(source, /<script(?! src="\/[^"]*" defer><\/script>)|<style|\sstyle=|\son[a-z]+=/i, url);
      const policy = response.headers()['content-security-policy'] ?? '';
      if (url.startsWith(auth)) {
        for (const part of ["default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), `${url}: ${policy}`);
      }
      assert.ok(policy.includes("default-src 'none'"), `${url}: ${policy}`);
    }
    assert.deepEqual(person.watch.violations, []);
  });

  it('H1b: the policy lets the login form lead to a sub-domain and to nowhere else', { skip: isChromium ? false : 'only Chromium applies form-action to redirects' }, async (t) => {
    const person = await Person.sitsDown(browser);
    t.after(() => person.leaves());
    const response = await person.opens(`${auth}/login`);
    const formAction = response.headers()['content-security-policy'].split(';').find((part) => part.trim().startsWith('form-action'));
    assert.ok(formAction.includes("'self'"), formAction);
    assert.doesNotMatch(formAction, /(^|\s)(\*|https?:)(\s|$)/, 'no wildcard for the whole web');
  });
});

async function types(page, name, value) {
  await page.focus(`main [name="${name}"]`);
  await page.keyboard.type(value);
}

async function enter(page) {
  const [response] = await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.keyboard.press('Enter')]);
  return response;
}
