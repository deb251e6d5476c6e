// The demo's page about oneself, whose script requests the current user.
import { demo } from './env.mjs';

export const page = `${demo}/private`;

/** Presses its button, and returns the text that the script has written. */
export async function asks(tab) {
  await tab.click('#ask');
  await tab.waitForFunction(() => document.getElementById('answer').textContent.trim() !== '');
  return tab.$eval('#answer', (element) => element.textContent);
}
