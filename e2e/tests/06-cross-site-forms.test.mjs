// CSRF: pages of a sibling sub-domain and of another site that post our forms (X).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, demo } from '../support/env.mjs';
import { Client } from '../support/http.mjs';
import { loginsPage } from '../support/session-list.mjs';
import { noteField, noteForm } from '../support/notes.mjs';
import { Person, pause, stranger } from '../support/person.mjs';

describe('a hostile page that posts our forms', () => {
  let browser;
  let attacker;
  let mallory;
  let token;

  before(async () => {
    browser = await startBrowser();
    attacker = await startAttacker();
    mallory = stranger('Mallory');
    const client = new Client();
    await client.registers(mallory);
    token = await client.csrf('/login'); // a real token, of the attacker's own browser session
  });

  for (const [where, origin] of [['a sibling sub-domain', () => attacker.sibling], ['another site', () => attacker.stranger]]) {
    const lure = async (person, path, action, fields, enctype) => {
      attacker.postsForm(path, action, fields, enctype);
      person.watch.clear();
      await person.page.goto(origin() + path, { waitUntil: 'load' }).catch(() => {}); // the page leaves while it loads
      for (let i = 0; i < 50; i += 1) {
        const answer = person.watch.answers.find(({ method }) => method === 'POST');
        if (answer) return answer;
        await pause(0.1);
      }
      throw new Error('the form was never answered');
    };
    const victim = async (t) => {
      const person = await Person.whoIsLoggedIn(browser, { who: stranger('Victor') });
      t.after(() => person.leaves());
      return person;
    };
    const stillLoggedIn = async (person) => {
      await person.opens(`${auth}/`);
      assert.ok(await person.sees(person.email), await person.text());
      await person.opens(`${demo}/private`);
      assert.equal(person.page.url(), `${demo}/private`);
      assert.ok(await person.sees(person.email) || await person.sees(person.firstName));
    };

    it(`X6: cannot log the victim in as the attacker from ${where}`, async (t) => {
      const person = await victim(t);
      const answer = await lure(person, '/login', `${auth}/login`, { email: mallory.email, password: mallory.password, csrf_token: token });
      assert.equal(answer.status, 403);
      await stillLoggedIn(person);
    });

    it(`X6: nor a visitor who is not logged in, from ${where}`, async (t) => {
      const person = await Person.sitsDown(browser);
      t.after(() => person.leaves());
      await person.opens(`${auth}/login`);
      const answer = await lure(person, '/login', `${auth}/login`, { email: mallory.email, password: mallory.password, csrf_token: token });
      assert.equal(answer.status, 403);
      assert.equal(await person.cookie(cookies.refresh), undefined);
      assert.equal(await person.cookie(cookies.access), undefined);
    });

    it(`X3: is refused from ${where} even with the victim's own token`, async (t) => {
      const person = await Person.sitsDown(browser);
      t.after(() => person.leaves());
      await person.opens(`${auth}/login`);
      const stolen = await person.page.$eval('input[name="csrf_token"]', (input) => input.value);
      const answer = await lure(person, '/login', `${auth}/login`, { email: mallory.email, password: mallory.password, csrf_token: stolen });
      assert.equal(answer.status, 403);
      assert.equal(await person.cookie(cookies.refresh), undefined);
    });

    it(`cannot log the victim out from ${where}`, async (t) => {
      const person = await victim(t);
      const answer = await lure(person, '/logout', `${auth}/logout`, { csrf_token: token });
      assert.equal(answer.status, 403);
      await stillLoggedIn(person);
    });

    it(`cannot end the victim's logins from ${where}`, async (t) => {
      const person = await victim(t);
      const answer = await lure(person, '/sessions', loginsPage, { end: 'all', csrf_token: token });
      assert.equal(answer.status, 403);
      await stillLoggedIn(person);
    });

    it(`cannot register an account from ${where}`, async (t) => {
      const person = await victim(t);
      const puppet = stranger('Puppet');
      const answer = await lure(person, '/register', `${auth}/register`, { first_name: 'P', last_name: 'P', email: puppet.email, password: puppet.password, csrf_token: token });
      assert.equal(answer.status, 403);
      assert.equal((await new Client().logsIn(puppet)).status, 401, 'there is no such account');
      await stillLoggedIn(person);
    });

    it(`cannot write a note in the victim's name from ${where}`, async (t) => {
      const person = await victim(t);
      await person.opens(`${demo}/notes`);
      const form = await person.page.$eval(noteForm, (element) => ({ action: element.action, hidden: Object.fromEntries([...new FormData(element)]) }));
      const field = await person.page.$eval(noteField, (element) => element.name);
      const answer = await lure(person, '/note', form.action, { ...form.hidden, [field]: 'planted by mallory' });
      assert.ok([401, 403].includes(answer.status), `${answer.status}`);
      if (where.startsWith('a sibling')) assert.equal(answer.status, 403, 'the cookie travels from a sibling, so this is the real test');
      await person.opens(`${demo}/notes`);
      assert.equal(await person.sees('planted by mallory'), false);
    });

    it(`X8: gains nothing from ${where} by another media type`, async (t) => {
      const person = await victim(t);
      for (const enctype of ['text/plain', 'multipart/form-data']) {
        const answer = await lure(person, `/${enctype}`, `${auth}/logout`, { csrf_token: token }, enctype);
        assert.ok([403, 415].includes(answer.status), `${enctype}: ${answer.status}`);
      }
      await stillLoggedIn(person);
    });
  }
});
