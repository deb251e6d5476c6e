// Many tabs of one browser, which all request a page at the same time.
import assert from 'node:assert/strict';
import { demo } from './env.mjs';

export const tabs = 20;

/** Opens a private page in each tab, and checks that each ends at its own page. */
export async function allComeBack(person) {
  const pages = await Promise.all(Array.from({ length: tabs }, () => person.context.newPage()));
  const wanted = pages.map((_, i) => `${demo}/private?tab=${i}`);
  const statuses = await Promise.all(pages.map(async (page, i) => (await page.goto(wanted[i], { waitUntil: 'load', timeout: 60_000 })).status()));
  assert.deepEqual(pages.map((page) => page.url()), wanted);
  assert.deepEqual(statuses, wanted.map(() => 200));
  await Promise.all(pages.map((page) => page.close()));
}
