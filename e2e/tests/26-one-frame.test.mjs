// One frame around every page of auth-service, of demo-service and of shared-claims: nothing jumps from one to the next.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { chromiumOnly } from '../support/env.mjs';
import { atWidth } from '../support/appearance.mjs';
import { tour } from '../support/tour.mjs';

/** Where things stand on a page, in pixels. */
const measure = (page) => page.evaluate(() => {
  const box = (selector) => document.querySelector(selector)?.getBoundingClientRect();
  const [brand, card, title] = [box('header.site .brand'), box('main .card'), box('main .card h1')];
  return {
    brand: `${brand?.left},${brand?.top}`,
    top: box('main > :first-child')?.top, // a message, or the card
    cardWidth: card?.width,
    centre: card && card.left + card.width / 2,
    title: `${title?.left - card?.left},${document.querySelector('main .card .status') ? 'below the status' : title?.top - card?.top}`,
    header: box('header.site')?.width,
    type: ['body', 'main .card h1'].map((selector) => getComputedStyle(document.querySelector(selector)).fontSize).join('/'),
    radius: getComputedStyle(document.querySelector('main .card')).borderRadius,
    tab: document.title,
  };
});

// On a phone a card is as wide as the header without its margins, whatever the scroll bar takes.
for (const [size, width, cards] of [['wide', 1280, () => [456, 640]], ['narrow', 390, ({ header }) => [header - 32]]]) {
  it(`brand, card and title stand at the same place on every page, on a ${size} screen`, { skip: chromiumOnly }, async () => {
    const browser = await startBrowser();
    const found = new Map();
    await tour(browser, async (name, page) => {
      await atWidth(page, width);
      found.set(name, await measure(page));
    });
    assert.ok(found.size >= 25);
    const [[first, expected]] = found;
    const differing = [];
    for (const [name, at] of found) {
      for (const what of ['brand', 'centre', 'header', 'type', 'radius']) {
        if (at[what] !== expected[what]) differing.push(`${name}: ${what} ${at[what]}, on ${first} ${expected[what]}`);
      }
      if (width > 480 && at.top !== 100) differing.push(`${name}: the content begins at ${at.top}`);
      if (!cards(at).includes(at.cardWidth)) differing.push(`${name}: the card is ${at.cardWidth} wide`);
      if (!/.+ · .+/.test(at.tab)) differing.push(`${name}: is called ${at.tab}`);
    }
    const titles = [...found.values()].map(({ title }) => title).filter((title) => !title.endsWith('status'));
    assert.deepEqual(differing, []);
    assert.deepEqual([...new Set(titles)].length, 1, JSON.stringify([...new Set(titles)]));
  });
}

it('who is logged in opens the menu behind their name, without a script, and finds their account in it', { skip: chromiumOnly }, async () => {
  const browser = await startBrowser();
  const seen = [];
  await tour(browser, async (name, page) => {
    const menu = await page.$('header.site .menu summary');
    if (!menu) return;
    await menu.click();
    const links = await page.$$eval('.menu ul a', (all) => all.filter((link) => link.checkVisibility()).map((link) => new URL(link.href).pathname));
    assert.deepEqual(links, ['/', '/account/sessions', '/logout'], name);
    const inside = await page.$eval('.menu ul', (list) => { const { left, right } = list.getBoundingClientRect(); return left >= 0 && right <= innerWidth; });
    assert.ok(inside, `${name}: the menu is cut off`);
    await menu.click();
    seen.push(name);
  });
  for (const name of ['demo-home', 'demo-notes', 'demo-staff-403', 'account', 'logins', 'security', 'error-404-logged-in', 'cookies-tidy', 'login-done', 'login-again', 'login-circle', 'logout']) assert.ok(seen.includes(name), `${name} names nobody`);
});
