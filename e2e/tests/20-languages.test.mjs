// Languages: the pages follow the browser's setting, without a script.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, demo, isChromium } from '../support/env.mjs';
import { atWidth } from '../support/appearance.mjs';
import { Person, address, forms, stranger } from '../support/person.mjs';
import { tour } from '../support/tour.mjs';

/** A person at a browser whose settings prefer these languages. */
async function whoReads(browser, languages) {
  const person = await Person.sitsDown(browser, stranger('Erika'));
  if (isChromium) await person.page.setExtraHTTPHeaders({ 'Accept-Language': languages });
  return person;
}

const languageOf = (person) => person.page.evaluate(() => document.documentElement.lang);

describe('somebody whose browser is set to German', () => {
  let browser;
  before(async () => { browser = await startBrowser({ preferences: { 'intl.accept_languages': 'de-DE, de, en' } }); });

  it('registers, logs in and out, and reads German all the way', async () => {
    const erika = await whoReads(browser, 'de-DE,de;q=0.9,en;q=0.8');
    await erika.opens(address('/register', `${demo}/private`));
    assert.equal(await languageOf(erika), 'de');
    await erika.fillsIn(forms.register, { email: 'erika@', password: 'kurz' });
    await erika.presses(forms.register);
    assert.match(await erika.page.title(), /^Fehler: Konto anlegen · Ein Konto$/);
    assert.ok(await erika.sees('Bitte verwenden Sie mindestens 12 Zeichen.'), await erika.text());
    await erika.registers({ next: `${demo}/private` });
    assert.equal(erika.page.url(), `${demo}/private`);
    await erika.opens(`${auth}/account/sessions`);
    assert.ok(await erika.sees('Dieser Browser'), await erika.text());
    await erika.logsOut();
    assert.ok(await erika.sees('Sie sind jetzt abgemeldet.'), await erika.text());
    await erika.leaves();
  });
});

describe('somebody whose browser is set to a language that we do not have', () => {
  it('reads English', async () => {
    const browser = await startBrowser({ preferences: { 'intl.accept_languages': 'fi' } });
    const person = await whoReads(browser, 'fi');
    await person.opens(`${auth}/login`);
    assert.equal(await languageOf(person), 'en');
    assert.ok(await person.sees('Create an account'));
    await person.leaves();
  });
});

// The tour needs Chromium's protocol, here as in the other tests.
describe('every page in German', { skip: chromiumOnly }, () => {
  it('is German, and fits a narrow screen: German words are long', async () => {
    const browser = await startBrowser();
    const [tooWide, broken, english] = [[], [], []];
    await tour(browser, async (name, page) => {
      if (await page.evaluate(() => document.documentElement.lang) !== 'de') english.push(name);
      await atWidth(page, 320);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (excess > 0) tooWide.push(`${name}: ${excess} pixels`);
      await atWidth(page, 390);
      const lines = await page.$$eval('.tabs a', (tabs) => new Set(tabs.map((tab) => tab.getBoundingClientRect().top)).size);
      if (lines > 1) broken.push(`${name}: tabs on ${lines} lines`);
    }, 'de');
    assert.deepEqual(tooWide, []);
    assert.deepEqual(broken, [], 'at the width of a phone');
    assert.deepEqual(english, [], 'nobody reads two languages in one walk');
  });
});
