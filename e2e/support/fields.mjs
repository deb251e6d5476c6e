// Form fields: what they say on the screen and to a screen reader.
import assert from 'node:assert/strict';

export const attribute = (person, form, name, key) => person.page.$eval(`${form} [name="${name}"]`, (field, k) => field.getAttribute(k), key);

export const valueOf = (person, form, name) => person.page.$eval(`${form} [name="${name}"]`, (field) => field.value);

/** The message of an invalid field, found the way a screen reader finds it. */
export async function complaintOf(person, form, name) {
  assert.equal(await attribute(person, form, name, 'aria-invalid'), 'true', `${name} is marked invalid`);
  const ids = ((await attribute(person, form, name, 'aria-describedby')) ?? '').split(/\s+/).filter(Boolean);
  assert.ok(ids.includes(`${name}-error`), `${name} names its message: ${ids}`);
  return person.page.$eval(`#${name}-error`, (element) => element.innerText.trim());
}

export async function hasNoComplaint(person, form, name) {
  return (await attribute(person, form, name, 'aria-invalid')) !== 'true';
}
