// Client-side renewal of the shared login. `sso.fetch` is `fetch`, except that an expired login is
// renewed, once for all tabs, and the request is sent again, once. Requests of htmx and Turbo are
// handled in the same way. Before a form with a chosen file is sent, the login is renewed, because
// no page can keep a file.
//
//   <script src="/sso.js" defer></script>                   and then: sso.fetch("/api/me").then(…)
//   <script src="/sso.js" data-go-to-login defer></script>  opens the login when the session is over
//   <script src="/sso.js" data-for="…" defer></script>      names the page's owner: `Claims::form_mark`
//   <script src="/sso.js" data-trusted-origins="https://api.example.org" defer></script>
//       renews for requests to a sibling too, which names this page's origin in TRUSTED_ORIGINS
//
// The content security policy must allow `script-src 'self'; connect-src 'self' <AUTH_URL>`. The
// syntax is that of ECMAScript 2018.
"use strict";
((global) => {
  const element = document.currentScript;
  const attributes = (element && element.dataset) || {};
  const opensLogin = element ? element.hasAttribute("data-go-to-login") : false;
  const formOwner = attributes.for;
  // A refusal by these origins is acted on: this page's own, and the siblings that it names.
  const trusted = (attributes.trustedOrigins || "").split(/[\s,]+/).filter(Boolean);
  const trustedOriginSet = new Set([location.origin, ...trusted.map((origin) => origin.replace(/\/$/, "").toLowerCase())]);
  const RENEW_TIMEOUT_MS = 10000;
  const STORAGE_KEY = "sso-renewed";
  // How long an ended session is not asked for again, unless somebody comes back to the page.
  const ENDED_SESSION_TTL_MS = 300000;

  const isSameOrigin = (address) => new URL(address, document.baseURI || location.href).origin === location.origin;

  // Parses a problem: its code, and the addresses to renew and to log in at, if it can be renewed.
  //
  // Only a problem from this page's own origin, or from a sibling that the page names, is acted on.
  // Whoever can write such a response can change the page itself, so acting on it gives nothing
  // away: the renewal is a request without a body, with the cookies of the host that it goes to.
  // Other origins, other siblings included, cannot say where to renew. Both addresses must be of one
  // origin, and have this page's scheme.
  function readProblem(contentType, text) {
    if (!contentType || !contentType.startsWith("application/problem+json")) return {};
    try {
      const { code, renew_url, login_url } = JSON.parse(text);
      try {
        const [renew, login] = [new URL(renew_url), new URL(login_url)];
        if (renew.protocol === location.protocol && renew.origin === login.origin) return { code, renew, login };
      } catch (_) {
        // It cannot be renewed.
      }
      return { code };
    } catch (_) {
      return {};
    }
  }

  // A response's type is `basic` from this origin, `default` from its service worker, and `cors` from
  // another origin, also after redirects.
  async function problemOf(response, statuses, isForeign) {
    const isTrusted = isForeign ? trustedOriginSet.has(new URL(response.url).origin) : ["basic", "default"].includes(response.type);
    if (!statuses.includes(response.status) || !isTrusted) return {};
    const problem = readProblem(response.headers.get("content-type"), await response.clone().text());
    // The sibling knows the origin that sent the request, and not the page.
    if (isForeign && problem.login) problem.login.searchParams.set("next", location.href);
    return problem;
  }

  // Stores the outcome of the last renewal for all tabs of this origin: the time, and whether the
  // session is alive.
  function storeRenewal(lives) {
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify({ at: Date.now(), lives }));
    } catch (_) {
      // Storage may be disabled. Then each tab renews for itself.
    }
  }

  function lastRenewal() {
    try {
      const last = JSON.parse(localStorage.getItem(STORAGE_KEY));
      return last && last.at <= Date.now() ? last : {};
    } catch (_) {
      return {};
    }
  }

  // When a page is opened or comes to the front, its user may have logged in elsewhere.
  function forgetEndedSession() {
    if (document.hidden || lastRenewal().lives !== false) return;
    try {
      localStorage.removeItem(STORAGE_KEY);
    } catch (_) {
      // As above.
    }
  }
  forgetEndedSession();
  document.addEventListener("visibilitychange", forgetEndedSession);
  if (global.addEventListener) global.addEventListener("focus", forgetEndedSession);

  function timeoutSignal() {
    if (AbortSignal.timeout) return AbortSignal.timeout(RENEW_TIMEOUT_MS);
    const end = new AbortController();
    setTimeout(() => end.abort(), RENEW_TIMEOUT_MS);
    return end.signal;
  }

  // True: renewed. False: the session is over. Undefined: unknown.
  async function renewNow(url, sentAt) {
    // Another tab may have renewed while this one waited for the lock. A renewal since the request
    // was sent is recent enough.
    const last = lastRenewal();
    if (last.at >= sentAt || (last.lives === false && last.at > Date.now() - ENDED_SESSION_TTL_MS)) return last.lives;
    const options = { method: "POST", credentials: "include", cache: "no-store", redirect: "error" };
    try {
      const { status } = await fetch(url, Object.assign(options, { signal: timeoutSignal() }));
      const lives = status === 204 ? true : status === 401 ? false : undefined;
      if (lives !== undefined) storeRenewal(lives);
      return lives;
    } catch (_) {
      return undefined;
    }
  }

  // One renewal at a time: the requests of a tab share it, and other tabs wait for its outcome.
  let running;
  function renewOnce(url, sentAt) {
    const attempt = () => renewNow(url, sentAt);
    running =
      running ||
      (navigator.locks ? navigator.locks.request("sso-renew", attempt) : attempt()).finally(() => {
        running = undefined;
      });
    return running;
  }

  async function renewLogin({ renew, login }, sentAt, mayOpenLogin) {
    if (!renew) return false;
    const lives = await renewOnce(renew, sentAt);
    if (lives === false && mayOpenLogin) location.assign(login);
    return lives === true;
  }

  // Calls `send`, and calls it once more if the login had expired and could be renewed.
  async function sendWithRenewal(send, mayOpenLogin, isForeign = false) {
    const sentAt = Date.now();
    const response = await send();
    const problem = await problemOf(response, [401], isForeign);
    return (await renewLogin(problem, sentAt, mayOpenLogin)) ? send() : response;
  }

  // `fetch` with renewal. A third argument { goToLogin } overrides the attribute.
  async function ssoFetch(input, init, { goToLogin = opensLogin } = {}) {
    let request = new Request(input, init);
    if (!trustedOriginSet.has(new URL(request.url).origin)) return fetch(request);
    const isForeign = !isSameOrigin(request.url);
    // The default, `same-origin`, would send no cookies to another origin.
    if (isForeign && request.credentials === "same-origin") request = new Request(request, { credentials: "include" });
    // A sibling gets the header only where it matters, because it makes the browser send a CORS
    // preflight.
    const sendsOwner = !isForeign || !["GET", "HEAD"].includes(request.method);
    if (formOwner && sendsOwner) request.headers.set("Sso-For", formOwner);
    // A body can be sent only once, so it is cloned before the first request.
    const copies = [request.clone(), request];
    return sendWithRenewal(() => fetch(copies.pop()), goToLogin, isForeign);
  }

  // Whether somebody is logged in, after a renewal if necessary: to be asked before opening a stream,
  // an image or a download. `address` is of this origin and needs a login.
  async function renew(address) {
    try {
      const response = await ssoFetch(address, { cache: "no-store" });
      if (response.body) response.body.cancel().catch(() => {});
      return response.ok;
    } catch (_) {
      return false;
    }
  }

  // htmx (1.9 and 2) exposes each XMLHttpRequest before it sends it. If one is refused, the same body
  // is sent to the same address by the same XMLHttpRequest, and htmx sees only the final response.
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (formOwner && isSameOrigin(detail.path || location.href)) detail.headers["Sso-For"] = formOwner;
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
      const refused = xhr.status === 401 && isSameOrigin(xhr.responseURL);
      const problem = refused ? readProblem(xhr.getResponseHeader("content-type"), xhr.responseText) : {};
      let isAborted = false;
      // No request is running that could be aborted, but htmx waits for the event.
      xhr.abort = () => {
        isAborted = true;
        delete xhr.abort;
        xhr.dispatchEvent(new ProgressEvent("abort"));
      };
      const again = problem.renew ? await renewLogin(problem, sentAt, opensLogin) : false;
      if (isAborted) return;
      delete xhr.abort;
      if (!again) return answered.call(xhr, event);
      xhr.open(requestConfig.verb.toUpperCase(), address, true);
      for (const [name, value] of Object.entries(requestConfig.headers)) setHeader(xhr, name, value);
      xhr.send(body);
    };
  });

  // Encodes headers as htmx does.
  function setHeader(xhr, name, value) {
    if (value === null) return;
    try {
      xhr.setRequestHeader(name, value);
    } catch (_) {
      xhr.setRequestHeader(name, encodeURIComponent(value));
      xhr.setRequestHeader(`${name}-URI-AutoEncoded`, "true");
    }
  }

  // History navigation to a page that htmx has to fetch. The address has changed already, so the
  // content must change too.
  document.addEventListener("htmx:historyCacheMissLoadError", ({ detail: { xhr } }) => {
    if (xhr.status === 401) location.reload();
  });

  // Turbo (8) accepts a response from the event's listener. Prefetched links do not renew the login.
  document.addEventListener("turbo:before-fetch-request", ({ detail }) => {
    const { fetchOptions, url } = detail;
    if (detail.fetchRequest || !isSameOrigin(url) || fetchOptions.headers["X-Sec-Purpose"]) return;
    if (formOwner) fetchOptions.headers["Sso-For"] = formOwner;
    const isForm = fetchOptions.method.toUpperCase() !== "GET";
    const send = () => ((global.Turbo && global.Turbo.fetch) || fetch)(url.href, fetchOptions);
    // Lazily, because other listeners may still change the options.
    detail.fetchRequest = { get response() { return sendWithRenewal(send, opensLogin && !isForm); } };
  });

  // Turbo shows nothing for a form that is refused with a problem. So the browser sends the form
  // itself, and the response is a page that keeps it.
  document.addEventListener("turbo:submit-end", async ({ detail: { fetchResponse, formSubmission } }) => {
    if (!fetchResponse) return;
    const { code, login } = await problemOf(fetchResponse.response, [401, 409]);
    if (!["login_required", "fresh_login_required", "another_account"].includes(code)) return;
    if (formSubmission.method.toUpperCase() !== "POST") return login && location.assign(login);
    const { location: action, enctype } = formSubmission;
    const form = Object.assign(document.createElement("form"), { method: "post", action, enctype, hidden: true });
    for (const [name, value] of formSubmission.body) {
      // Files cannot be kept, and the page says so.
      if (typeof value === "string") form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  });

  // Forms with a chosen file. Their page tells where to renew when it is fetched without cookies: if
  // it needs a login, the answer is a problem. If it needs none, the form is sent as it is.
  async function renewBeforeUpload() {
    try {
      const sentAt = Date.now();
      const response = await fetch(location.href, { credentials: "omit", cache: "no-store", redirect: "error" });
      const { renew, login } = await problemOf(response, [401], false);
      return { lives: renew ? await renewOnce(renew, sentAt) : undefined, login };
    } catch (_) {
      return {};
    }
  }

  const hasFile = (form) => Array.from(form.querySelectorAll('input[type="file"]')).some(({ files }) => files.length > 0);
  const [checking, checked] = [new WeakSet(), new WeakSet()];

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !form.requestSubmit || checked.delete(form) || !hasFile(form)) return;
    event.preventDefault();
    if (checking.has(form)) return;
    checking.add(form);
    const { lives, login } = await renewBeforeUpload();
    checking.delete(form);
    if (lives === false) return offerLogin(form, login);
    withdrawOffer(form);
    checked.add(form);
    form.requestSubmit(submitter);
    // Invalid fields keep it from being sent.
    checked.delete(form);
  });

  // Says above the form that the login has ended. The link opens in a new tab, because this page
  // holds the files. A listener of the event that calls preventDefault() says it in its own way.
  const OFFERS = {
    en: ["Your login has ended. ", "Log in (opens a new tab)", ", then come back and send this again. Your file is still chosen."],
    de: ["Ihre Anmeldung ist abgelaufen. ", "Melden Sie sich an (öffnet einen neuen Tab)", ", und senden Sie dies dann noch einmal. Ihre Datei ist noch ausgewählt."],
  };
  const offers = new WeakMap();

  function withdrawOffer(form) {
    if (offers.has(form)) offers.get(form).remove();
  }

  function offerLogin(form, login) {
    withdrawOffer(form);
    login.searchParams.set("next", "/login/done");
    const detail = { login: login.href };
    if (!form.dispatchEvent(new CustomEvent("sso:login-needed", { bubbles: true, cancelable: true, detail }))) return;
    const [before, words, after] = OFFERS[document.documentElement.lang.slice(0, 2)] || OFFERS.en;
    const offer = Object.assign(document.createElement("p"), { className: "message message-warning" });
    offer.setAttribute("role", "alert");
    offer.append(before, Object.assign(document.createElement("a"), { href: login.href, target: "_blank", textContent: words }), after);
    offers.set(form, offer);
    form.before(offer);
  }

  global.sso = Object.freeze({ fetch: ssoFetch, renew });
})(typeof self === "undefined" ? this : self);
