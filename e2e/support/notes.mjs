// The demo's notes, as a person uses them.
import assert from 'node:assert/strict';

export const noteForm = 'main form[action*="notes"]:has(textarea)';
export const noteField = `${noteForm} textarea`;

export async function typesNote(person, text) {
  const field = await person.page.$(noteField);
  assert.ok(field, `no field for a note at ${person.page.url()}`);
  await field.type(text);
}

export async function writesNote(person, text) {
  await typesNote(person, text);
  return person.presses(noteForm);
}
