// Where a tab goes by itself.

/** The addresses that the tab goes through, redirects included, while `work` is done. */
export async function trips(page, work) {
  const seen = [];
  const note = (request) => { if (request.isNavigationRequest() && request.frame() === page.mainFrame()) seen.push(request.url()); };
  page.on('request', note);
  await work();
  page.off('request', note);
  return seen;
}
