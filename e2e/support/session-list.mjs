// The session list, from its owner's view.
import { auth } from './env.mjs';

export const loginsPage = `${auth}/account/sessions`;
export const securityPage = `${auth}/account/security`;

/** The form that ends the session with this id. */
export const ends = (id) => `main form:has([name="end"][value="${id}"]):not(:has([name="password"]))`;
/** The link to the question before several sessions end, on the page of the logins. */
export const endsMany = 'main a[href="/account/sessions/end"]';
export const confirmForm = 'main form:has([name="end"]):has([name="password"])';

/** Answers that question: `others`, or `all` for this browser too. Gives the password where it is asked for. */
export async function endsThem(person, answer, { password } = {}) {
  await person.follows(endsMany);
  const form = 'main form:has(button[name="end"])';
  if (password !== undefined) await person.fillsIn(form, { password });
  return person.follows(`${form} button[value="${answer}"]`);
}

/** The sessions in the page's order and words. */
export function listed(person) {
  return person.page.$$eval('.login', (items) => items.map((item) => ({
    id: item.querySelector('[name="end"]').value,
    device: item.querySelector('h2').innerText,
    isThis: item.innerText.includes('This browser'),
    button: item.querySelector('button').innerText.replace(/\s+/g, ' ').trim(),
    height: item.getBoundingClientRect().height,
    facts: [...item.querySelectorAll('.login-facts > li')].map((fact) => fact.innerText),
    used: item.querySelector('time').title,
  })));
}

/** Recent activity, the newest first. */
export function happened(person) {
  return person.page.$$eval('.events > li', (items) => items.map((item) => ({
    what: item.querySelector('strong').innerText,
    when: item.querySelector('.event-when time').title,
    from: item.querySelector('bdi')?.innerText,
    isAlarming: item.classList.contains('event-alarming'),
  })));
}
