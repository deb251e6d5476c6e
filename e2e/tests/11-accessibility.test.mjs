// Accessibility: the pages work with a screen reader, by keyboard, on a narrow screen and in dark
// mode.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import axe from 'axe-core';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, demo, isChromium } from '../support/env.mjs';
import { atWidth, inScheme, schemes } from '../support/appearance.mjs';
import { Person, address, stranger } from '../support/person.mjs';
import { tour } from '../support/tour.mjs';

describe('every page', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  // Chromium is told the scheme page by page, and Firefox at its start.
  const starts = isChromium ? [schemes] : schemes.map((scheme) => [scheme]);
  for (const shown of starts) {
    it(`has nothing that axe complains about, in ${shown.join(' and in ')}, and no sideways scrolling at 320 pixels`, async () => {
      const complaints = [];
      let looked = 0;
      const preferences = { 'layout.css.prefers-color-scheme.content-override': shown.includes('light') ? 1 : 0 };
      await tour(await startBrowser({ preferences }), async (name, page) => {
        looked += 1;
        await atWidth(page, 320);
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (excess > 0) complaints.push(`${name}: ${excess} pixels too wide at 320`);
        await atWidth(page, 1280);
        for (const scheme of shown) {
          if (isChromium) await inScheme(page, scheme);
          assert.equal(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches), scheme === 'dark');
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
          for (const { id, nodes } of violations) complaints.push(`${name} ${scheme}: ${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 120)} ${any[0]?.message ?? ''}`).join(' | ')}`);
        }
      });
      assert.ok(looked >= 15);
      assert.deepEqual(complaints, []);
    });
  }

  it('has a title of its own, a language and one main heading', async () => {
    const titles = new Map();
    await tour(browser, async (name, page) => {
      const { title, lang, headings } = await page.evaluate(() => ({ title: document.title, lang: document.documentElement.lang, headings: document.querySelectorAll('h1').length }));
      assert.ok(title.length > 3, name);
      assert.ok(lang, name);
      assert.equal(headings, 1, name);
      titles.set(name, title);
    });
    assert.notEqual(titles.get('login'), titles.get('register'));
    assert.notEqual(titles.get('account'), titles.get('login'));
  });

  it('shows where the keyboard is', { skip: chromiumOnly }, async () => {
    const unseen = [];
    await tour(browser, async (name, page) => {
      await page.evaluate(() => document.activeElement?.blur());
      for (let stop = 0; stop < 12; stop += 1) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return null;
          // The focus is inside the frame, in the page shown there.
          if (element.tagName === 'IFRAME') return { html: '', seen: true };
          const style = getComputedStyle(element);
          const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
          return { html: element.outerHTML.slice(0, 80), seen: outlined || style.boxShadow !== 'none' };
        });
        if (!focus) break;
        if (!focus.seen) unseen.push(`${name}: ${focus.html}`);
      }
    });
    assert.deepEqual(unseen, []);
  });
});

describe('with the keyboard alone', () => {
  it('one registers and is logged in without leaving the home row', async (t) => {
    const browser = await startBrowser();
    const person = await Person.sitsDown(browser, stranger('Key'));
    t.after(() => person.leaves());
    const { page } = person;
    const enter = () => Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.keyboard.press('Enter')]);

    await person.opens(address('/register', `${demo}/private`));
    for (const [name, value] of Object.entries({ email: person.email, password: person.password, first_name: person.firstName, last_name: person.lastName })) {
      await cursorIn(page, name);
      await page.keyboard.type(value);
      await page.keyboard.press('Tab');
      if (name === 'password') await page.keyboard.press('Tab'); // over the button that shows it
    }
    await enter(); // the tab after the last field is the button
    assert.equal(page.url(), `${demo}/private`, await person.text());
    await person.opens(`${auth}/`);
    assert.ok(await person.sees(person.email));
  });
});

/** Waits until the field has the focus, as a person does before typing. Some browsers set it after `load`. */
async function cursorIn(page, name) {
  await page.waitForFunction((wanted) => document.activeElement?.getAttribute('name') === wanted, {}, name);
}
