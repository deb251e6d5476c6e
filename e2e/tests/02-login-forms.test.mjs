// The login form in a browser.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo, needsOperator } from '../support/env.mjs';
import { attribute, complaintOf, valueOf } from '../support/fields.mjs';
import { users } from '../support/operator.mjs';
import { Client } from '../support/http.mjs';
import { Person, forms, stranger } from '../support/person.mjs';

describe('the login form', () => {
  let browser;
  let known;

  before(async () => {
    browser = await startBrowser();
    known = stranger('Known');
    await new Client().registers(known);
  });

  const visitor = async (t, who = known) => {
    const person = await Person.sitsDown(browser, who);
    t.after(() => person.leaves());
    return person;
  };

  it('tells a password manager which field is which and puts the cursor in the first', async (t) => {
    const person = await visitor(t);
    await person.opens(`${auth}/login`);
    assert.match(await attribute(person, forms.login, 'email', 'autocomplete'), /^(username|email|username email|email username)$/);
    assert.equal(await attribute(person, forms.login, 'password', 'autocomplete'), 'current-password');
    assert.equal(await attribute(person, forms.login, 'email', 'type'), 'email');
    assert.equal(await attribute(person, forms.login, 'password', 'type'), 'password');
    assert.equal(await person.page.evaluate(() => document.activeElement.getAttribute('name')), 'email');
    assert.equal(await person.page.$eval(`${forms.login} [name="password"]`, (field) => field.getAttribute('onpaste')), null, 'pasting is welcome');
  });

  it('answers 401 to a wrong password with words that fit an unknown address too', async (t) => {
    const person = await visitor(t);
    const wrong = await person.logsIn({ password: 'a wrong password indeed' });
    assert.equal(wrong.status(), 401);
    const said = await alertOf(person);
    assert.match(said, /email and password don’t match/);
    assert.equal(await valueOf(person, forms.login, 'email'), person.email, 'the address stays');
    assert.equal(await valueOf(person, forms.login, 'password'), '', 'the password does not');

    const unknown = await person.logsIn({ email: stranger('Nobody').email, password: 'a wrong password indeed' });
    assert.equal(unknown.status(), 401);
    assert.equal(await alertOf(person), said);
    assert.equal(await person.cookie(cookies.refresh), undefined);
  });

  it('answers 422 to an empty form and says at each field what is missing', async (t) => {
    const person = await visitor(t);
    await person.opens(`${auth}/login`);
    await person.page.$eval(forms.login, (form) => { form.noValidate = true; });
    const response = await person.presses(forms.login);
    assert.equal(response.status(), 422);
    assert.ok((await complaintOf(person, forms.login, 'email')).length > 0);
    assert.ok((await complaintOf(person, forms.login, 'password')).length > 0);
  });

  it('keeps next through a wrong password', async (t) => {
    const person = await visitor(t);
    await person.logsIn({ next: `${demo}/private`, password: 'a wrong password indeed' });
    await person.logsIn({ at: false });
    assert.equal(person.page.url(), `${demo}/private`);
  });

  it('takes the address in any letter case and with spaces around', async (t) => {
    const person = await visitor(t);
    await person.logsIn({ next: `${demo}/private`, email: ` ${known.email.toUpperCase()} ` });
    assert.equal(person.page.url(), `${demo}/private`);
  });

  it('S8: logging in as somebody else ends the session before', async (t) => {
    const person = await visitor(t);
    await person.logsIn();
    const before = await person.cookie(cookies.refresh);
    const other = stranger('Other');
    const helper = await visitor(t, other);
    await helper.registers();

    // The login page redirects a person who is logged in. So the form is one that was open in
    // another tab before.
    const tab = await openLoginTabBeforeLogin(person);
    await tab.fillsIn(forms.login, { email: other.email, password: other.password });
    await tab.presses(forms.login);
    await person.opens(`${auth}/`);
    assert.ok(await person.sees(other.email), await person.text());
    assert.equal(await person.sees(known.email), false);
    await person.opens(`${demo}/`);
    assert.ok(await person.sees(other.firstName));

    const replay = await visitor(t);
    await replay.context.setCookie({ name: cookies.refresh, value: before.value, domain: new URL(auth).hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
    await replay.opens(`${auth}/`);
    assert.equal(new URL(replay.page.url()).pathname, '/login', 'the saved cookie of the first session is worth nothing');
  });

  it('S4: a saved refresh cookie is worth nothing after logging out', async (t) => {
    const person = await visitor(t);
    await person.logsIn();
    const saved = await person.cookie(cookies.refresh);
    await person.logsOut();
    await person.context.setCookie({ name: cookies.refresh, value: saved.value, domain: new URL(auth).hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
    await person.opens(`${auth}/`);
    assert.equal(new URL(person.page.url()).pathname, '/login');
  });

  it('says that an account is inactive only to who knows its password', { skip: needsOperator }, async (t) => {
    const person = await visitor(t, stranger('Idle'));
    await person.registers();
    await person.logsOut();
    users(['deactivate', person.email]);
    await person.logsIn({ password: 'a wrong password indeed' });
    assert.doesNotMatch(await alertOf(person), /inactive/i);
    await person.logsIn();
    assert.match(await alertOf(person), /This account is inactive/i);
    assert.equal(await person.cookie(cookies.refresh), undefined);
    users(['activate', person.email]);
    await person.logsIn();
    assert.equal(person.page.url(), `${auth}/`);
  });
});

const alertOf = (person) => person.page.$eval('main [role="alert"]', (element) => element.innerText.trim());

/** A second tab of the same browser, which still shows the login form although the browser is logged in. */
async function openLoginTabBeforeLogin(person) {
  const kept = (await person.cookies()).filter(({ name }) => name === cookies.refresh || name === cookies.access);
  await person.context.deleteCookie(...kept);
  await person.opens(`${auth}/login`);
  await person.context.setCookie(...kept.map(({ name, value, domain, path, expires, httpOnly, secure, sameSite }) => ({ name, value, domain, path, expires, httpOnly, secure, sameSite })));
  return person;
}
