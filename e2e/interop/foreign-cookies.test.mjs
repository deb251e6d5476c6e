// Foreign cookies behind a proxy: people reach auth-service whatever siblings have set on the
// domain, and it gets only our cookies (Q3).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startEcho } from './echo.mjs';
import { startFrontDoor } from './front-door.mjs';
import { ownSettings, speakTo, startAuth, temporaryFolder } from './own-auth.mjs';
import { names, notInstalled } from './proxies.mjs';
import { freePorts } from './service.mjs';

const binary = process.env.E2E_AUTH_BIN;
const [port, demo, keys, socketless] = await freePorts(4);
const settings = await ownSettings({ AUTH_URL: `http://auth.sso.localhost:${port}`, LISTEN: `127.0.0.1:${socketless}`, TRUSTED_PROXIES: '127.0.0.1' });
speakTo(settings, 300);
const { Client } = await import('../support/http.mjs');
const { stranger } = await import('../support/person.mjs');

/** As many cookies as a browser keeps for a domain, each of the largest size. */
const bomb = Array.from({ length: 180 }, (_, n) => `bomb${n}=${'x'.repeat(4080)}`);
const ours = ['__Host-sso_refresh=v1.a.b', '__Secure-sso_hint=1', '__Host-sso_browser=abc%2B/=', '__Secure-sso_access=e.y.J', '__Host-sso_trip=t'];
/** A client whose cookies a sibling has planted with `Domain=sso.localhost; Path=/`. */
class Bombed extends Client {
  planted = new Map(bomb.map((pair) => [pair.split('=')[0], pair]));

  async request(url, options = {}) {
    const headers = { 'sec-fetch-site': 'same-origin', referer: `${settings.AUTH_URL}/cookies`, ...options.headers };
    const answer = await super.request(url, { ...options, headers, planted: [...this.planted.values()] });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name] = line.split('=');
      if (/; Domain=sso\.localhost; Path=\/; Max-Age=0/.test(line)) this.planted.delete(name);
    }
    return answer;
  }
}

/** The cookies of a header, sorted. */
const pairs = (header = '') => header.split(';').map((pair) => pair.trim()).filter(Boolean).sort();

for (const name of names) {
  describe(`what ${name} passes on`, { skip: notInstalled(name) }, () => {
    const url = `http://auth.sso.localhost:${port}`;
    let echo;
    let front;
    /** The `Cookie` header that auth-service would have received. */
    const asked = async (path, ...cookies) => {
      const { status, body } = await new Client().request(url + path, { headers: { cookie: cookies.join('; ') } });
      assert.equal(status, 200, body);
      return JSON.parse(body).headers.cookie;
    };

    before(async () => {
      const at = name === 'nginx' ? join(temporaryFolder(), 'http.sock') : socketless;
      echo = await startEcho(at);
      front = await startFrontDoor(name, temporaryFolder(), { url, port, keys, auth: [name === 'nginx' ? `unix:${at}` : `127.0.0.1:${at}`], demo: `127.0.0.1:${demo}` });
    });
    after(async () => { await front.stops(); await echo.close(); });

    it('is our cookies, and nothing of others', async () => {
      assert.deepEqual(pairs(await asked('/login', ...ours)), pairs(ours.join(';')));
      assert.deepEqual(pairs(await asked('/login', ...bomb.slice(0, 100), ...ours, ...bomb.slice(100))), pairs(ours.join(';')));
      for (const one of ours) assert.deepEqual(pairs(await asked('/login', 'a=1', one, 'b=2')), [one]);
      for (const cookies of [[], ['a=1'], bomb]) assert.deepEqual(pairs(await asked('/login', ...cookies)), []);
    });

    it('is no cookie whose name only looks like ours', async () => {
      const lookalikes = ['x__Host-sso_refresh=1', '__host-sso_refresh=1', '__Host-sso_refresh2=1', '%5F_Host-sso_refresh=1', 'a=b __Host-sso_refresh=1', '=__Host-sso_refresh=1', '__Host-sso_refresh'];
      for (const cookies of [lookalikes, ...lookalikes.map((one) => [one])]) {
        assert.deepEqual(pairs(await asked('/login', 'a=1', ...cookies, 'z=1')), [], cookies.join('; '));
      }
    });

    it('is a cookie of ours that was planted beside the first too: auth-service must know of it', async () => {
      for (const cookie of ['__Host-sso_refresh', '__Host-sso_browser', '__Host-sso_trip', '__Secure-sso_access']) {
        const both = [`${cookie}=1`, `${cookie}=2`];
        assert.deepEqual(pairs(await asked('/login', both[0], 'a=1', both[1], 'z=1')), both);
      }
    });

    it('is every name on the page that takes cookies away, or as many as can be read at once', async () => {
      const few = ['a=1', 'b=2', ...ours];
      const named = (cookies) => pairs(cookies).map((pair) => pair.split('=')[0]);
      const longNames = Array.from({ length: 180 }, (_, n) => `${'x'.repeat(4000)}${n}=1`);
      for (const page of ['/cookies', '/cookies?next=x', '/login/cookies']) {
        assert.deepEqual(pairs(await asked(page, ...few)), pairs(few.join(';')));
        for (const many of [bomb, longNames]) {
          const some = await asked(page, ...many, ...ours);
          assert.ok(some.length < 110_000, `${some.length} bytes`);
          const names = named(some);
          assert.ok(names.length >= 14 && names.every((one) => named([...many, ...ours].join(';')).includes(one)), some.slice(0, 200));
        }
      }
    });
  });
}

describe('a person whose browser is full of others’ cookies', { skip: binary ? false : 'needs E2E_AUTH_BIN to start an auth-service' }, () => {
  let auth;
  before(async () => { auth = await startAuth(binary, settings); });
  after(() => auth.stops());

  for (const name of names) {
    it(`registers and logs in through ${name}`, { skip: notInstalled(name) }, async (t) => {
      const front = await startFrontDoor(name, temporaryFolder(), { url: settings.AUTH_URL, port, keys, auth: [settings.LISTEN], demo: `127.0.0.1:${demo}` });
      t.after(() => front.stops());
      const person = new Bombed();
      const who = stranger('Bombed');
      assert.equal((await person.registers(who)).status, 303);
      assert.equal((await person.logsIn(who)).status, 303);
      const account = await person.request(`${settings.AUTH_URL}/`);
      assert.equal(account.status, 200);
      assert.match(account.body, new RegExp(who.email));
    });

    it(`gets rid of them through ${name}, and stays logged in`, { skip: notInstalled(name) }, async (t) => {
      const front = await startFrontDoor(name, temporaryFolder(), { url: settings.AUTH_URL, port, keys, auth: [settings.LISTEN], demo: `127.0.0.1:${demo}` });
      t.after(() => front.stops());
      const person = new Bombed();
      const who = stranger('Bombed');
      for (const step of ['registers', 'logsIn']) assert.equal((await person[step](who)).status, 303, step);
      let presses = 0;
      for (; person.planted.size > 0 && presses < 30; presses += 1) {
        let answer = await person.request(`${settings.AUTH_URL}/cookies`);
        assert.equal(answer.status, 200);
        const form = Object.fromEntries([...answer.body.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)].map(([, field, value]) => [field, value]));
        answer = await person.request(`${settings.AUTH_URL}/cookies`, { method: 'POST', form });
        while (answer.status === 303) answer = await person.request(new URL(answer.headers.location, settings.AUTH_URL).href);
        assert.equal(answer.status, 200);
      }
      assert.deepEqual([...person.planted.keys()], [], `after ${presses} times`);
      assert.match((await person.request(`${settings.AUTH_URL}/`)).body, new RegExp(who.email));
    });
  }
});
