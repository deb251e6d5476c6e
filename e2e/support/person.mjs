// A person in front of a browser, who opens pages, fills in forms and presses buttons. Knows
// nothing of the services' internals.
import { randomBytes } from 'node:crypto';
import { auth, cookies, isChromium } from './env.mjs';
import { Client } from './http.mjs';
import { rememberSecret } from './secrets.mjs';
import { Watch } from './watch.mjs';

export const forms = {
  register: 'form:has([name="first_name"])',
  login: 'form:has([name="email"]):has([name="password"])',
  logout: 'main form[action*="/logout"]',
};

/** Fills in the login form that is open in a tab, whoever opened it. */
export async function logsInOn(tab, { email, password }) {
  await tab.waitForSelector(forms.login);
  await tab.type(`${forms.login} [name="email"]`, email);
  await tab.type(`${forms.login} [name="password"]`, password);
  await Promise.all([tab.waitForNavigation({ waitUntil: 'load' }), tab.click(`${forms.login} button:not([type="button"])`)]);
}

/** A new person without an account. */
export function stranger(firstName = 'Ada') {
  const who = {
    firstName, lastName: 'Tester',
    email: `${firstName.toLowerCase()}.${randomBytes(6).toString('hex')}@example.org`,
    password: randomBytes(18).toString('base64url'),
  };
  rememberSecret('password', who.password);
  return who;
}

export class Person {
  constructor(context, page, watch, who) {
    Object.assign(this, { context, page, watch }, who);
  }

  /** A person at a browser without cookies. */
  static async sitsDown(browser, who = stranger()) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return new Person(context, page, await Watch.over(page), who);
  }

  /** A person with an account (created over plain HTTP, for speed), logged in at `next`. */
  static async whoIsLoggedIn(browser, { next, who = stranger() } = {}) {
    await new Client().registers(who);
    const person = await Person.sitsDown(browser, who);
    await person.logsIn({ next });
    return person;
  }

  async opens(url) {
    const response = await this.page.goto(url, { waitUntil: 'load' });
    await this.#remembers();
    return response;
  }

  /** Fills in fields by name, replacing their values. */
  async fillsIn(form, values) {
    for (const [name, value] of Object.entries(values)) {
      const isFixed = await this.page.$eval(`${form} [name="${name}"]`, (field) => {
        if (field.readOnly) return true;
        field.value = '';
        field.focus();
        return false;
      });
      if (isFixed) continue;
      // Chromium can insert the text like a paste. Typing it takes seconds.
      if (value) await (isChromium ? this.page.keyboard.sendCharacter(value) : this.page.keyboard.type(value));
    }
  }

  async presses(form) {
    const button = (await this.page.$(`${form} button:not([type="button"]), ${form} [type="submit"]`)) ?? (await this.page.$(form.replace('main ', '') + ' button'));
    if (!button) throw new Error(`no button in ${form} at ${this.page.url()}`);
    const [response] = await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), button.click()]);
    await this.#remembers();
    return response;
  }

  async follows(selector) {
    const [response] = await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), this.page.click(selector)]);
    await this.#remembers();
    return response;
  }

  /** Makes an account, which logs in. */
  async registers({ next, at = true } = {}) {
    if (at) await this.opens(address('/register', next));
    await this.fillsIn(forms.register, {
      first_name: this.firstName, last_name: this.lastName, email: this.email, password: this.password,
    });
    return this.presses(forms.register);
  }

  async logsIn({ next, at = true, email = this.email, password = this.password } = {}) {
    if (at) await this.opens(address('/login', next));
    await this.fillsIn(forms.login, { email, password });
    return this.presses(forms.login);
  }

  async logsOut() {
    await this.opens(`${auth}/logout`);
    return this.presses(forms.logout);
  }

  /** All cookies of this browser, of every host. */
  async cookies() {
    return this.context.cookies();
  }

  async cookie(name) {
    return (await this.cookies()).find((cookie) => cookie.name === name);
  }

  /** Simulates a token's expiry: the browser drops the access cookie. */
  async losesTheAccessCookie() {
    const held = (await this.cookies()).filter((cookie) => cookie.name === cookies.access);
    await this.context.deleteCookie(...held);
  }

  text() {
    return this.page.evaluate(() => document.body.innerText);
  }

  async sees(text) {
    return (await this.text()).includes(text);
  }

  async leaves() {
    await this.context.close();
  }

  async #remembers() {
    const tokens = await this.page.$$eval('input[name="csrf_token"]', (inputs) => inputs.map((input) => input.value));
    tokens.forEach((token) => rememberSecret('csrf', token));
    for (const cookie of await this.cookies()) rememberSecret('cookie', cookie.value);
  }
}

export function address(path, next) {
  return auth + path + (next ? `?next=${encodeURIComponent(next)}` : '');
}

export const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

/** Polls until the answer is true, for at most 30 s. */
export async function comesTrue(question) {
  for (const end = Date.now() + 30_000; Date.now() < end; await pause(0.3)) if (await question()) return true;
  return false;
}
