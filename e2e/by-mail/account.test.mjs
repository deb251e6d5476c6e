// People look after their accounts by mail: they verify an address, forget a password, change both,
// and take an account back.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, cookies, demo, needsMail } from '../support/env.mjs';
import { letterTo } from '../support/mailbox.mjs';
import { Person, stranger } from '../support/person.mjs';
import { rememberSecret } from '../support/secrets.mjs';

const codeForm = 'form:has([name="code"])';
const linkForm = 'main form:has([name="token"])';

/** Registers, and types the code of the letter. */
async function joins(browser, { next = `${demo}/private` } = {}) {
  const person = await Person.sitsDown(browser, stranger('Ada'));
  await person.registers({ next });
  const { code } = await letterTo(person.email);
  await person.fillsIn(codeForm, { code });
  await person.presses(codeForm);
  return person;
}

/** The same person, at another browser. */
const who = ({ email, password, firstName, lastName }) => ({ email, password, firstName, lastName });

function newPassword() {
  const password = `new ${stranger().password}`;
  rememberSecret('password', password);
  return password;
}

describe('an account by mail', { skip: needsMail }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('begins with the code of a letter, and goes on to the service', async () => {
    const person = await Person.sitsDown(browser, stranger('Ada'));
    await person.registers({ next: `${demo}/private` });
    assert.equal(new URL(person.page.url()).pathname, '/email/verify');
    assert.ok(await person.sees(person.email));
    assert.equal(await person.cookie(cookies.access), undefined);
    assert.equal(await person.page.evaluate(() => document.activeElement.name), 'code', 'the cursor is where the code goes');
    const letter = await letterTo(person.email);
    // In development nobody has a mailbox; each page leads to one.
    assert.ok(await person.page.$('footer a[href="/dev/mail"]'));
    await person.fillsIn(codeForm, { code: letter.code === '000000' ? '000001' : '000000' });
    assert.equal((await person.presses(codeForm)).status(), 422);
    assert.ok(await person.sees('You can try 4 more times.'));
    await person.fillsIn(codeForm, { code: letter.code });
    await person.presses(codeForm);
    assert.equal(person.page.url(), `${demo}/private`);
    await person.leaves();
  });

  it('is verified by the link on a phone, which logs nobody in there', async () => {
    const laptop = await Person.sitsDown(browser, stranger('Bea'));
    await laptop.registers({ next: `${demo}/private` });
    const { link } = await letterTo(laptop.email);
    const phone = await Person.sitsDown(browser, who(laptop));
    await phone.opens(link);
    await phone.presses(linkForm);
    assert.ok(await phone.sees('The email address is confirmed. You can log in now.'));
    assert.equal(await phone.cookie(cookies.refresh), undefined);
    assert.equal((await phone.opens(link)).status(), 410);
    await laptop.logsIn({ next: `${demo}/private` });
    assert.equal(laptop.page.url(), `${demo}/private`);
    await Promise.all([laptop.leaves(), phone.leaves()]);
  });

  it('looks the same to whoever tries an address that has an account', async () => {
    const owner = await joins(browser);
    const eve = await Person.sitsDown(browser, { ...stranger('Eve'), email: owner.email });
    await eve.registers();
    assert.equal(new URL(eve.page.url()).pathname, '/email/verify');
    assert.ok(await eve.sees(`We sent an email to ${owner.email}`));
    const { subject } = await letterTo(owner.email);
    assert.match(subject, /^You already have an account/);
    await Promise.all([owner.leaves(), eve.leaves()]);
  });

  it('gets a new password by the code, and every login ends', async () => {
    const ada = await joins(browser);
    const forgetful = await Person.sitsDown(browser, who(ada));
    await forgetful.opens(`${auth}/login`);
    await forgetful.follows('a[href="/password/forgot"]');
    const ask = 'form:has([name="email"])';
    await forgetful.fillsIn(ask, { email: ada.email });
    await forgetful.presses(ask);
    const { code } = await letterTo(ada.email);
    const password = newPassword();
    await forgetful.fillsIn(codeForm, { code, password });
    await forgetful.presses(codeForm);
    assert.equal(new URL(forgetful.page.url()).pathname, '/login', await forgetful.text());
    await ada.opens(`${auth}/`);
    assert.equal(new URL(ada.page.url()).pathname, '/login', 'the other login has ended');
    await forgetful.logsIn({ next: `${demo}/private`, password });
    assert.equal(forgetful.page.url(), `${demo}/private`);
    assert.match((await letterTo(ada.email)).subject, /password .* was changed/);
    await Promise.all([ada.leaves(), forgetful.leaves()]);
  });

  it('gets a new password for the old one, and stays logged in', async () => {
    const ada = await joins(browser, { next: `${auth}/` });
    await ada.opens(`${auth}/.well-known/change-password`);
    const form = 'form:has([name="current_password"])';
    const password = newPassword();
    await ada.fillsIn(form, { current_password: ada.password, password });
    await ada.presses(form);
    await ada.opens(`${demo}/private`);
    assert.equal(ada.page.url(), `${demo}/private`);
    await ada.leaves();
  });

  it('moves to another address, and back when that was somebody else', async () => {
    const thief = await joins(browser, { next: `${auth}/` });
    const old = thief.email;
    const { email: other } = stranger('Other');
    await thief.opens(`${auth}/account/email`);
    const form = 'form:has([name="email"])';
    await thief.fillsIn(form, { email: other, password: thief.password });
    await thief.presses(form);
    await thief.fillsIn(codeForm, { code: (await letterTo(other)).code });
    await thief.presses(codeForm);
    assert.ok(await thief.sees(`Your email address is now ${other}.`), await thief.text());
    const owner = await Person.sitsDown(browser, stranger('Ada'));
    await owner.opens((await letterTo(old)).link);
    assert.ok(await owner.sees(old));
    await owner.presses(linkForm);
    assert.equal(new URL(owner.page.url()).pathname, '/password/forgot');
    assert.equal(await owner.page.$eval('[name="email"]', (field) => field.value), old);
    await thief.opens(`${auth}/`);
    assert.equal(new URL(thief.page.url()).pathname, '/login');
    await Promise.all([thief.leaves(), owner.leaves()]);
  });

  it('has the name and the language of its owner', async () => {
    const ada = await joins(browser, { next: `${auth}/` });
    await ada.follows('a[href="/account/profile"]');
    const form = 'form:has([name="language"])';
    await ada.fillsIn(form, { first_name: 'Augusta', last_name: 'King' });
    await ada.page.select(`${form} [name="language"]`, 'de');
    await ada.presses(form);
    assert.ok(await ada.sees('Your profile was saved.'));
    await ada.opens(`${demo}/private`);
    assert.ok(await ada.sees('Augusta'));
    await ada.leaves();
  });

  it('needs no script for any of it', { skip: chromiumOnly }, async () => {
    const person = await Person.sitsDown(browser, stranger('Noscript'));
    await person.page.setJavaScriptEnabled(false);
    await person.opens(`${auth}/register`);
    for (const [name, value] of Object.entries({ email: person.email, password: person.password, first_name: 'No', last_name: 'Script' })) {
      await person.page.type(`[name="${name}"]`, value);
    }
    await person.presses('form:has([name="first_name"])');
    await person.page.type('[name="code"]', (await letterTo(person.email)).code);
    await person.presses(codeForm);
    assert.equal(person.page.url(), `${auth}/`);
    await person.leaves();
  });
});

describe('the pages of mail', { skip: needsMail }, () => {
  it('have no accessibility problem that axe knows of', async () => {
    const browser = await startBrowser();
    const person = await Person.sitsDown(browser, stranger('Axe'));
    const complaints = [];
    const look = async (name) => {
      await person.page.evaluate(axe.source);
      const { violations } = await person.page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      for (const { id, nodes } of violations) complaints.push(`${name}: ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
    };
    await person.registers();
    await look('verify');
    const letter = await letterTo(person.email);
    await person.opens(letter.link);
    await look('verify-link');
    await person.presses(linkForm);
    for (const path of ['/password/forgot', '/account/email', '/account/profile', '/account/password', '/']) {
      await person.opens(auth + path);
      await look(path);
    }
    await person.opens(letter.link);
    await look('too-old');
    assert.deepEqual(complaints, []);
    await person.leaves();
  });
});
