// Screenshots of every page, narrow and wide, light and dark, in each language, for people to look
// at.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { chromiumOnly, screenshots } from '../support/env.mjs';
import { atWidth, inScheme, schemes, widths } from '../support/appearance.mjs';
import { tour } from '../support/tour.mjs';

const languages = ['en', 'de'];

for (const language of languages) it(`every page has its picture taken, in ${language}`, { skip: chromiumOnly }, async () => {
  const browser = await startBrowser();
  mkdirSync(screenshots, { recursive: true });
  let taken = 0;
  await tour(browser, async (name, page) => {
    for (const [size, width] of Object.entries(widths)) {
      await atWidth(page, width);
      for (const scheme of schemes) {
        await inScheme(page, scheme);
        const path = join(screenshots, `${name}-${size}-${scheme}-${language}.png`);
        await page.screenshot({ path, fullPage: true });
        assert.ok(statSync(path).size > 1000, path);
        taken += 1;
      }
    }
  }, language);
  assert.ok(taken >= 60, `${taken} pictures`);
});
