// Deactivated account: its next renewal shows the login form, never an error (R10).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, demo, needsOperator } from '../support/env.mjs';
import { users } from '../support/operator.mjs';
import { Person, address } from '../support/person.mjs';
import { rememberSecret } from '../support/secrets.mjs';

describe('the next renewal', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('shows the login form to somebody who was deactivated meanwhile', { skip: needsOperator }, async (t) => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/private` });
    t.after(() => person.leaves());
    users(['deactivate', person.email]);
    await person.losesTheAccessCookie();
    const response = await person.opens(`${demo}/private`);
    assert.equal(response.status(), 200);
    assert.equal(person.page.url(), address('/login', `${demo}/private`));
    await person.opens(`${auth}/`);
    assert.equal(new URL(person.page.url()).pathname, '/login');
  });

  it('shows it too when the operator set another password', { skip: needsOperator }, async (t) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(() => person.leaves());
    const password = `another ${Math.random()} password entirely`;
    rememberSecret('password', password);
    users(['set-password', person.email, '--password-stdin'], password);
    await person.losesTheAccessCookie();
    await person.opens(`${demo}/private`);
    assert.equal(person.page.url(), address('/login', `${demo}/private`));
    await person.logsIn({ at: false, password });
    assert.equal(person.page.url(), `${demo}/private`);
  });

  it('gives a new right: a superuser made by the operator reaches the staff page', { skip: needsOperator }, async (t) => {
    const person = await Person.sitsDown(browser);
    t.after(() => person.leaves());
    users(['create-superuser', person.email, '--first-name', 'Grace', '--last-name', 'Tester', '--password-stdin'], person.password);
    await person.logsIn({ next: `${demo}/staff` });
    assert.equal(person.page.url(), `${demo}/staff`, await person.text());
  });

  it('keeps a note that was posted a moment too late', async (t) => {
    const { typesNote, noteForm, noteField } = await import('../support/notes.mjs');
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    t.after(() => person.leaves());
    await typesNote(person, 'a thought worth keeping');
    await person.losesTheAccessCookie();
    const response = await person.presses(noteForm);
    assert.equal(response.status(), 401);
    assert.match(await person.page.content(), /a thought worth keeping/, 'the page gives back what was typed');
    const field = await person.page.$(noteField);
    if (field) assert.equal(await field.evaluate((element) => element.value), 'a thought worth keeping');
  });
});
