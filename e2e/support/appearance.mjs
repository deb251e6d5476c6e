// Appearances of a page: light and dark, wide and narrow.
export const schemes = ['light', 'dark'];
export const widths = { phone: 390, desktop: 1280 };

export async function inScheme(page, scheme) {
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
}

export async function atWidth(page, width) {
  await page.setViewport({ width, height: 844 });
}
