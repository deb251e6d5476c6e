// sso.js in a simulated page. Run by `node --test shared-claims/tests`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const source = readFileSync(new URL("../src/web/sso.js", import.meta.url), "utf8");
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

  tab({ attributes = [], trusted, madeFor, locks = true, deadlines = true } = {}) {
    const window = new EventTarget();
    const tab = { left: undefined, reloads: 0, document: new EventTarget(), dispatch: (name) => window.dispatchEvent(new Event(name)) };
    tab.document.currentScript = { hasAttribute: (name) => attributes.includes(name), dataset: { trustedOrigins: trusted, for: madeFor } };
    const request = (name, work) => (this.lock = this.lock.then(work, work));
    const location = {
      origin: HERE, protocol: "https:", href: `${HERE}/`,
      assign: (url) => (tab.left = String(url)), reload: () => (tab.reloads += 1),
    };
    const context = {
      document: tab.document,
      location,
      navigator: locks ? { locks: { request } } : {},
      localStorage: { getItem: (name) => this.storage.get(name) ?? null, setItem: (name, value) => this.storage.set(name, value), removeItem: (name) => this.storage.delete(name) },
      fetch: (...call) => this.fetch(...call),
      Date: { now: () => ++this.now },
      Request: class extends Request {
        constructor(input, init) {
          super(typeof input === "string" ? new URL(input, HERE) : input, init);
        }
      },
      URL, AbortController, CustomEvent, JSON, Object, Promise, setTimeout,
      AbortSignal: deadlines ? AbortSignal : {},
      ProgressEvent: Event,
      addEventListener: (...listener) => window.addEventListener(...listener),
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
    if (typeof input === "string") input = new Request(input, init);
    this.asked.push({ url: url.href, method: input.method, credentials: input.credentials, body: await input.text(), for: input.headers.get("sso-for") });
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
  // The last one dates from before the clock was set back by years.
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

/** What htmx hands out of a request: an XMLHttpRequest that answers as told, one answer after the other. */
class FakeXhr extends EventTarget {
  sent = [];
  #opened;
  constructor(answers, url) {
    super();
    Object.assign(this, { answers, responseURL: url });
    this.addEventListener("abort", () => this.onabort && this.onabort());
  }
  open(method, url) { this.#opened = { method, url, headers: {} }; }
  setRequestHeader(name, value) {
    if (/[^\x00-\xff]/.test(value)) throw new TypeError("not latin1");
    this.#opened.headers[name] = value;
  }
  send(body) {
    this.sent.push({ ...this.#opened, body });
    const { status = 401, body: answer = PROBLEM } = this.answers.shift() ?? {};
    Object.assign(this, { status, responseText: JSON.stringify(answer) });
    setTimeout(() => this.onload({}), 2);
  }
  abort() { this.abortedByItself = true; }
  getResponseHeader() { return "application/problem+json"; }
}

/** Sends as htmx does, and notes what htmx hears. */
function htmxSends(tab, { answers = [{}, { status: 200 }], url = `${HERE}/part`, verb = "post", headers = {}, body = "a=b" } = {}) {
  const xhr = new FakeXhr(answers, url);
  const heard = [];
  xhr.open(verb.toUpperCase(), "/part?x=1#y");
  for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, encodeURI(value));
  xhr.onload = () => heard.push(xhr.status);
  xhr.onabort = () => heard.push("abort");
  const detail = { xhr, requestConfig: { verb, headers }, pathInfo: { finalRequestPath: "/part?x=1#y" } };
  tab.document.dispatchEvent(new CustomEvent("htmx:beforeSend", { detail }));
  xhr.send(body);
  return { xhr, heard };
}
/** Counted in turns of the event loop, and not in time: on a busy machine a step takes longer than its milliseconds. */
async function settled() {
  for (let turn = 0; turn < 25; turn += 1) await new Promise((done) => setTimeout(done, 3));
}

test("what htmx sent is sent again as it was, and htmx hears of the second answer alone", async () => {
  const browser = new Browser();
  const headers = { "HX-Request": "true", "HX-Prompt": "Ä ok", "HX-Nothing": null };
  const { xhr, heard } = htmxSends(browser.tab(), { headers: { ...headers, "HX-Nothing": "" } });
  await settled();
  assert.deepEqual(heard, [200]);
  assert.equal(xhr.sent.length, 2);
  assert.deepEqual(xhr.sent.map(({ method, body }) => [method, body]), Array(2).fill(["POST", "a=b"]));
  assert.equal(xhr.sent[1].url, `${HERE}/part?x=1#y`);
  assert.equal(xhr.sent[1].headers["HX-Request"], "true");
  assert.equal(browser.renewals.length, 1);
});

test("two requests of one element at once are each sent again, with what each had sent", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  const both = ["a=1", "a=2"].map((body) => htmxSends(tab, { body }));
  await settled();
  assert.deepEqual(both.map(({ xhr }) => xhr.sent.map(({ body }) => body)), [["a=1", "a=1"], ["a=2", "a=2"]]);
  assert.deepEqual(both.map(({ heard }) => heard), [[200], [200]]);
  assert.equal(browser.renewals.length, 1);
});

test("what is refused twice is sent no third time", async () => {
  const { xhr, heard } = htmxSends(new Browser().tab(), { answers: [{}, {}, {}] });
  await settled();
  assert.deepEqual([xhr.sent.length, heard], [2, [401]]);
});

test("htmx learns of the error when the session is over", async () => {
  const browser = new Browser();
  browser.session = false;
  const tab = browser.tab({ attributes: ["data-go-to-login"] });
  const { xhr, heard } = htmxSends(tab);
  await settled();
  assert.deepEqual([xhr.sent.length, heard], [1, [401]]);
  assert.equal(tab.left, PROBLEM.login_url);
});

test("other answers to htmx are left alone", async () => {
  const browser = new Browser();
  for (const options of [{ url: "https://blog.example.org/" }, { answers: [{ status: 403 }] }, { answers: [{ body: {} }] }]) {
    const { xhr, heard } = htmxSends(browser.tab(), options);
    await settled();
    assert.deepEqual([xhr.sent.length, heard.length], [1, 1], JSON.stringify(options));
  }
  assert.equal(browser.renewals.length, 0);
});

test("a request that htmx gives up while the login is renewed is not sent again", async () => {
  const { xhr, heard } = htmxSends(new Browser().tab());
  await new Promise((done) => setTimeout(done, 3));
  xhr.abort();
  await settled();
  assert.deepEqual([xhr.sent.length, heard, xhr.abortedByItself], [1, ["abort"], undefined]);
});

test("a page that asks every second whether somebody is there renews once after the session has ended", async () => {
  const browser = new Browser();
  browser.session = false;
  const tabs = [browser.tab(), browser.tab()];
  for (let second = 0; second < 100; second += 1) {
    browser.now += 1000;
    assert.equal((await tabs[second % 2].sso.fetch("/api/me")).status, 401);
  }
  assert.equal(browser.renewals.length, 1);
});

test("whoever comes back to the page is looked for again, and so is everybody in the end", async () => {
  for (const later of [(tab) => tab.document.dispatchEvent(new Event("visibilitychange")), (tab) => tab.dispatch("focus"), () => {}, "new page"]) {
    const browser = new Browser();
    browser.session = false;
    let tab = browser.tab();
    await tab.sso.fetch("/api/me");
    browser.session = true;
    if (later === "new page") tab = browser.tab();
    else later(tab);
    if (String(later) === "() => {}") browser.now += 300_000;
    assert.equal((await tab.sso.fetch("/api/me")).status, 200, String(later));
    assert.equal(browser.renewals.length, 2);
  }
});

test("a browser without AbortSignal.timeout renews too, and does not wait for ever", async () => {
  const browser = new Browser();
  const tab = browser.tab({ deadlines: false });
  assert.equal((await tab.sso.fetch("/api/me")).status, 200);
  assert.ok(browser.renewals[0].signal instanceof AbortSignal);
});

test("sso.renew says whether somebody is logged in, renewed if need be", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  assert.equal(await tab.sso.renew("/api/me"), true);
  assert.deepEqual([browser.asked.length, browser.renewals.length], [2, 1]);
  [browser.loggedIn, browser.session] = [false, false];
  assert.equal(await tab.sso.renew("/api/me"), false);
  browser.fetch = async () => { throw new TypeError("network"); };
  assert.equal(await tab.sso.renew("/api/me"), false);
});

test("whom the page was made for is said with each request to its own origin, and to no other", async () => {
  const browser = new Browser();
  browser.loggedIn = true;
  const tab = browser.tab({ madeFor: "ada-s-mark" });
  await tab.sso.fetch("/api/me");
  assert.equal(browser.asked[0].for, "ada-s-mark");
  await tab.sso.fetch("https://blog.example.org/api");
  assert.equal(browser.asked[1].for, null);
  for (const [path, expected] of [["/part", "ada-s-mark"], ["https://blog.example.org/", undefined]]) {
    const detail = { path, headers: {} };
    tab.document.dispatchEvent(new CustomEvent("htmx:configRequest", { detail }));
    assert.equal(detail.headers["Sso-For"], expected);
  }
});

test("Turbo takes the answer to what was sent twice, and what it fetches before a click renews nothing", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  const asks = (detail) => {
    detail.url = new URL(detail.path ?? "/notes", HERE);
    tab.document.dispatchEvent(new CustomEvent("turbo:before-fetch-request", { detail }));
    return detail.fetchRequest;
  };
  const early = asks({ fetchOptions: { method: "GET", headers: { "X-Sec-Purpose": "prefetch" } } });
  assert.equal(early, undefined);
  assert.equal(asks({ path: "https://blog.example.org/", fetchOptions: { method: "GET", headers: {} } }), undefined);
  const body = new URLSearchParams({ text: "milk" });
  const request = asks({ fetchOptions: { method: "POST", headers: {}, body } });
  assert.equal(browser.asked.length, 0, "nothing is sent before Turbo asks");
  assert.equal((await request.response).status, 200);
  assert.deepEqual(browser.asked.map(({ method, body }) => [method, body]), Array(2).fill(["POST", "text=milk"]));
  assert.equal(browser.renewals.length, 1);
});

test("Back to a page that htmx may not fetch any more loads the page", async () => {
  const tab = new Browser().tab();
  for (const [status, expected] of [[500, 0], [401, 1]]) {
    tab.document.dispatchEvent(new CustomEvent("htmx:historyCacheMissLoadError", { detail: { xhr: { status } } }));
    assert.equal(tab.reloads, expected);
  }
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

test("a sibling that the page names is told whom the page was made for, where something changes", async () => {
  const browser = new Browser();
  browser.loggedIn = true;
  const tab = browser.tab({ trusted: API, madeFor: "ada-s-mark" });
  for (const [url, method, expected] of [[API, "POST", "ada-s-mark"], [API, "DELETE", "ada-s-mark"], [API, "GET", null], [EVIL, "POST", null]]) {
    await tab.sso.fetch(`${url}/notes`, { method });
    assert.equal(browser.asked.at(-1).for, expected, `${method} ${url}`);
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

/** A form with a chosen file, or without one. It counts how often the browser sends it. */
class UploadForm extends EventTarget {
  sent = [];
  offers = [];

  constructor(tab, files = ["photo.jpg"]) {
    super();
    Object.assign(this, { tab, files });
  }

  querySelectorAll() {
    return [{ files: this.files }];
  }

  before(offer) {
    this.offers.push(offer);
  }

  requestSubmit(submitter) {
    const event = Object.assign(new Event("submit", { cancelable: true }), { submitter });
    Object.defineProperty(event, "target", { value: this });
    this.tab.document.dispatchEvent(event);
    if (!event.defaultPrevented) this.sent.push(submitter);
  }
}

/** A tab with the few elements that the offer is made of. */
function uploadTab(browser) {
  const tab = browser.tab();
  tab.document.documentElement = { lang: "de-AT" };
  tab.document.createElement = (name) => ({ name, parts: [], setAttribute() {}, append(...parts) { this.parts.push(...parts); }, remove() { this.removed = true; } });
  return tab;
}



test("a file is sent only after the login was renewed, and once", async () => {
  const browser = new Browser();
  const form = new UploadForm(uploadTab(browser));
  form.requestSubmit("button");
  form.requestSubmit("button");
  assert.deepEqual(form.sent, [], "not yet");
  await settled();
  assert.equal(browser.renewals.length, 1);
  assert.equal(browser.asked[0].credentials, "omit", "as nobody, so that the answer says where to renew");
  assert.deepEqual(form.sent, ["button"], "by the button that was pressed");
});

test("a form without a file is sent as it is", async () => {
  const browser = new Browser();
  const form = new UploadForm(uploadTab(browser), []);
  form.requestSubmit("button");
  assert.deepEqual(form.sent, ["button"]);
  await settled();
  assert.equal(browser.asked.length, 0);
});

test("a file stays chosen when the session is over, and goes through after the login in another tab", async () => {
  const browser = new Browser();
  browser.session = false;
  const tab = uploadTab(browser);
  const form = new UploadForm(tab);
  form.requestSubmit("button");
  await settled();
  assert.deepEqual(form.sent, []);
  assert.equal(tab.left, undefined, "the page stays");
  const [before, link] = form.offers[0].parts;
  assert.equal(before, "Ihre Anmeldung ist abgelaufen. ");
  assert.deepEqual([link.href, link.target], [`${AUTH}/login?next=%2Flogin%2Fdone`, "_blank"]);

  browser.session = true;
  tab.dispatch("focus");
  form.requestSubmit("button");
  await settled();
  assert.deepEqual(form.sent, ["button"]);
  assert.ok(form.offers[0].removed);
});

test("a file is sent as it is where the page needs no login, or nobody can be asked", async () => {
  const open = new Browser();
  open.loggedIn = true;
  const broken = new Browser();
  broken.broken = true;
  for (const browser of [open, broken]) {
    const form = new UploadForm(uploadTab(browser));
    form.requestSubmit("button");
    await settled();
    assert.deepEqual(form.sent, ["button"]);
  }
});
