// The page that keeps a form that was sent after its token had expired.
import { auth, demo } from './env.mjs';

/** The kept form on the page, with its button. */
export const again = 'main form[method="post"]:has(button)';

/** The frame of the auth host. */
export function loginFrame(page) {
  return page.waitForFrame((candidate) => candidate.url().startsWith(`${auth}/login/frame`));
}

/**
 * The frame, once it shows the page that stays. A page that loads the next by itself comes before:
 * a key that is pressed meanwhile is never answered, and the driver waits for it.
 */
export async function frameSettles(page) {
  const frame = await loginFrame(page);
  await frame.waitForSelector('[role="status"]');
  return frame;
}

/** The text of the frame, once it is loaded. */
export async function frameSays(page) {
  const frame = await frameSettles(page);
  return frame.$eval('body', (body) => body.textContent);
}

/** Opens the notes and returns their text. */
export async function notes(person) {
  await person.opens(`${demo}/notes`);
  return person.text();
}
