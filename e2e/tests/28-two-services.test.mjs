// One login, two services: who logs in at one is greeted at the other, and asked for nothing.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { startBrowser } from '../support/browser.mjs';
import { demo, hasTwoServices, lists } from '../support/env.mjs';
import { notes } from '../support/kept-form.mjs';
import { noteForm, writesNote } from '../support/notes.mjs';
import { Person } from '../support/person.mjs';

const hrefs = (page) => page.$$eval('main a', (links) => links.map(({ href }) => href));

describe('two services with one login', { skip: !hasTwoServices && 'there is one service only' }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('name each other on their front pages, and greet who logged in at either', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/` });
    assert.ok(await person.sees('You’re logged in here too'), await person.text());
    assert.ok((await hrefs(person.page)).includes(`${lists}/`));
    await person.follows(`main a[href^="${lists}"]`);
    assert.equal(new URL(person.page.url()).origin, lists);
    assert.ok(await person.sees(person.firstName), await person.text());
    assert.match(await person.page.title(), / · Lists$/);
    assert.ok((await hrefs(person.page)).includes(`${demo}/`));
    await person.leaves();
  });

  it('keep their own notes', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${lists}/notes` });
    await writesNote(person, 'kept by the second');
    assert.ok(await person.sees('Saved.'), await person.text());
    assert.ok(await person.sees('kept by the second'));
    assert.ok(!(await notes(person)).includes('kept by the second'));
    await person.leaves();
  });
});

describe('who deletes notes', () => {
  let browser;
  before(async () => { browser = await startBrowser(); });

  it('is asked before one goes, and before all do, without a script', async () => {
    const person = await Person.whoIsLoggedIn(browser, { next: `${demo}/notes` });
    for (const text of ['milk', 'bread', 'tea']) await writesNote(person, text);
    const { page } = person;
    const button = 'main .ask button';
    assert.equal(await page.$eval(button, (element) => element.checkVisibility()), false, 'not before the question');
    await page.click('main .ask summary');
    await person.follows(button);
    assert.ok(await person.sees('Deleted.'), await person.text());
    assert.ok(!await person.sees('tea'));
    await person.follows('main a[href="/notes/all"]');
    assert.ok(await person.sees('Your 2 notes will be gone'), await person.text());
    await person.presses('main form[action*="/notes/all"]');
    assert.ok(await person.sees('All your notes are deleted.'), await person.text());
    assert.ok(await page.$(noteForm));
    await person.leaves();
  });
});
