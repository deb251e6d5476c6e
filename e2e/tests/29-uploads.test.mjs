// Files: a page cannot keep them, so with `sso.js` the login is renewed before they are sent, and
// without it the page says which to choose again.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { auth, cookies, isChromium } from '../support/env.mjs';
import { needsFront, startFront } from '../support/front.mjs';
import { again, frameSays } from '../support/kept-form.mjs';
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

describe('a form with files that is sent too late, without scripts', { skip: skip || needsFront }, () => {
  let browser;
  let service;
  const upload = '<!doctype html><title>Upload</title><main><form method="post" enctype="multipart/form-data" action="/notes">'
    + '<input name="title"><input type="file" name="photo"><input type="file" name="more[]" multiple><input type="file" name="none"><button>Send</button></form></main>';
  const more = ['one.txt', 'two.txt'].map((name) => join(folder, name));
  before(async () => {
    const large = join(folder, 'large.txt');
    writeFileSync(large, 'the picture '.repeat(50_000));
    more.forEach((path) => writeFileSync(path, `in ${path}`));
    browser = await startBrowser();
    service = await startFront('uploads', { files: { '/upload': ['text/html; charset=utf-8', upload] } });
  });

  it('is kept with what was typed, and names the files to choose again, and is then sent whole', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${service.url}/private` });
    const { page } = person;
    // Firefox has no such switch for a page; no page here has a script of the service.
    if (isChromium) await page.setJavaScriptEnabled(false);
    await person.opens(`${service.url}/upload`);
    const chooses = async (name, ...paths) => (await page.$(`input[name="${name}"]`)).uploadFile(...paths);
    await person.fillsIn('main form', { title: 'Grüße' });
    await chooses('photo', join(folder, 'large.txt'));
    await chooses('more[]', ...more);
    await person.losesTheAccessCookie();
    assert.equal((await person.presses('main form')).status(), 401);

    const text = await person.text();
    for (const line of ['Choose large.txt again', 'Choose these 2 files again', 'one.txt', 'two.txt', 'Grüße']) assert.ok(text.includes(line), `${line}: ${text}`);
    assert.equal(await page.$eval('input[name="photo"]', (input) => input.validity.valueMissing), true, 'nobody sends it without the file');
    assert.equal(await page.$eval('input[name="none"]', (input) => input.checkVisibility()), false);
    assert.match(await frameSays(page), /logged in/);
    // With scripts the frame goes then, and the button moves.
    if (!isChromium) await page.waitForFunction(() => !document.getElementById('logged-in').hidden);
    await chooses('photo', join(folder, 'large.txt'));
    await chooses('more[]', ...more);
    await page.click(`${again} button`);
    assert.ok(await comesTrue(() => service.stored.length > 0));

    assert.equal(service.stored.length, 1);
    const [stored] = service.stored;
    assert.match(stored, /name="title"\r\n\r\nGrüße\r\n/);
    assert.ok(stored.includes('the picture '.repeat(50_000)), 'every byte of the large one');
    for (const name of ['large.txt', 'one.txt', 'two.txt', '']) assert.ok(stored.includes(`filename="${name}"`), name);
    assert.match(stored, /name="none"; filename=""/, 'the input that was empty is empty again');
    await person.leaves();
  });
});
