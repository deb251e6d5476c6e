// sso.js in a page made of fakes. Run by `node --test shared-claims/tests`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const source = readFileSync(new URL("../src/edge/sso.js", import.meta.url), "utf8");
const HERE = "https://shop.example.org";
const AUTH = "https://auth.example.org";
const PROBLEM = { code: "login_required", login_url: `${AUTH}/login?next=x`, renew_url: `${AUTH}/api/session/renew` };

/** What the tabs of a browser share: the session, the locks, the storage. */
class Browser {
  loggedIn = false;
  session = true;
  renewals = [];
  asked = [];
  storage = new Map();
  lock = Promise.resolve();
  problem = PROBLEM;
  now = 1_000_000;

  tab({ attributes = [], trusted, locks = true } = {}) {
    const tab = { left: undefined, document: new EventTarget() };
    tab.document.currentScript = { hasAttribute: (name) => attributes.includes(name), dataset: { trustedOrigins: trusted } };
    const request = (name, work) => (this.lock = this.lock.then(work, work));
    const location = { origin: HERE, protocol: "https:", href: `${HERE}/`, assign: (url) => (tab.left = String(url)) };
    const context = {
      document: tab.document,
      location,
      navigator: locks ? { locks: { request } } : {},
      localStorage: { getItem: (name) => this.storage.get(name) ?? null, setItem: (name, value) => this.storage.set(name, value) },
      fetch: (...call) => this.fetch(...call),
      Date: { now: () => ++this.now },
      Request: class extends Request {
        constructor(input, init) {
          super(typeof input === "string" ? new URL(input, HERE) : input, init);
        }
      },
      URL, AbortSignal, CustomEvent, JSON, Object, WeakMap, Promise,
    };
    vm.runInNewContext(source, context);
    tab.sso = context.sso;
    tab.globals = Object.keys(context);
    return tab;
  }

  async fetch(input, init) {
    await new Promise((done) => setTimeout(done, 2));
    const url = new URL(input.url ?? input);
    if (url.origin === AUTH) {
      this.renewals.push({ url: url.href, ...init });
      if (this.broken) throw new TypeError("network");
      this.loggedIn = this.session;
      return new Response(null, { status: this.session ? 204 : 401 });
    }
    this.asked.push({ url: url.href, method: input.method, credentials: input.credentials, body: await input.text() });
    const headers = { "content-type": "application/problem+json" };
    const response = this.loggedIn ? new Response("fine") : new Response(JSON.stringify(this.problem), { status: 401, headers });
    Object.defineProperty(response, "type", { value: url.origin === HERE ? "basic" : "cors" });
    Object.defineProperty(response, "url", { value: this.redirectedTo ?? url.href });
    return response;
  }
}

test("a request is sent again once the login is renewed, with its body", async () => {
  const browser = new Browser();
  const body = new URLSearchParams({ text: "buy milk" });
  const response = await browser.tab().sso.fetch("/notes", { method: "POST", body });
  assert.equal(await response.text(), "fine");
  assert.deepEqual(browser.asked.map(({ method, body }) => [method, body]), Array(2).fill(["POST", "text=buy+milk"]));
  const [renewal] = browser.renewals;
  assert.deepEqual([renewal.url, renewal.method, renewal.credentials], [PROBLEM.renew_url, "POST", "include"]);
});

test("a request that needs nothing is sent once and its answer is handed on", async () => {
  const browser = new Browser();
  browser.loggedIn = true;
  const response = await browser.tab().sso.fetch(new Request(`${HERE}/api/me`));
  assert.equal(await response.text(), "fine");
  assert.deepEqual([browser.asked.length, browser.renewals.length], [1, 0]);
});

test("many requests of many tabs cause one renewal", async () => {
  const browser = new Browser();
  const tabs = Array.from({ length: 5 }, () => browser.tab());
  const requests = tabs.flatMap(({ sso }) => Array.from({ length: 10 }, () => sso.fetch("/api/me")));
  for (const response of await Promise.all(requests)) assert.equal(response.status, 200);
  assert.equal(browser.renewals.length, 1);
});

test("without locks each tab renews once for all of its requests", async () => {
  const browser = new Browser();
  const tab = browser.tab({ locks: false });
  await Promise.all(Array.from({ length: 10 }, () => tab.sso.fetch("/api/me")));
  assert.equal(browser.renewals.length, 1);
});

test("the next end of the login causes the next renewal", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  for (const count of [1, 2, 3]) {
    browser.loggedIn = false;
    assert.equal((await tab.sso.fetch("/api/me")).status, 200);
    assert.equal(browser.renewals.length, count);
  }
});

test("when the session is over, the first answer comes back and can be read", async () => {
  const browser = new Browser();
  browser.session = false;
  const tab = browser.tab();
  const response = await tab.sso.fetch("/api/me");
  assert.deepEqual([response.status, await response.json()], [401, PROBLEM]);
  assert.deepEqual([browser.asked.length, browser.renewals.length, tab.left], [1, 1, undefined]);
});

test("a page that wants to leaves for the login when the session is over, and not before", async () => {
  const browser = new Browser();
  const [page, other] = [browser.tab({ attributes: ["data-go-to-login"] }), browser.tab()];
  await page.sso.fetch("/api/me");
  assert.equal(page.left, undefined);
  [browser.session, browser.loggedIn] = [false, false];
  await page.sso.fetch("/api/me", {}, { goToLogin: false });
  assert.equal(page.left, undefined);
  await page.sso.fetch("/api/me");
  assert.equal(page.left, PROBLEM.login_url);
  await other.sso.fetch("/api/me", {}, { goToLogin: true });
  assert.equal(other.left, PROBLEM.login_url);
});

test("a renewal that cannot be asked for is no end of the session", async () => {
  const browser = new Browser();
  browser.broken = true;
  const tab = browser.tab({ attributes: ["data-go-to-login"] });
  assert.equal((await tab.sso.fetch("/api/me")).status, 401);
  assert.equal(tab.left, undefined);
  browser.broken = false;
  assert.equal((await tab.sso.fetch("/api/me")).status, 200);
});

test("a refusal that still stands after the renewal comes back, without a third request", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (...call) => {
    const response = await fetch(...call);
    browser.loggedIn = false;
    return response;
  };
  assert.equal((await tab.sso.fetch("/api/me")).status, 401);
  assert.deepEqual([browser.asked.length, browser.renewals.length], [2, 1]);
});

test("nothing is renewed at the word of another origin, or for a problem that renewing does not solve", async () => {
  const browser = new Browser();
  assert.equal((await browser.tab().sso.fetch("https://blog.example.org/api")).status, 401);
  for (const problem of [
    { code: "fresh_login_required", login_url: PROBLEM.login_url },
    { ...PROBLEM, renew_url: "http://auth.example.org/api/session/renew" },
    { ...PROBLEM, renew_url: "https://evil.example/" },
    { ...PROBLEM, renew_url: "javascript:alert(1)", login_url: "javascript:alert(1)" },
    { ...PROBLEM, renew_url: 7 },
    null,
    [],
  ]) {
    browser.problem = problem;
    const tab = browser.tab({ attributes: ["data-go-to-login"] });
    assert.equal((await tab.sso.fetch("/api/me")).status, 401, JSON.stringify(problem));
    assert.equal(tab.left, undefined);
  }
  assert.equal(browser.renewals.length, 0);
});

test("storage that is forbidden or holds nonsense costs nothing but a renewal", async () => {
  // The last is from before the clock was set back by years.
  for (const nonsense of ["", "{", "7", "null", '{"at":"x"}', '{"at":9e12,"lives":false}']) {
    const browser = new Browser();
    browser.storage.set("sso-renewed", nonsense);
    assert.equal((await browser.tab().sso.fetch("/api/me")).status, 200, nonsense);
  }
  const browser = new Browser();
  browser.storage = { get: () => assert.fail("forbidden"), set: () => assert.fail("forbidden") };
  assert.equal((await browser.tab().sso.fetch("/api/me")).status, 200);
});

test("there is one global more", () => {
  assert.deepEqual(new Browser().tab().globals.at(-1), "sso");
});

/** An element whose request was refused, as htmx tells of it. */
async function htmxRequest(browser, tab, { confirmed = true, url = `${HERE}/part`, body = PROBLEM, status = 401 } = {}) {
  const elt = new EventTarget();
  const seen = { again: [], errors: 0 };
  elt.addEventListener("htmx:responseError", () => (seen.errors += 1));
  const xhr = { status, responseURL: url, responseText: JSON.stringify(body), getResponseHeader: () => "application/problem+json" };
  const tell = (name, detail) => {
    const event = new CustomEvent(name, { cancelable: true, detail: { elt, ...detail } });
    tab.document.dispatchEvent(event);
    return event.defaultPrevented;
  };
  if (confirmed) tell("htmx:confirm", { issueRequest: (skip) => seen.again.push(skip) });
  tell("htmx:beforeSend", { xhr });
  seen.prevented = tell("htmx:beforeOnLoad", { xhr });
  await new Promise((done) => setTimeout(done, 20));
  // What is sent again is asked no questions again, and its answer stands.
  if (seen.again.length) seen.preventedAgain = tell("htmx:beforeOnLoad", { xhr });
  return seen;
}

test("a request of htmx is made again once, without asking the person again", async () => {
  const browser = new Browser();
  const seen = await htmxRequest(browser, browser.tab());
  assert.deepEqual(seen, { again: [true], errors: 0, prevented: true, preventedAgain: false });
  assert.equal(browser.renewals.length, 1);
});

test("htmx learns of the error when the session is over", async () => {
  const browser = new Browser();
  browser.session = false;
  const tab = browser.tab({ attributes: ["data-go-to-login"] });
  const seen = await htmxRequest(browser, tab);
  assert.deepEqual(seen, { again: [], errors: 1, prevented: true });
  assert.equal(tab.left, PROBLEM.login_url);
});

test("other answers to htmx are left alone", async () => {
  const browser = new Browser();
  for (const options of [{ url: "https://blog.example.org/" }, { status: 403 }, { body: {} }, { confirmed: false }]) {
    const seen = await htmxRequest(browser, browser.tab(), options);
    assert.deepEqual(seen, { again: [], errors: 0, prevented: false }, JSON.stringify(options));
  }
  assert.equal(browser.renewals.length, 0);
});

const API = "https://api.example.org";
const EVIL = "https://evil.example.org";

test("a sibling that the page names is sent the login, renewed for and asked again", async () => {
  for (const trusted of [API, ` ${EVIL}x, ${API}/ `, "HTTPS://API.example.org"]) {
    const browser = new Browser();
    const response = await browser.tab({ trusted }).sso.fetch(`${API}/notes`, { method: "POST", body: "milk" });
    assert.equal(await response.text(), "fine", trusted);
    assert.deepEqual(browser.asked.map(({ method, credentials, body }) => [method, credentials, body]), Array(2).fill(["POST", "include", "milk"]));
    assert.equal(browser.renewals.length, 1);
  }
});

test("no other sibling is believed, nor sent the login, and none is named by default", async () => {
  for (const [trusted, asked] of [[API, EVIL], [undefined, API], ["", API], [API, "https://api.example.org:8443"]]) {
    const browser = new Browser();
    assert.equal((await browser.tab({ trusted }).sso.fetch(`${asked}/notes`)).status, 401);
    assert.deepEqual([browser.asked.length, browser.asked[0].credentials, browser.renewals.length], [1, "same-origin", 0]);
  }
});

test("a named sibling that sends on to another origin is not believed", async () => {
  const browser = new Browser();
  browser.redirectedTo = `${EVIL}/notes`;
  assert.equal((await browser.tab({ trusted: API }).sso.fetch(`${API}/notes`)).status, 401);
  assert.equal(browser.renewals.length, 0);
});

test("who says that no cookies are to be sent is obeyed", async () => {
  const browser = new Browser();
  browser.loggedIn = true;
  await browser.tab({ trusted: API }).sso.fetch(`${API}/notes`, { credentials: "omit" });
  assert.equal(browser.asked[0].credentials, "omit");
});

test("where the session is over, the login leads back to the page that asked a sibling", async () => {
  const browser = new Browser();
  browser.session = false;
  const tab = browser.tab({ trusted: API, attributes: ["data-go-to-login"] });
  await tab.sso.fetch(`${API}/notes`);
  assert.equal(tab.left, `${AUTH}/login?next=${encodeURIComponent(`${HERE}/`)}`);
});
