// Load test: a crowd logs in, renews, opens pages and logs out, while instances of auth-service
// stop and start. It prints its counts, and fails if a login or a logout was lost.
//
// Without LOAD_KILLS nothing may fail: every response is 2xx or 3xx. With it, instances are killed,
// and a form that was being sent to one of them gets no response; the client sends it again, once.
// A GET is never lost, because the proxy tries another instance. In both cases confirmed logins
// stay logged in, and confirmed logouts stay logged out.
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { auth, cookies, demo } from '../support/env.mjs';
import { Client } from '../support/http.mjs';

const seconds = Number(process.env.LOAD_SECONDS ?? 30);
const clients = Number(process.env.LOAD_CLIENTS ?? 8);
const mayFail = Boolean(process.env.LOAD_KILLS);
const password = 'violet harbour kites 7';

const counts = { logins: 0, renewals: 0, pages: 0, logouts: 0 };
/** Every response other than 2xx or 3xx, and every request without a response. */
const failures = [];
/** Forms that succeeded at the second attempt. */
let repeated = 0;
const times = [];

/** Sends one request. If it fails, records that and returns `undefined`. */
async function ask(client, what, url, options) {
  const began = performance.now();
  let outcome;
  try {
    const answer = await client.request(url, options);
    times.push(performance.now() - began);
    if (answer.status < 400) return answer;
    outcome = answer.status;
  } catch (error) {
    outcome = error.code ?? error.message;
  }
  failures.push({ what, method: options?.method ?? 'GET', outcome });
  return undefined;
}

/** Opens the page, fills in the form and sends it. If that is allowed, a failure is repeated once with a fresh page. */
async function submit(client, path, form) {
  for (let attempt = 0; attempt < (mayFail ? 2 : 1); attempt += 1) {
    const page = await ask(client, `GET ${path}`, auth + path);
    const csrf = page?.body.match(/name="csrf_token"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="csrf_token"/);
    if (!csrf) continue;
    const answer = await ask(client, `POST ${path}`, auth + path, { method: 'POST', form: { ...form, csrf_token: csrf[1] ?? csrf[2] } });
    if (answer?.status === 303) {
      repeated += attempt;
      return answer;
    }
  }
  throw new Error(`${path} was not to be had: ${JSON.stringify(failures.at(-1))}`);
}

/**
 * One visit: logs in, renews, opens pages, and logs out if `leaves`. Returns the cookies and
 * whether they are logged in.
 */
async function visit(email, leaves) {
  const client = new Client();
  await submit(client, '/login', { email, password });
  if (!client.cookie(cookies.refresh)) throw new Error('a login without its cookie');
  counts.logins += 1;
  for (let n = 0; n < 3; n += 1) {
    const renewed = await ask(client, 'renewal', `${auth}/login?next=${encodeURIComponent(`${demo}/private`)}`);
    if (renewed && renewed.status !== 303) throw new Error(`somebody who is in was shown the form: ${renewed.status}`);
    counts.renewals += renewed ? 1 : 0;
    for (const url of [`${auth}/`, `${demo}/private`]) {
      const page = await ask(client, url === `${auth}/` ? 'account' : 'demo', url);
      if (page && page.status !== 200) throw new Error(`${url} sent somebody who is in away`);
      counts.pages += page ? 1 : 0;
    }
    await pause(50);
  }
  if (!leaves) return { client, isIn: true };
  const copy = client.copy();
  await submit(client, '/logout', {});
  counts.logouts += 1;
  return { client: copy, isIn: false };
}

const people = await Promise.all(Array.from({ length: clients }, async (_, n) => {
  const email = `crowd-${n}-${randomUUID()}@example.org`;
  const answer = await new Client().registers({ firstName: 'Crowd', lastName: String(n), email, password });
  if (answer.status !== 303) throw new Error(`the registration answered ${answer.status}`);
  return email;
}));

const until = Date.now() + seconds * 1000;
const visits = (await Promise.all(people.map(async (email) => {
  const mine = [];
  for (let n = 0; Date.now() < until; n += 1) {
    mine.push(await visit(email, n % 2 === 1));
    // An account has at most fifty sessions, and a new login would end the oldest ones.
    if (mine.length > 40) mine.shift();
  }
  return mine;
}))).flat();

// Every confirmed login and logout is still in force.
for (const { client, isIn } of visits) {
  const { status } = await client.request(`${auth}/`);
  if ((status === 200) !== isIn) throw new Error(isIn ? `a login was lost: ${status}` : 'a logout was lost');
}

times.sort((a, b) => a - b);
const at = (share) => `${Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))])} ms`;
console.log(`  ${clients} clients in ${seconds} s: ${counts.logins} logins, ${counts.renewals} renewals, ${counts.pages} pages, ${counts.logouts} logouts`);
console.log(`  answers: median ${at(0.5)}, 99 % within ${at(0.99)}, slowest ${at(1)}`);
console.log(`  without a good answer: ${failures.length}${failures.length ? ` ${JSON.stringify(failures)}` : ''}; forms sent twice: ${repeated}`);
console.log(`  ${visits.length} logins and logouts looked at again: all as they were acknowledged`);
const forbidden = failures.filter(({ method }) => !mayFail || method === 'GET');
if (forbidden.length > 0) throw new Error(`${forbidden.length} requests failed that must not`);
