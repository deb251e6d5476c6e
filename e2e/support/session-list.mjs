// The session list, from its owner's view.
import { auth } from './env.mjs';

export const loginsPage = `${auth}/account/sessions`;

/** The form that ends the session with this id, or `others`, or `all`. */
export const ends = (what) => `main form:has([name="end"][value="${what}"]):not(:has([name="password"]))`;
export const endsOthers = ends('others');
export const endsAll = ends('all');
export const confirmForm = 'main form:has([name="end"]):has([name="password"])';

/** The sessions in the page's order and words. */
export function listed(person) {
  return person.page.$$eval('.login', (items) => items.map((item) => ({
    id: item.querySelector('[name="end"]').value,
    device: item.querySelector('h2').innerText,
    isThis: item.innerText.includes('This browser'),
    button: item.querySelector('button').innerText.replace(/\s+/g, ' ').trim(),
    ...Object.fromEntries([...item.querySelectorAll('dl > div')].map((fact) => [fact.querySelector('dt').innerText, fact.querySelector('dd').innerText])),
  })));
}

/** Recent activity, the newest first. */
export function happened(person) {
  return person.page.$$eval('.events > li', (items) => items.map((item) => ({
    what: item.querySelector('strong').innerText,
    when: item.querySelector('.event-when').innerText,
    from: item.querySelector('bdi')?.innerText,
    isAlarming: item.classList.contains('event-alarming'),
  })));
}
