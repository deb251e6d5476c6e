// Keyboard navigation of a page, for a driver that may not run scripts in it.

const focusable = 'a[href], button, input:not([type="hidden"]), textarea, select, iframe, summary';

/** How often Tab must be pressed from the top of the page to reach `selector`. Needs a page that runs scripts. */
export function tabsTo(page, selector) {
  return page.evaluate((all, wanted) => {
    const reached = [...document.querySelectorAll(all)].filter((element) => element.checkVisibility());
    return reached.indexOf(document.querySelector(wanted)) + 1;
  }, focusable, selector);
}

export async function presses(page, key, times = 1) {
  for (let n = 0; n < times; n += 1) await page.keyboard.press(key);
}
