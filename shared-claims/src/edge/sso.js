// Keeps the shared login alive under scripts: `sso.fetch` is `fetch`, but where the login has just ended it is renewed, once
// for all tabs, and the request is sent again, once. Requests of htmx are treated alike.
//
//   <script src="/sso.js" defer></script>                   and then: sso.fetch("/api/me").then(…)
//   <script src="/sso.js" data-go-to-login defer></script>  leaves for the login when the session is over
//   <script src="/sso.js" data-trusted-origins="https://api.example.org" defer></script>  does the same for requests to a sibling,
//                                                           which names this page's origin in TRUSTED_ORIGINS
//
// Needs no more of a policy than `script-src 'self'; connect-src 'self' <AUTH_URL>`.
"use strict";
(() => {
  const goesToLogin = document.currentScript?.hasAttribute("data-go-to-login") ?? false;
  // Whose refusals are believed: this page's own origin, and the siblings that it names.
  const trusted = (document.currentScript?.dataset?.trustedOrigins ?? "").split(/[\s,]+/).filter(Boolean);
  const believed = new Set([location.origin, ...trusted.map((origin) => origin.replace(/\/$/, "").toLowerCase())]);
  const PATIENCE = 10_000;
  const MEMORY = "sso-renewed";

  // Where to renew and where to log in, as a refusal says; nothing if renewing is no way.
  //
  // Only a refusal by this page's own origin is believed, or by a sibling that it names itself. Who can write one can change the page itself, so believing it gives
  // nothing away: a request without a body, which carries no cookies but those of the host it goes to. Other origins, any other
  // sibling below the same parent among them, cannot say where to renew. The addresses must
  // be as safe on the way as this page is, and of one origin.
  function readProblem(contentType, text) {
    if (!contentType?.startsWith("application/problem+json")) return;
    try {
      const { renew_url, login_url } = JSON.parse(text);
      const [renew, login] = [new URL(renew_url), new URL(login_url)];
      if (renew.protocol === location.protocol && renew.origin === login.origin) return { renew, login };
    } catch {
      // No problem of ours.
    }
  }

  // What the last renewal came to, in any tab of this origin: when it ended, and whether the session lives.
  function remember(lives) {
    try {
      localStorage.setItem(MEMORY, JSON.stringify({ at: Date.now(), lives }));
    } catch {
      // Storage may be forbidden: then each tab renews for itself.
    }
  }

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(MEMORY)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  // True for renewed, false for a session that is over, undefined where nothing was learnt.
  async function renewNow(url, sentAt) {
    // While this tab waited for its turn, another may have renewed: since the request was sent is recent enough.
    const last = recall();
    if (last?.at >= sentAt && last.at <= Date.now()) return last.lives;
    const question = { method: "POST", credentials: "include", cache: "no-store", redirect: "error" };
    try {
      const { status } = await fetch(url, { ...question, signal: AbortSignal.timeout(PATIENCE) });
      const lives = status === 204 ? true : status === 401 ? false : undefined;
      if (lives !== undefined) remember(lives);
      return lives;
    } catch {
      return undefined;
    }
  }

  // One renewal at a time: requests of one tab share it, and those of other tabs wait for its outcome.
  let running;
  function renew(url, sentAt) {
    const turn = () => renewNow(url, sentAt);
    running ??= (navigator.locks ? navigator.locks.request("sso-renew", turn) : turn()).finally(() => {
      running = undefined;
    });
    return running;
  }

  async function renewed({ renew: url, login }, sentAt, mayLeave) {
    const lives = await renew(url, sentAt);
    if (lives === false && mayLeave) location.assign(login);
    return lives === true;
  }

  // `fetch`, with one option more: { goToLogin } as its third argument.
  async function ssoFetch(input, init, { goToLogin = goesToLogin } = {}) {
    let request = new Request(input, init);
    const { origin } = new URL(request.url);
    if (!believed.has(origin)) return fetch(request);
    const isForeign = origin !== location.origin;
    // To another origin, the usual `same-origin` would send no login at all.
    if (isForeign && request.credentials === "same-origin") request = new Request(request, { credentials: "include" });
    // A body can be sent once, so there must be two of it before the first is sent.
    const spare = request.clone();
    const sentAt = Date.now();
    const response = await fetch(request);
    // `basic` is this origin's own answer, `default` one that its service worker made, `cors` another's, after redirects too.
    const isBelieved = isForeign ? believed.has(new URL(response.url).origin) : ["basic", "default"].includes(response.type);
    if (response.status !== 401 || !isBelieved) return response;
    const problem = readProblem(response.headers.get("content-type"), await response.clone().text());
    // The sibling knows the origin that asked, and not the page.
    if (isForeign) problem?.login.searchParams.set("next", location.href);
    return problem && (await renewed(problem, sentAt, goToLogin)) ? fetch(spare) : response;
  }

  // htmx (1.9 and 2) asks `htmx:confirm` before each request that an element makes, and hands out what makes the request.
  // That is kept until the answer is there, and used once.
  const pending = new WeakMap();
  document.addEventListener("htmx:confirm", ({ detail }) => {
    pending.set(detail.elt, { again: () => detail.issueRequest(true), sentAt: Date.now() });
  });
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    const request = pending.get(detail.elt);
    if (request) request.sentAt = Date.now();
  });
  document.addEventListener("htmx:beforeOnLoad", async (event) => {
    const { elt, xhr } = event.detail;
    const request = pending.get(elt);
    pending.delete(elt);
    if (!request || xhr.status !== 401 || new URL(xhr.responseURL).origin !== location.origin) return;
    const problem = readProblem(xhr.getResponseHeader("content-type"), xhr.responseText);
    if (!problem) return;
    // htmx looks no further at this answer: it is an error only if renewing does not help.
    event.preventDefault();
    if (await renewed(problem, request.sentAt, goesToLogin)) request.again();
    else elt.dispatchEvent(new CustomEvent("htmx:responseError", { bubbles: true, detail: event.detail }));
  });

  globalThis.sso = Object.freeze({ fetch: ssoFetch });
})();
