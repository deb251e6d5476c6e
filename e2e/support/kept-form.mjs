// The page that keeps a form which was sent a moment too late.
import { auth, demo } from './env.mjs';

/** The form that stands on the page, to be sent again. */
export const again = 'main form[method="post"]:has(button)';

/** What the frame of the auth host says, once it is there. */
export async function frameSays(page) {
  const frame = await page.waitForFrame((candidate) => candidate.url().startsWith(`${auth}/login/frame`));
  await frame.waitForSelector('[role="status"]');
  return frame.$eval('body', (body) => body.textContent);
}

/** The page of the notes, as it is read. */
export async function notes(person) {
  await person.opens(`${demo}/notes`);
  return person.text();
}
