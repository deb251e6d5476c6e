// The demo's page whose script asks who is there.
import { demo } from './env.mjs';

export const page = `${demo}/whoami`;

/** Presses its button; answers what the script has written by then. */
export async function asks(tab) {
  await tab.click('#ask');
  await tab.waitForFunction(() => document.getElementById('answer').textContent.trim() !== '');
  return tab.$eval('#answer', (element) => element.textContent);
}
