// `next`: the targets that are followed, and those that are not. auth-service's own tests have the
// long table of hostile values.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookieDomain, demo } from '../support/env.mjs';
import { Client } from '../support/http.mjs';
import { frameSays } from '../support/kept-form.mjs';
import { Person, address, comesTrue, forms, logsInOn, stranger } from '../support/person.mjs';

const evil = [
  'https://evil.example/', '//evil.example', '/\\evil.example', 'https:evil.example', `${auth}@evil.example/`,
  `${new URL(auth).protocol}//${cookieDomain}.evil.example/`, `${new URL(auth).protocol}//not${cookieDomain}/`, 'javascript:alert(1)',
  'data:text/html,hello', '\t//evil.example', '%2F%2Fevil.example', `${demo.replace('://', '://evil.example\\@')}`,
];

describe('next', () => {
  let browser;
  let known;
  before(async () => {
    browser = await startBrowser();
    known = stranger('Known');
    await new Client().registers(known);
  });
  const visitor = async (t) => {
    const person = await Person.sitsDown(browser, known);
    t.after(() => person.leaves());
    return person;
  };

  it('N1: an evil next never leaves our hosts, for a logged-in visitor', async (t) => {
    const person = await visitor(t);
    await person.logsIn();
    for (const next of evil) {
      await person.opens(address('/login', next));
      assert.equal(new URL(person.page.url()).origin, auth, next);
      assert.ok(await person.sees(known.email), `${next} shows the account page, as no next would`);
    }
  });

  it('N1: nor is it carried by the form', async (t) => {
    const person = await visitor(t);
    for (const next of evil) {
      await person.opens(address('/login', next));
      const fields = await person.page.$$eval(`${forms.login} [name="next"]`, (inputs) => inputs.map((input) => input.value));
      assert.ok(fields.every((value) => new URL(value, auth).origin === auth), `${next} became ${fields}`);
      const links = await person.page.$$eval('a', (anchors) => anchors.map((a) => a.href));
      assert.ok(!links.some((link) => /next=.*evil\.example/.test(decodeURIComponent(link)) && !link.startsWith(auth)), next);
    }
  });

  it('the fragment of the address survives the login, and a wrong password before it', async (t) => {
    const person = await visitor(t);
    await person.opens(`${demo}/private?chapter=3#part-two`);
    await person.logsIn({ at: false, password: 'not the right one 1' });
    await person.logsIn({ at: false });
    assert.equal(person.page.url(), `${demo}/private?chapter=3#part-two`);
  });

  it('a person comes back to a long address, by a page where a redirect would be too long for proxies', async (t) => {
    const long = [`${demo}/private?q=${encodeURIComponent('漢'.repeat(220))}`, `${demo}/private?q=${'x'.repeat(2500)}`];
    for (const url of [...long, address('/login', `${demo}/?q=${'y'.repeat(7900)}`)]) {
      const person = await Person.sitsDown(browser, known);
      t.after(() => person.leaves());
      await person.opens(url);
      await person.fillsIn(forms.login, { email: known.email, password: known.password });
      await person.page.click(`${forms.login} button:not([type="button"])`);
      const wanted = new URL(url).searchParams.get('next') ?? url;
      assert.ok(await comesTrue(() => person.page.url() === wanted), `${person.page.url()} is not ${wanted}`);
    }
  });

  // The drivers keep every tab in front, so the test says that somebody came back to this one.
  const comesBack = (page) => page.evaluate(() => window.dispatchEvent(new Event('focus')));

  it('a page whose address is too long for a redirect stays, and the login is beside it', async (t) => {
    const person = await visitor(t);
    const url = `${demo}/private?q=${'z'.repeat(6000)}#here`;
    await person.opens(url);
    assert.equal(person.page.url(), url);
    const [link] = await person.page.$$('a[target="_blank"]');
    const opened = new Promise((resolve) => { person.page.once('popup', resolve); });
    await link.click();
    const tab = await opened;
    await logsInOn(tab, known);
    await tab.close();
    await person.page.bringToFront();
    await comesBack(person.page);
    await person.page.waitForFunction(() => !document.getElementById('logged-in').hidden);
    await person.follows('a.button');
    assert.ok(await person.sees(known.email));
    assert.equal(person.page.url().split('#')[0], url.split('#')[0]);
  });

  it('that page moves no button away under a finger when it notices a login elsewhere', async (t) => {
    const person = await visitor(t);
    await person.logsIn();
    const held = await person.cookies();
    await person.context.deleteCookie(...held);
    await person.opens(`${demo}/private?q=${'z'.repeat(6000)}`);
    assert.match(await frameSays(person.page), /Your login has ended/);
    await person.context.setCookie(...held);
    const { x, y } = await (await person.page.$('a.button')).clickablePoint();
    await person.page.mouse.move(x, y);
    await person.page.mouse.down();
    assert.ok(await comesTrue(async () => {
      await comesBack(person.page);
      return /You are logged in again/.test(await frameSays(person.page).catch(String));
    }));
    await Promise.all([person.page.waitForNavigation({ waitUntil: 'load' }), person.page.mouse.up()]);
    assert.ok(await person.sees(known.email));
  });

  it('N6: a tampered hidden next is checked again when the form is posted', async (t) => {
    const person = await visitor(t);
    await person.opens(address('/login', `${demo}/private`));
    await person.page.$eval(`${forms.login} [name="next"]`, (input) => { input.value = 'https://evil.example/'; });
    await person.logsIn({ at: false });
    assert.equal(person.page.url(), `${auth}/`);
    assert.deepEqual(person.watch.violations, []);
  });

  it('N6: so is one at registration', async (t) => {
    const person = await Person.sitsDown(browser);
    t.after(() => person.leaves());
    await person.opens(address('/register', `${demo}/private`));
    await person.page.$eval(`${forms.register} [name="next"]`, (input) => { input.value = 'https://evil.example/'; });
    await person.registers({ at: false });
    assert.equal(person.page.url(), `${auth}/`);
  });

  it('an unknown place counts as absent', async (t) => {
    const person = await visitor(t);
    await person.logsIn({ next: 'https://www.example.com/somewhere' });
    assert.equal(person.page.url(), `${auth}/`);
  });

  it('N5: pointing it at the logout or the login page logs nobody out and makes no loop', async (t) => {
    const person = await visitor(t);
    await person.logsIn();
    for (const path of ['/logout', '/login', '/register', `/login?next=${encodeURIComponent(`${auth}/login`)}`]) {
      const response = await person.opens(address('/login', auth + path));
      assert.ok(response.status() < 400, `${path}: ${response.status()}`);
      assert.ok(response.request().redirectChain().length <= 5, path);
    }
    await person.opens(`${auth}/`);
    assert.ok(await person.sees(known.email), 'still logged in');
  });
});
