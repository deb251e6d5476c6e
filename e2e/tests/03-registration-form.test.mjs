// The registration form in a browser.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth } from '../support/env.mjs';
import { attribute, complaintOf, hasNoComplaint, valueOf } from '../support/fields.mjs';
import { Person, forms, stranger } from '../support/person.mjs';

describe('the registration form', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  const newcomer = async (t, who) => {
    const person = await Person.sitsDown(browser, who);
    t.after(() => person.leaves());
    await person.opens(`${auth}/register`);
    await person.page.$eval(forms.register, (form) => { form.noValidate = true; });
    return person;
  };
  const filledIn = (person, over = {}) => person.fillsIn(forms.register, {
    first_name: person.firstName, last_name: person.lastName, email: person.email,
    password: person.password, ...over,
  });

  it('tells a password manager which field is which and puts the cursor in the first', async (t) => {
    const person = await newcomer(t);
    const expected = { first_name: /^given-name$/, last_name: /^family-name$/, email: /^(email|username|username email|email username)$/, password: /^new-password$/ };
    for (const [name, value] of Object.entries(expected)) assert.match(await attribute(person, forms.register, name, 'autocomplete'), value, name);
    assert.equal(await person.page.evaluate(() => document.activeElement.getAttribute('name')), 'email');
  });

  it('answers 422 with a message at each field that is wrong, and only there', async (t) => {
    const person = await newcomer(t);
    await filledIn(person, { email: 'not an address', password: 'short' });
    const response = await person.presses(forms.register);
    assert.equal(response.status(), 422);
    assert.match(await complaintOf(person, forms.register, 'email'), /e-?mail/i);
    assert.match(await complaintOf(person, forms.register, 'password'), /12/);
    assert.ok(await hasNoComplaint(person, forms.register, 'first_name'));
  });

  it('keeps what was typed, but never a password', async (t) => {
    const person = await newcomer(t);
    await filledIn(person, { first_name: '<b>Bobby</b>', last_name: 'O\'"Tables', password: 'short' });
    await person.presses(forms.register);
    assert.equal(await valueOf(person, forms.register, 'first_name'), '<b>Bobby</b>');
    assert.equal(await valueOf(person, forms.register, 'last_name'), 'O\'"Tables');
    assert.equal(await valueOf(person, forms.register, 'email'), person.email);
    assert.equal(await valueOf(person, forms.register, 'password'), '');
    assert.doesNotMatch(await person.page.content(), /value="short"/);
  });

  it('moves the cursor to the first field that is wrong', async (t) => {
    const person = await newcomer(t);
    await filledIn(person, { email: 'not an address' });
    await person.presses(forms.register);
    assert.equal(await person.page.evaluate(() => document.activeElement.getAttribute('name')), 'email');
  });

  for (const [what, password] of [['a well-known one', 'password1234'], ['one that is like the address', 'weak.but.long@example.org']]) {
    it(`refuses ${what} as a password and says what would help`, async (t) => {
      const person = await newcomer(t, { ...stranger('Weak'), email: `weak.but.long@example.org` });
      await filledIn(person, { password });
      const response = await person.presses(forms.register);
      assert.equal(response.status(), 422);
      assert.ok((await complaintOf(person, forms.register, 'password')).length > 20);
    });
  }

  it('P2: takes spaces and emoji, and logs in with them', async (t) => {
    const person = await newcomer(t, { ...stranger('Emoji'), password: `grün 🦀 müde ${Math.random()} Ελλάδα` });
    await filledIn(person);
    await person.presses(forms.register);
    await person.logsOut();
    await person.logsIn();
    assert.equal(person.page.url(), `${auth}/`, await person.text());
  });

  it('logs in at once, and takes one name for a whole one', async (t) => {
    const person = await newcomer(t);
    await filledIn(person, { last_name: '' });
    await person.presses(forms.register);
    assert.equal(person.page.url(), `${auth}/`);
    assert.ok(await person.sees('Your account was created.'), await person.text());
  });

  it('refuses an address that is taken, in any letter case', async (t) => {
    const first = await newcomer(t);
    await filledIn(first);
    await first.presses(forms.register);
    const second = await newcomer(t);
    await filledIn(second, { email: first.email.toUpperCase() });
    const response = await second.presses(forms.register);
    assert.equal(response.status(), 422);
    assert.ok((await complaintOf(second, forms.register, 'email')).length > 0);
    await second.follows(`${forms.register} .field-errors a`);
    assert.equal(await valueOf(second, forms.login, 'email'), first.email, 'the address goes along');
    assert.ok(!second.page.url().includes('@') && !second.page.url().includes('%40'), second.page.url());
  });
});
