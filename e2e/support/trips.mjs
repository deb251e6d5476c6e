// Records the navigations of a tab.

/** The URLs that the tab goes through while `work` runs, including redirects. */
export async function trips(page, work) {
  const seen = [];
  const note = (request) => { if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.push(request.url()); };
  page.on('request', note);
  await work();
  page.off('request', note);
  return seen;
}
