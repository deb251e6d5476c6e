// Trusted origins: app. posts to api., which names it in TRUSTED_ORIGINS. No other sibling can
// (X11).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies } from '../support/env.mjs';
import { needsFront, startFront } from '../support/front.mjs';
import { Person } from '../support/person.mjs';

const sso = readFileSync(join(import.meta.dirname, '../../shared-claims/src/web/sso.js'), 'utf8');

describe('a service that trusts a sibling', { skip: needsFront }, () => {
  let browser;
  let app;
  let api;
  let attacker;
  before(async () => {
    browser = await startBrowser();
    attacker = await startAttacker();
    const files = { '/sso.js': ['text/javascript', sso] };
    app = await startFront('app', { files });
    api = await startFront('api', { env: { TRUSTED_ORIGINS: app.url } });
    const page = ['text/html; charset=utf-8', `<!doctype html><title>app</title><script src="/sso.js" data-trusted-origins="${api.url}" defer></script>`];
    files['/app'] = page;
    files['/of-another'] = [page[0], page[1].replace('<script', '<script data-for="AAAAAAAAAAAAAAAA"')];
  });

  const somebody = async (t, url) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    await person.opens(url);
    return person;
  };
  /** The result in the page's script: `[status, text]`, or the error's name. */
  const asks = (person, how, ...call) => person.page.evaluate(async (name, url, init) => {
    try {
      const body = init?.fields && new URLSearchParams(init.fields);
      const response = await (name === 'sso' ? sso.fetch : fetch)(url, { ...init, body });
      return [response.status, await response.text()];
    } catch (error) {
      return [error.name];
    }
  }, how, ...call);

  it('is read and written by its page as the person, across the end of the token', async (t) => {
    const person = await somebody(t, `${app.url}/app`);
    const preflighted = { headers: { 'x-request-id': 'a' } };
    const [status, text] = await asks(person, 'sso', `${api.url}/api/me`, preflighted);
    assert.deepEqual([status, JSON.parse(text).user_email], [200, person.email]);
    await person.losesTheAccessCookie();
    const note = { method: 'POST', fields: { text: 'from the sibling' } };
    const [written, notes] = await asks(person, 'sso', `${api.url}/notes`, note);
    assert.equal(written, 200, notes);
    assert.equal(notes.match(/from the sibling/g).length, 1, 'sent again, once');
    assert.ok(await person.cookie(cookies.access), 'renewed');
  });

  it('X12: files nothing under somebody else than the page was made for', async (t) => {
    const person = await somebody(t, `${app.url}/of-another`);
    const note = { method: 'POST', fields: { text: 'typed by another' } };
    const [status, problem] = await asks(person, 'sso', `${api.url}/notes`, note);
    assert.deepEqual([status, JSON.parse(problem).code], [409, 'another_account']);
    await person.opens(`${api.url}/notes`);
    assert.ok(!(await person.sees('typed by another')));
  });

  it('comes back to the page when the session is over', async (t) => {
    const person = await somebody(t, `${app.url}/app`);
    const held = (await person.cookies()).filter(({ name }) => [cookies.access, cookies.refresh].includes(name));
    await person.context.deleteCookie(...held);
    await Promise.all([
      person.page.waitForNavigation({ waitUntil: 'load' }),
      person.page.evaluate((url) => { sso.fetch(url, {}, { goToLogin: true }); }, `${api.url}/api/me`),
    ]);
    const login = new URL(person.page.url());
    assert.deepEqual([login.origin, login.searchParams.get('next')], [auth, `${app.url}/app`]);
  });

  it('tells no other sibling anything, and does nothing for it', async (t) => {
    attacker.shows('/evil', '<!doctype html><title>evil</title>');
    const person = await somebody(t, `${attacker.sibling}/evil`);
    assert.deepEqual(await asks(person, 'fetch', `${api.url}/api/me`, { credentials: 'include' }), ['TypeError']);
    assert.deepEqual(await asks(person, 'fetch', `${api.url}/notes`, { method: 'POST', credentials: 'include', fields: { text: 'forged' } }), ['TypeError']);
    await person.opens(`${api.url}/notes`);
    assert.equal(await person.sees('forged'), false);
  });
});
