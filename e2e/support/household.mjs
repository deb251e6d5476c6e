// One person who is logged in in three browsers.
import { Client } from './http.mjs';
import { loginsPage } from './session-list.mjs';
import { Person, stranger } from './person.mjs';

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';

/**
 * Returns `{ desk, phone, sofa }`. The phone has the user agent of an iPhone, and the others that
 * of the suite's browser.
 */
export async function household(t, browser) {
  const who = stranger('Ada');
  await new Client().registers(who);
  const people = {};
  for (const [name, userAgent] of [['phone', iphone], ['sofa'], ['desk']]) {
    people[name] = await Person.sitsDown(browser, who);
    t.after(() => people[name].leaves());
    if (userAgent) await people[name].page.setUserAgent({ userAgent });
    await people[name].logsIn();
  }
  return people;
}

/** Whether the auth host still knows this browser's login. */
export async function isLoggedIn(person) {
  await person.opens(loginsPage);
  return person.page.url() === loginsPage;
}
