// The script of the forms with a password: shows it, tells of Caps Lock and of a new password's length, and sends once.
// That everything works without it, `05` tells.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, demo, isChromium } from '../support/env.mjs';
import { complaintOf } from '../support/fields.mjs';
import { household } from '../support/household.mjs';
import { Client } from '../support/http.mjs';
import { Person, address, comesTrue, forms, stranger } from '../support/person.mjs';
import { endsMany, listed, loginsPage } from '../support/session-list.mjs';

const box = '.password';
const password = `${box} input`;
const show = `${box} button`;
const sends = (form) => `${form} button[type="submit"]`;
const said = (person, className) => person.page.$eval(className, (line) => line.textContent);
const typeOf = (person) => person.page.$eval(password, (field) => field.type);

describe('the script of a form', () => {
  let browser;
  before(async () => { browser = await startBrowser({ preferences: { 'intl.accept_languages': 'en' } }); });

  const visitor = async (t, path = '/login', language = 'en') => {
    const person = await Person.sitsDown(browser);
    t.after(async () => {
      assert.deepEqual(person.watch.violations, []);
      await person.leaves();
    });
    if (isChromium) await person.page.setExtraHTTPHeaders({ 'Accept-Language': language });
    await person.opens(auth + path);
    return person;
  };
  const capsLock = (person, isOn, kind = 'keydown') => person.page.$eval(password, (field, on, type) => {
    field.dispatchEvent(new KeyboardEvent(type, { key: 'a', bubbles: true, modifierCapsLock: on }));
  }, isOn, kind);

  it('shows and hides the password at the press of a button, and the cursor stays where it was', async (t) => {
    const person = await visitor(t);
    await person.page.focus(password);
    await person.page.keyboard.type('violet harbour');
    for (let n = 0; n < 7; n += 1) await person.page.keyboard.press('ArrowLeft');
    await person.page.click(show);
    assert.equal(await typeOf(person), 'text');
    await person.page.keyboard.type('-');
    await person.page.click(show);
    assert.equal(await typeOf(person), 'password');
    await person.page.keyboard.type('-');
    assert.equal(await person.page.$eval(password, (field) => field.value), 'violet --harbour');
    assert.equal(person.page.url(), `${auth}/login`, 'nothing was sent');
  });

  it('is reached and pressed with the keyboard, and says to a screen reader what it will do', async (t) => {
    const person = await visitor(t);
    const button = () => person.page.$eval(show, (element) => ({ label: element.getAttribute('aria-label'), words: element.innerText, type: element.type }));
    await person.page.focus(password);
    await person.page.keyboard.type('violet harbour');
    await person.page.keyboard.press('Tab');
    assert.deepEqual(await button(), { label: 'Show password', words: 'Show', type: 'button' });
    await person.page.keyboard.press(' ');
    assert.equal(await typeOf(person), 'text');
    assert.deepEqual(await button(), { label: 'Hide password', words: 'Hide', type: 'button' });
    await person.page.keyboard.press('Enter');
    assert.equal(await typeOf(person), 'password');
    await person.page.keyboard.press('Tab');
    assert.equal(await person.page.evaluate(() => document.activeElement.innerText), 'Log in');
  });

  it('hides a shown password before it is sent, so that no browser keeps it as text', async (t) => {
    const person = await visitor(t);
    await person.fillsIn(forms.login, { email: person.email, password: 'a wrong password indeed' });
    await person.page.click(show);
    await person.page.$eval(forms.login, (form) => form.addEventListener('submit', () => {
      document.cookie = `type=sent-as-${form.elements.password.type}`;
    }));
    assert.equal((await person.presses(forms.login)).status(), 401);
    assert.equal((await person.cookie('type')).value, 'sent-as-password');
  });

  it('speaks German on a German page', { skip: chromiumOnly }, async (t) => {
    const person = await visitor(t, '/register', 'de');
    assert.equal(await person.page.$eval(show, (button) => button.getAttribute('aria-label')), 'Passwort anzeigen');
    await person.fillsIn(forms.register, { password: 'kurz' });
    assert.equal(await said(person, '.so-far'), '4 von mindestens 12 Zeichen');
    await capsLock(person, true);
    assert.equal(await said(person, '.caps-lock'), 'Die Feststelltaste ist an.');
  });

  it('says once that Caps Lock is on, as long as it is', async (t) => {
    const person = await visitor(t);
    await person.page.$eval('.caps-lock', (line) => {
      globalThis.told = [];
      new MutationObserver(() => told.push(line.textContent)).observe(line, { childList: true, characterData: true, subtree: true });
    });
    for (const [isOn, kind] of [[false, 'keydown'], [true, 'keydown'], [true, 'keyup'], [true, 'keydown'], [false, 'keyup'], [false, 'keydown']]) {
      await capsLock(person, isOn, kind);
    }
    // A password manager fills in with events that have no key.
    await person.page.$eval(password, (field) => field.dispatchEvent(new Event('keydown')));
    assert.deepEqual(await person.page.evaluate(() => told), ['Caps Lock is on.', '']);
    assert.equal(await person.page.$eval('.caps-lock', (line) => line.getAttribute('role')), 'status');
  });

  it('sends a form once, however often the button is pressed', async (t) => {
    const who = stranger('Twice');
    await new Client().registers(who);
    const person = await visitor(t, address('/login', `${demo}/private`).slice(auth.length));
    const sent = [];
    person.page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.url()); });
    await person.fillsIn(forms.login, { email: who.email, password: who.password });
    await person.page.click(sends(forms.login), { count: 3 }).catch(() => {});
    assert.ok(await comesTrue(() => person.page.url() === `${demo}/private`), person.page.url());
    assert.equal(sent.length, 1, `${sent}`);
  });

  it('sends the name of the button that was pressed twice', async (t) => {
    const { desk } = await household(t, browser);
    await desk.opens(loginsPage);
    await desk.follows(endsMany);
    await desk.page.click('main button[value="others"]', { count: 2 }).catch(() => {});
    assert.ok(await comesTrue(() => desk.sees('Those browsers are logged out').catch(() => false)), await desk.text());
    assert.equal((await listed(desk)).length, 1);
  });

  it('lets one press again when the page comes back, and when nothing has come of it', async (t) => {
    const person = await visitor(t);
    let sent = 0;
    await person.page.setRequestInterception(true);
    person.page.on('request', (request) => {
      if (request.method() !== 'POST') return request.continue();
      sent += 1;
      return request.respond({ status: 204 }); // the page stays, as with a network that fails
    });
    const isBusy = () => person.page.$eval(sends(forms.login), (button) => button.getAttribute('aria-busy') === 'true');
    const press = async () => {
      await person.page.click(sends(forms.login));
      return comesTrue(isBusy);
    };
    await person.fillsIn(forms.login, { email: person.email, password: 'a wrong password indeed' });
    assert.ok(await press());
    assert.ok(await press(), 'still busy');
    assert.ok(await comesTrue(() => sent === 1));
    await person.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    assert.equal(await isBusy(), false);
    assert.ok(await press());
    assert.ok(await comesTrue(() => sent === 2));
    assert.ok(await comesTrue(async () => !(await isBusy())), 'it comes back by itself');
    assert.ok(await press());
    assert.ok(await comesTrue(() => sent === 3), `${sent}`);
  });

  it('leaves a form that the browser finds incomplete as it is', async (t) => {
    const person = await visitor(t);
    await person.page.$eval(forms.login, (form) => { form.noValidate = false; });
    await person.page.click(sends(forms.login));
    assert.equal(await person.page.$eval(sends(forms.login), (button) => button.hasAttribute('aria-busy')), false);
    await person.fillsIn(forms.login, { email: person.email, password: 'a wrong password indeed' });
    assert.equal((await person.presses(forms.login)).status(), 401);
  });

  it('says of a new password nothing that the server does not say too', async (t) => {
    const about = { email: 'grace.hopper@engines.example', first_name: 'Grace', last_name: 'Hopper' };
    for (const [typed, while_typing, refused] of [
      ['violet', '6 of at least 12 characters', /at least 12 characters/],
      ['🦀🚲🌧️🎻', /^[45] of at least 12/, /at least 12 characters/],
      ['v'.repeat(129), 'Please use at most 128 characters.', /at most 128 characters/],
      ['GraceHopper1906', /^This is too much like your name/, /too much like your name/],
      ['grace.hopper@engines.example', /^This is too much like your name/, /too much like your name/],
      ['aaaaaaaaaaaaaaaa', /^Long enough\. Whether/, /Too easy to guess/],
      ['correcthorsebatterystaple', /^Long enough\. Whether/, /Too easy to guess/],
    ]) {
      const person = await visitor(t, '/register');
      await person.fillsIn(forms.register, { ...about, password: typed });
      const words = await said(person, '.so-far');
      if (typeof while_typing === 'string') assert.equal(words, while_typing);
      else assert.match(words, while_typing);
      assert.doesNotMatch(words, /good|strong|safe/i);
      assert.ok(await comesTrue(async () => (await said(person, '.field [role="status"].visually-hidden')) === words), 'a screen reader is told when the keys rest');
      assert.equal((await person.presses(forms.register)).status(), 422, typed);
      assert.match(await complaintOf(person, forms.register, 'password'), refused);
    }
  });

  it('notices that the password is like a name that is given after it', async (t) => {
    const person = await visitor(t, '/register');
    await person.fillsIn(forms.register, { password: 'Lovelace-Ada!', email: person.email });
    assert.match(await said(person, '.so-far'), /^Long enough/);
    await person.fillsIn(forms.register, { first_name: 'Ada', last_name: 'Lovelace' });
    assert.match(await said(person, '.so-far'), /^This is too much like your name/);
    await person.page.click(password, { count: 3 });
    await person.page.keyboard.press('Backspace');
    assert.equal(await said(person, '.so-far'), '');
  });

  it('gives axe nothing to complain about when all of it shows', { skip: chromiumOnly }, async (t) => {
    const person = await visitor(t, '/register');
    await person.fillsIn(forms.register, { password: 'violet' });
    await capsLock(person, true);
    await person.page.click(show);
    await person.page.$eval(sends(forms.register), (button) => button.setAttribute('aria-busy', 'true'));
    await person.page.evaluate(axe.source);
    const { violations } = await person.page.evaluate(() => window.axe.run(document));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
  });
});
