// Files: a page cannot keep them, so with `sso.js` the login is renewed before they are sent.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies } from '../support/env.mjs';
import { Person, comesTrue, logsInOn } from '../support/person.mjs';
import { startScripted } from '../support/scripted.mjs';

const folder = mkdtempSync(join(tmpdir(), 'sso-upload-'));
const photo = join(folder, 'photo.txt');
writeFileSync(photo, 'the picture');
after(() => rmSync(folder, { recursive: true }));

// Only pages with the scheme of the auth host may renew, and the test's own server has no certificate.
const skip = auth.startsWith('http:') ? false : 'needs services over plain http';

describe('a form with a chosen file', { skip }, () => {
  let browser;
  let service;
  before(async () => {
    browser = await startBrowser();
    service = await startScripted();
    service.shows('/private/upload', '<form method="post" enctype="multipart/form-data" action="/records"><input type="file" name="photo"><button name="do" value="send">Send</button></form>');
  });

  /** Somebody who has chosen the file, and then lost these cookies. */
  const chooses = async (lost) => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${service.url}/private/upload` });
    await (await person.page.$('input[type="file"]')).uploadFile(photo);
    await person.context.deleteCookie(...(await person.cookies()).filter(({ name }) => lost.includes(name)));
    service.records.length = 0;
    return person;
  };
  const isSent = () => comesTrue(() => service.records.length > 0);

  it('is sent after the login was renewed, when the token has ended', async () => {
    const person = await chooses([cookies.access]);
    await person.presses('form');
    assert.ok(await isSent());
    assert.match(service.records[0], /filename="photo\.txt"[^]*the picture[^]*name="do"\r\n\r\nsend/, 'with the file and the button');
    await person.leaves();
  });

  it('keeps the file while its sender logs in in another tab, when the session is over', async () => {
    const person = await chooses([cookies.access, cookies.refresh]);
    const { page } = person;
    await page.click('form button');
    await page.waitForSelector('[role="alert"] a[target="_blank"]');
    assert.match(await person.text(), /Your login has ended\./);
    assert.equal(service.records.length, 0);
    const opened = new Promise((resolve) => { person.context.once('targetcreated', resolve); });
    await page.click('[role="alert"] a');
    const tab = await (await opened).page();
    await logsInOn(tab, person);
    assert.equal(tab.url(), `${auth}/login/done`);
    await tab.close();
    await page.bringToFront();
    // The drivers keep every tab in front, so the test says that somebody came back to this one.
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    assert.equal(await page.$eval('input[type="file"]', ({ files }) => files[0].name), 'photo.txt');
    await person.presses('form');
    assert.ok(await isSent());
    assert.match(service.records[0], /the picture/);
    await person.leaves();
  });
});
