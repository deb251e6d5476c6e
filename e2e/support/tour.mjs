// Visits every page that a person can meet, one after the other.
import assert from 'node:assert/strict';
import { auth, demo, hasTwoServices, lists } from './env.mjs';
import { needsDatabase, proofsGrowOld } from './database.mjs';
import { devices, logsInFrom } from './devices.mjs';
import { confirmForm, endsMany, ends, listed, loginsPage, securityPage } from './session-list.mjs';
import { frameSettles } from './kept-form.mjs';
import { noteForm, typesNote, writesNote } from './notes.mjs';
import { Person, address, forms, stranger } from './person.mjs';

const noValidate = (person, form) => person.page.$eval(form, (element) => { element.noValidate = true; });

/** Calls `look(name, page)` on each page. `person` goes from one to the next, and reads `language`. */
export async function tour(browser, look, language = 'en') {
  const person = await Person.sitsDown(browser, stranger('Ada'));
  await person.page.setExtraHTTPHeaders({ 'Accept-Language': language });
  const { page } = person;

  await person.opens(`${demo}/`);
  await look('demo-home-anonymous', page);
  await person.opens(address('/register', `${demo}/`));
  await look('register', page);
  await noValidate(person, forms.register);
  await person.fillsIn(forms.register, { first_name: 'Ada', last_name: '', email: 'ada@nowhere', password: 'short' });
  await person.presses(forms.register);
  await look('register-errors', page);
  await person.registers({ next: `${auth}/` });
  await look('registered', page);
  await person.logsOut();
  await person.opens(address('/login', `${demo}/private`));
  await look('login', page);
  await noValidate(person, forms.login);
  await person.presses(forms.login);
  await look('login-empty', page);
  await person.logsIn({ at: false, password: 'a wrong password indeed' });
  await look('login-wrong', page);
  const refused = await tamperedLogin(person);
  assert.equal(refused.status(), 403);
  await look('login-stale', page);
  assert.equal((await postFromNowhere(person)).status(), 403);
  await look('error-403', page);
  assert.equal((await person.opens(`${auth}/no-such-page`)).status(), 404);
  await look('error-404', page);

  await person.logsIn({ next: `${demo}/` });
  await look('demo-home', page);
  await person.opens(`${demo}/private`);
  await look('demo-private', page);
  await person.opens(`${demo}/notes`);
  await look('demo-notes-empty', page);
  await writesNote(person, 'Buy oat milk, and read RFC 6265bis before Thursday.');
  await writesNote(person, 'averyveryverylongwordwithoutanyspacesatallthatwouldbreakanarrowpageifnobodyhadthoughtofit'.repeat(2));
  await look('demo-notes', page);
  await person.opens(`${demo}/notes/all`);
  await look('demo-delete-all', page);
  if (hasTwoServices) {
    await person.opens(`${lists}/`);
    await look('lists-home', page);
  }
  await tourOfTheEdge(person, look);
  assert.equal((await person.opens(`${demo}/staff`)).status(), 403);
  await look('demo-staff-403', page);
  assert.equal((await person.opens(`${demo}/no-such-page`)).status(), 404);
  await look('demo-404', page);
  await person.opens(`${auth}/?next=${encodeURIComponent(`${demo}/`)}`);
  await look('account', page);
  assert.equal((await person.opens(`${auth}/no-such-page`)).status(), 404);
  await look('error-404-logged-in', page);
  assert.equal((await postFromNowhere(person)).status(), 403);
  await look('error-403-logged-in', page);
  await person.opens(`${auth}/cookies`);
  await look('cookies-tidy', page);
  await tourOfLogins(person, look);
  await person.opens(`${auth}/logout`);
  await look('logout', page);
  await person.presses(forms.logout);
  await look('login-after-logout', page);
  await person.opens(`${auth}/logout`);
  await look('logged-out', page);
  await person.leaves();
}

/** The pages that a service and the login show when a token has expired or is refused. */
async function tourOfTheEdge(person, look) {
  const { page } = person;
  await person.opens(`${demo}/notes`);
  await typesNote(person, 'Typed before the end, sent after it.');
  await person.losesTheAccessCookie();
  assert.equal((await person.presses(noteForm)).status(), 401);
  await frameSettles(page);
  await look('demo-kept-form', page);
  await person.opens(`${demo}/notes`);
  await typesNote(person, 'Typed by somebody else, before the login.');
  await page.$eval(noteForm, (form) => { form.action = '/notes?sso_for=AAAAAAAAAAAAAAAA'; });
  assert.equal((await person.presses(noteForm)).status(), 409);
  await look('demo-whose-form', page);
  await person.losesTheAccessCookie();
  assert.equal((await person.opens(`${demo}/private?q=${'z'.repeat(6000)}`)).status(), 401);
  await frameSettles(page);
  await look('demo-long-address', page);
  // Firefox's driver waits for ever for the next page if the frame loads anew at that moment.
  await page.evaluate(() => document.querySelector('iframe').remove());
  await person.opens(`${auth}/login/done`);
  await look('login-done', page);
  await person.opens(`${auth}/login/too-long`);
  await look('login-too-long', page);
  await person.opens(`${auth}/login?max_age=0&next=${encodeURIComponent(`${demo}/`)}`);
  await look('login-again', page);
  await person.fillsIn(forms.login, { password: 'a wrong password indeed' });
  assert.equal((await person.presses(forms.login)).status(), 401);
  await look('login-again-wrong', page);
  // The service believes the marker together with the secret cookie of a redirect to the login,
  // which normally lasts ten seconds.
  const trip = 'AAAAAAAAAAAAAAAA';
  await person.context.setCookie({ name: '__Host-sso_sent', value: trip, domain: new URL(demo).hostname, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' });
  await person.losesTheAccessCookie();
  assert.equal((await person.opens(`${demo}/private?sso_loop=3&sso_trip=${trip}`)).status(), 401);
  await look('demo-circle', page);
  for (let round = 0; round < 6; round += 1) await person.opens(address('/login', `${demo}/somewhere?sso_loop=${round}`));
  assert.match(await person.text(), /does not take your login|nimmt Ihre Anmeldung nicht an/);
  await look('login-circle', page);
}

/** The session list with one session, with many, and with its errors. */
async function tourOfLogins(person, look) {
  const { page } = person;
  await person.opens(loginsPage);
  await look('logins-one', page);
  for (const device of devices) await logsInFrom(device, person);
  await person.opens(loginsPage);
  await look('logins', page);
  const { id: other } = (await listed(person)).at(-1);
  await page.$eval(`${ends(other)} [name="end"]`, (input) => { input.value = 'no such login'; });
  assert.equal((await person.presses('main form:has([value="no such login"])')).status(), 422);
  await look('logins-unknown', page);
  await person.follows(endsMany);
  await look('logins-end', page);
  await person.opens(securityPage);
  await look('security', page);
  await person.opens(`${securityPage}?before=${Date.now()}000`);
  await look('security-older', page);
  if (needsDatabase) return;
  proofsGrowOld(person.email);
  await person.opens(`${loginsPage}/end`);
  await look('logins-end-password', page);
  await person.opens(loginsPage);
  assert.equal((await person.presses(ends(other))).status(), 401);
  await look('logins-confirm', page);
  await person.fillsIn(confirmForm, { password: 'a wrong password indeed' });
  assert.equal((await person.presses(confirmForm)).status(), 401);
  await look('logins-confirm-wrong', page);
}

async function tamperedLogin(person) {
  await person.opens(`${auth}/login`);
  await person.page.$eval(`${forms.login} [name="csrf_token"]`, (input) => { input.value = 'tampered'; });
  return person.logsIn({ at: false });
}

/** A form on a page without an origin, like an attacker's. */
async function postFromNowhere(person) {
  await person.page.goto('about:blank');
  await person.page.setContent(`<form method="post" action="${auth}/logout"><button>go</button></form>`);
  return person.presses('form');
}
