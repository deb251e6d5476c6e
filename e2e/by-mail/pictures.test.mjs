// Pictures of the pages around mail and of the letters, narrow and wide, light and dark, in each
// language, for people to look at.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { atWidth, inScheme, schemes, widths } from '../support/appearance.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, chromiumOnly, needsMail, screenshots } from '../support/env.mjs';
import { letterTo } from '../support/mailbox.mjs';
import { Person, stranger } from '../support/person.mjs';

const codeForm = 'form:has([name="code"])';
const addressForm = 'form:has([name="email"])';

/** Calls `look(name, page)` on each page, and `read(name, letter)` on each letter. */
async function tour(person, look, read) {
  const { page } = person;
  const opens = async (name, path) => { await person.opens(path.startsWith('http') ? path : auth + path); await look(name, page); };
  await person.registers();
  await look('verify', page);
  await person.fillsIn(codeForm, { code: 'abc' });
  await person.presses(codeForm);
  await look('verify-wrong', page);
  const verification = await letterTo(person.email);
  await read('verify', verification);
  await opens('verify-link', verification.link);
  await person.opens(`${auth}/email/verify`);
  await person.fillsIn(codeForm, { code: verification.code });
  await person.presses(codeForm);
  await opens('verify-too-old', verification.link);
  await opens('account', '/');
  await opens('profile', '/account/profile');
  await opens('password-change', '/account/password');
  await opens('email', '/account/email');
  const { email: other } = stranger('Other');
  await person.fillsIn(addressForm, { email: other, password: person.password });
  await person.presses(addressForm);
  await look('email-code', page);
  const change = await letterTo(other);
  await read('change', change);
  await opens('email-link', change.link);
  await person.presses('main form:has([name="token"])');
  const undo = await letterTo(person.email);
  await read('changed', undo);
  await opens('email-undo', undo.link);
  await opens('forgot', '/password/forgot');
  await person.fillsIn(addressForm, { email: other });
  await person.presses(addressForm);
  await look('reset-code', page);
  const reset = await letterTo(other);
  await read('reset', reset);
  await opens('reset-link', reset.link);
}

for (const language of ['en', 'de']) it(`every page of mail and every letter has its picture taken, in ${language}`, { skip: needsMail || chromiumOnly }, async () => {
  const browser = await startBrowser();
  const person = await Person.sitsDown(browser, stranger('Ada'));
  await person.page.setExtraHTTPHeaders({ 'Accept-Language': language });
  mkdirSync(screenshots, { recursive: true });
  let taken = 0;
  const look = async (name, page) => {
    for (const [size, width] of Object.entries(widths)) {
      await atWidth(page, width);
      for (const scheme of schemes) {
        await inScheme(page, scheme);
        const path = join(screenshots, `mail-${name}-${size}-${scheme}-${language}.png`);
        await page.screenshot({ path, fullPage: true });
        assert.ok(statSync(path).size > 1000, path);
        taken += 1;
      }
    }
  };
  const read = async (name, { html }) => {
    const page = await person.context.newPage();
    await page.setContent(html);
    await look(`letter-${name}`, page);
    await page.close();
  };
  await tour(person, look, read);
  assert.ok(taken >= 68, `${taken} pictures`);
  await person.leaves();
});
