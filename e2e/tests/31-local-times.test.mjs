// The times of one's account: how long ago, and behind that what one's own clock showed.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, isChromium } from '../support/env.mjs';
import { Person } from '../support/person.mjs';
import { loginsPage, securityPage } from '../support/session-list.mjs';

const pages = [`${auth}/`, loginsPage, securityPage];
const times = (page) => page.$$eval('main time', (all) => all.map(({ dateTime, title, innerText }) => ({ dateTime, title, innerText })));

describe('the times of an account', () => {
  let browser;
  before(async () => { browser = await startBrowser({ preferences: { 'intl.accept_languages': 'de-AT, de' } }); });

  const atHome = async (t, { language, zone }) => {
    const person = await Person.whoIsLoggedIn(browser);
    t.after(async () => {
      assert.deepEqual(person.watch.violations, []);
      await person.leaves();
    });
    if (!isChromium) return person;
    await person.page.setExtraHTTPHeaders({ 'Accept-Language': language });
    await person.page.emulateTimezone(zone);
    return person;
  };

  for (const [language, zone, hours] of [['en', 'Asia/Kolkata', 5.5], ['de', 'Pacific/Honolulu', -10]]) {
    it(`are those of ${zone}, in the page's language, where that is where one is`, { skip: chromiumOnly }, async (t) => {
      const { page } = await atHome(t, { language, zone });
      for (const url of pages) {
        await page.goto(url, { waitUntil: 'load' });
        const shown = await times(page);
        assert.ok(shown.length > 0, url);
        for (const { dateTime, title } of shown) {
          const [there, minutes] = [new Date(new Date(dateTime).valueOf() + hours * 3_600_000), (at) => String(at.getUTCMinutes()).padStart(2, '0')];
          const hour = language === 'en' ? there.getUTCHours() % 12 || 12 : there.getUTCHours();
          assert.match(title, new RegExp(`\\b0?${hour}:${minutes(there)}\\b`), `${url}: ${dateTime} is ${title}`);
          assert.match(title, /GMT|HST|IST/, 'the zone is named');
          assert.doesNotMatch(title, /UTC/);
        }
      }
    });
  }

  it('are written as the reader’s country does, in the language of the page', async (t) => {
    const { page } = await atHome(t, { language: 'de-AT,de', zone: 'Europe/Vienna' });
    for (const url of pages) {
      await page.goto(url, { waitUntil: 'load' });
      const [languages, shown] = [await page.evaluate(() => [...navigator.languages]), await times(page)];
      const mine = languages.find((one) => one.startsWith('de')) ?? 'de';
      for (const { dateTime, title } of shown) {
        const words = await page.evaluate((language, moment) => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(moment)), mine, dateTime);
        assert.ok(title.includes(words.slice(-4)) && /\d{1,2}:\d\d/.test(title), `${title}, ${words}`);
      }
    }
  });

  it('are UTC without scripts', { skip: chromiumOnly }, async (t) => {
    const { page } = await atHome(t, { language: 'en', zone: 'Asia/Kolkata' });
    await page.setJavaScriptEnabled(false);
    for (const url of pages) {
      await page.goto(url, { waitUntil: 'load' });
      assert.match(await page.content(), /<time datetime="[^"]+Z" title="\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC">/, url);
    }
  });
});
