// Keeps the shared login alive under scripts: `sso.fetch` is `fetch`, but where the login has just ended it is renewed, once
// for all tabs, and what was sent is sent again, once. Requests of htmx and Turbo are treated alike.
//
//   <script src="/sso.js" defer></script>                   and then: sso.fetch("/api/me").then(…)
//   <script src="/sso.js" data-go-to-login defer></script>  leaves for the login when the session is over
//   <script src="/sso.js" data-for="…" defer></script>      says who the page was made for: `Claims::form_mark`
//   <script src="/sso.js" data-trusted-origins="https://api.example.org" defer></script>  does the same for requests to a sibling,
//                                                           which names this page's origin in TRUSTED_ORIGINS
//
// Needs no more of a policy than `script-src 'self'; connect-src 'self' <AUTH_URL>`. Written in the JavaScript of 2018.
"use strict";
((global) => {
  const element = document.currentScript;
  const said = (element && element.dataset) || {};
  const goesToLogin = element ? element.hasAttribute("data-go-to-login") : false;
  const madeFor = said.for;
  // Whose refusals are believed: this page's own origin, and the siblings that it names.
  const trusted = (said.trustedOrigins || "").split(/[\s,]+/).filter(Boolean);
  const believed = new Set([location.origin, ...trusted.map((origin) => origin.replace(/\/$/, "").toLowerCase())]);
  const PATIENCE = 10000;
  const MEMORY = "sso-renewed";
  // A session that is over is asked for again after so long, or when somebody comes back to the page.
  const OVER_FOR = 300000;

  const isOurs = (address) => new URL(address, document.baseURI || location.href).origin === location.origin;

  // What a refusal says: its code, and where to renew and to log in, if renewing is a way.
  //
  // Only a refusal by this page's own origin is believed, or by a sibling that it names itself. Who can write one can change the
  // page itself, so believing it gives nothing away: a request without a body, which carries no cookies but those of the host it
  // goes to. Other origins, any other sibling below the same parent among them, cannot say where to renew. The addresses must be
  // as safe on the way as this page is, and of one origin.
  function readProblem(contentType, text) {
    if (!contentType || !contentType.startsWith("application/problem+json")) return {};
    try {
      const { code, renew_url, login_url } = JSON.parse(text);
      try {
        const [renew, login] = [new URL(renew_url), new URL(login_url)];
        if (renew.protocol === location.protocol && renew.origin === login.origin) return { code, renew, login };
      } catch (_) {
        // No way to renew.
      }
      return { code };
    } catch (_) {
      return {};
    }
  }

  // `basic` is this origin's own answer, `default` one that its service worker made, `cors` another's, after redirects too.
  async function problemOf(response, statuses, isForeign) {
    const isBelieved = isForeign ? believed.has(new URL(response.url).origin) : ["basic", "default"].includes(response.type);
    if (!statuses.includes(response.status) || !isBelieved) return {};
    const problem = readProblem(response.headers.get("content-type"), await response.clone().text());
    // The sibling knows the origin that asked, and not the page.
    if (isForeign && problem.login) problem.login.searchParams.set("next", location.href);
    return problem;
  }

  // What the last renewal came to, in any tab of this origin: when it ended, and whether the session lives.
  function remember(lives) {
    try {
      localStorage.setItem(MEMORY, JSON.stringify({ at: Date.now(), lives }));
    } catch (_) {
      // Storage may be forbidden: then each tab renews for itself.
    }
  }

  function recall() {
    try {
      const last = JSON.parse(localStorage.getItem(MEMORY));
      return last && last.at <= Date.now() ? last : {};
    } catch (_) {
      return {};
    }
  }

  // Somebody opened a page or came back to one: perhaps they have logged in elsewhere.
  function forgetTheEnd() {
    if (document.hidden || recall().lives !== false) return;
    try {
      localStorage.removeItem(MEMORY);
    } catch (_) {
      // As above.
    }
  }
  forgetTheEnd();
  document.addEventListener("visibilitychange", forgetTheEnd);
  if (global.addEventListener) global.addEventListener("focus", forgetTheEnd);

  function inTime() {
    if (AbortSignal.timeout) return AbortSignal.timeout(PATIENCE);
    const end = new AbortController();
    setTimeout(() => end.abort(), PATIENCE);
    return end.signal;
  }

  // True for renewed, false for a session that is over, undefined where nothing was learnt.
  async function renewNow(url, sentAt) {
    // While this tab waited for its turn, another may have renewed: since the request was sent is recent enough.
    const last = recall();
    if (last.at >= sentAt || (last.lives === false && last.at > Date.now() - OVER_FOR)) return last.lives;
    const question = { method: "POST", credentials: "include", cache: "no-store", redirect: "error" };
    try {
      const { status } = await fetch(url, Object.assign(question, { signal: inTime() }));
      const lives = status === 204 ? true : status === 401 ? false : undefined;
      if (lives !== undefined) remember(lives);
      return lives;
    } catch (_) {
      return undefined;
    }
  }

  // One renewal at a time: requests of one tab share it, and those of other tabs wait for its outcome.
  let running;
  function renewOnce(url, sentAt) {
    const turn = () => renewNow(url, sentAt);
    running =
      running ||
      (navigator.locks ? navigator.locks.request("sso-renew", turn) : turn()).finally(() => {
        running = undefined;
      });
    return running;
  }

  async function renewed({ renew, login }, sentAt, mayLeave) {
    if (!renew) return false;
    const lives = await renewOnce(renew, sentAt);
    if (lives === false && mayLeave) location.assign(login);
    return lives === true;
  }

  // The answer to what `send` sends, and sends once more if the login had ended and is renewed.
  async function lasting(send, mayLeave, isForeign = false) {
    const sentAt = Date.now();
    const response = await send();
    const problem = await problemOf(response, [401], isForeign);
    return (await renewed(problem, sentAt, mayLeave)) ? send() : response;
  }

  // `fetch`, with one option more: { goToLogin } as its third argument.
  async function ssoFetch(input, init, { goToLogin = goesToLogin } = {}) {
    let request = new Request(input, init);
    if (!believed.has(new URL(request.url).origin)) return fetch(request);
    const isForeign = !isOurs(request.url);
    // To another origin, the usual `same-origin` would send no login at all.
    if (isForeign && request.credentials === "same-origin") request = new Request(request, { credentials: "include" });
    // A sibling is told where it matters: each request that says so is asked leave for first (CORS).
    const saysWhose = !isForeign || !["GET", "HEAD"].includes(request.method);
    if (madeFor && saysWhose) request.headers.set("Sso-For", madeFor);
    // A body can be sent once, so there must be two of it before the first is sent.
    const copies = [request.clone(), request];
    return lasting(() => fetch(copies.pop()), goToLogin, isForeign);
  }

  // Whether somebody is logged in, after a renewal if need be: before a stream is opened again, or a picture, or a download.
  // `address` is of this origin and needs a login.
  async function renew(address) {
    try {
      const response = await ssoFetch(address, { cache: "no-store" });
      if (response.body) response.body.cancel().catch(() => {});
      return response.ok;
    } catch (_) {
      return false;
    }
  }

  // htmx (1.9 and 2) sends by XMLHttpRequest, and hands out each as it is sent. If one is refused, htmx does not hear of it
  // before what was sent has been sent again: the same body, to the same address, by the same XMLHttpRequest.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (madeFor && isOurs(detail.path || location.href)) detail.headers["Sso-For"] = madeFor;
  });
  document.addEventListener("htmx:beforeSend", ({ detail: { xhr, requestConfig, pathInfo } }) => {
    const [sentAt, answered] = [Date.now(), xhr.onload];
    const address = new URL(pathInfo.finalRequestPath, document.baseURI || location.href).href;
    let body;
    xhr.send = (sent) => {
      body = sent;
      delete xhr.send;
      xhr.send(sent);
    };
    xhr.onload = async (event) => {
      xhr.onload = answered;
      const refused = xhr.status === 401 && isOurs(xhr.responseURL);
      const problem = refused ? readProblem(xhr.getResponseHeader("content-type"), xhr.responseText) : {};
      let isAborted = false;
      // Nothing is under way meanwhile that could be aborted, but htmx waits for the word.
      xhr.abort = () => {
        isAborted = true;
        delete xhr.abort;
        xhr.dispatchEvent(new ProgressEvent("abort"));
      };
      const again = problem.renew ? await renewed(problem, sentAt, goesToLogin) : false;
      if (isAborted) return;
      delete xhr.abort;
      if (!again) return answered.call(xhr, event);
      xhr.open(requestConfig.verb.toUpperCase(), address, true);
      for (const [name, value] of Object.entries(requestConfig.headers)) setHeader(xhr, name, value);
      xhr.send(body);
    };
  });

  // As htmx writes them.
  function setHeader(xhr, name, value) {
    if (value === null) return;
    try {
      xhr.setRequestHeader(name, value);
    } catch (_) {
      xhr.setRequestHeader(name, encodeURIComponent(value));
      xhr.setRequestHeader(`${name}-URI-AutoEncoded`, "true");
    }
  }

  // Back, to a page that htmx has to fetch: the address has changed by then, and the content must too.
  document.addEventListener("htmx:historyCacheMissLoadError", ({ detail: { xhr } }) => {
    if (xhr.status === 401) location.reload();
  });

  // Turbo (8) takes an answer from whoever has one. Links that it fetches before they are clicked renew nothing.
  document.addEventListener("turbo:before-fetch-request", ({ detail }) => {
    const { fetchOptions, url } = detail;
    if (detail.fetchRequest || !isOurs(url) || fetchOptions.headers["X-Sec-Purpose"]) return;
    if (madeFor) fetchOptions.headers["Sso-For"] = madeFor;
    const isForm = fetchOptions.method.toUpperCase() !== "GET";
    const send = () => ((global.Turbo && global.Turbo.fetch) || fetch)(url.href, fetchOptions);
    // When Turbo asks: others may still change the options until then.
    detail.fetchRequest = { get response() { return lasting(send, goesToLogin && !isForm); } };
  });

  // Turbo shows nothing of a form that is refused with a problem, so the browser sends it: the answer is a page that keeps it.
  document.addEventListener("turbo:submit-end", async ({ detail: { fetchResponse, formSubmission } }) => {
    if (!fetchResponse) return;
    const { code, login } = await problemOf(fetchResponse.response, [401, 409]);
    if (!["login_required", "fresh_login_required", "another_account"].includes(code)) return;
    if (formSubmission.method.toUpperCase() !== "POST") return login && location.assign(login);
    const { location: action, enctype } = formSubmission;
    const form = Object.assign(document.createElement("form"), { method: "post", action, enctype, hidden: true });
    for (const [name, value] of formSubmission.body) {
      // Files cannot be kept: the page says so.
      if (typeof value === "string") form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  });

  global.sso = Object.freeze({ fetch: ssoFetch, renew });
})(typeof self === "undefined" ? this : self);
