// A browser's requests over plain HTTP: redirects, cookies and forms.
import assert from 'node:assert/strict';
import { auth, cookies } from '../support/env.mjs';
import { Client } from '../support/http.mjs';
import { stranger } from '../support/person.mjs';
import { claimsOf } from './token.mjs';

const tab = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };

/** Longer than a request takes, and shorter than the shortest lifetime of a token in these tests. */
const enoughSeconds = 8;

export class Visitor {
  #client = new Client();

  /** Registers and logs in. */
  static async whoIsLoggedIn(who = stranger('Visitor')) {
    const visitor = new Visitor();
    visitor.who = who;
    for (const step of ['registers', 'logsIn']) assert.equal((await visitor.#client[step](who)).status, 303, step);
    return visitor;
  }

  /**
   * Opens a page in a tab and follows redirects as a browser does. Returns the last response with
   * the `hops` on the way.
   */
  async opens(url, headers = {}) {
    const hops = [];
    // The extra headers, such as an old cookie, are sent with the first request only.
    let answer = await this.#client.request(url, { headers: { ...tab, ...headers } });
    while (answer.status === 303) {
      assert.ok(hops.length < 5, `in circles: ${hops.join(' ')}`);
      hops.push(new URL(answer.headers.location, hops.at(-1) ?? url).href);
      answer = await this.#client.request(hops.at(-1), { headers: tab });
    }
    return { ...answer, hops };
  }

  /** The access token of the cookie, renewed if it expires soon. */
  async token() {
    const held = this.#client.cookie(cookies.access);
    if (claimsOf(held).exp - Date.now() / 1000 > enoughSeconds) return held;
    await this.#client.request(`${auth}/login?next=${encodeURIComponent(auth)}`, { headers: tab });
    return this.#client.cookie(cookies.access);
  }
}

/** Sends one request with only these cookies. Follows no redirect. */
export function asks(url, { method, token, tokens = token ? [token] : [], headers = {}, form } = {}) {
  const cookie = tokens.map((value) => `${cookies.access}=${value}`).join('; ');
  return new Client().request(url, { form, method: method ?? (form ? 'POST' : 'GET'), headers: { ...(cookie && { cookie }), ...headers } });
}

export const inATab = { headers: tab };
export const byAScript = { headers: { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' } };
