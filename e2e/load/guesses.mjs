// Load test of password guessing: how many people can still log in during floods from one network
// and from fifty.
//
//   cargo build --release -p auth-service
//   E2E_AUTH_BIN=target/release/auth-service node e2e/load/guesses.mjs
//
// It starts its own auth-service on a free loopback port, with an empty SQLite file, the production
// settings (bcrypt cost 12), and this machine as its trusted proxy, so that a header names a
// request's network. For each rate and number of networks it guesses for LOAD_SECONDS. Each guess
// has a connection of its own and is sent on time, whatever becomes of the one before. From the
// second second on, people log in beside it, one after the other of each kind and each from a
// network of their own: strangers with a new browser, and people whose browser was logged in with
// that account before. A login without a response after ten seconds has failed. If the machine does
// not reach a rate, the rate that was sent is printed.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const binary = process.env.E2E_AUTH_BIN;
if (!binary) throw new Error('E2E_AUTH_BIN names the auth-service program');
const seconds = Math.min(Number(process.env.LOAD_SECONDS ?? 10), 15);
const rates = (process.env.LOAD_RATES ?? '0,5,20,100,400').split(',').map(Number);
const attackers = (process.env.LOAD_NETWORKS ?? '1,50').split(',').map(Number);
const password = 'violet harbour kites 7';
const browserCookie = '__Host-sso_browser';
/** How long a person waits for a response, in milliseconds. */
const patience = 10_000;
const people = 6;

const folder = mkdtempSync(join(tmpdir(), 'sso-guesses-'));
const port = await freePort();
const host = `auth.sso.localhost:${port}`;
const service = start();
try {
  await ready();
  const known = await makePeople();
  console.log('| guesses a second | networks | answered 401 | refused 503 | strangers in | their median | known browsers in | their median |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const networks of attackers) {
    for (const rate of rates) {
      if (rate > 0 || networks === attackers[0]) await cell(rate, networks, known);
    }
  }
} finally {
  service.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

/** Measures and prints one line of the table. */
async function cell(rate, networks, known) {
  const until = Date.now() + seconds * 1000;
  const flood = guess(rate, networks, until);
  await pause(1000);
  const [strangers, friends] = await Promise.all([
    logins(until, (n) => ({ email: address(n), from: `100.64.${n % 250}.9`, cookie: undefined }), 11),
    logins(until, (n) => ({ email: address(n), from: `203.0.${n % people}.9`, cookie: known[n % people] }), 101),
  ]);
  const { sent, refused, overloaded } = await flood;
  const told = rate > 0 ? `${rate} (${Math.round(sent / seconds)} sent)` : '0';
  console.log(`| ${told} | ${rate > 0 ? networks : '–'} | ${refused} | ${overloaded} | ${share(strangers)} | ${median(strangers)} | ${share(friends)} | ${median(friends)} |`);
}

/** Guesses at a steady rate. Returns the counts of the outcomes. */
async function guess(rate, networks, until) {
  const counts = { sent: 0, refused: 0, overloaded: 0 };
  if (rate === 0) return counts;
  const form = await openForm('203.0.113.1');
  const began = Date.now();
  const running = new Set();
  while (Date.now() < until) {
    // As many as the rate requires by now, even if the timer is late.
    for (; counts.sent < ((Date.now() - began) / 1000) * rate; counts.sent += 1) {
      const from = networks === 1 ? '198.51.100.7' : `198.18.${counts.sent % networks}.7`;
      const fields = { email: address(counts.sent), password: 'wrong horse kites 7', csrf_token: form.token };
      const one = post(fields, form.cookie, from).then(({ status }) => {
        if (status === 401) counts.refused += 1;
        if (status === 503) counts.overloaded += 1;
      });
      running.add(one);
      one.finally(() => running.delete(one));
    }
    await pause(5);
  }
  await Promise.all(running);
  return counts;
}

/** People log in one after the other, each as soon as the previous one has a response. */
async function logins(until, person, offset) {
  const outcomes = [];
  for (let n = offset; Date.now() < until; n += 1) {
    const { email, from, cookie } = person(n);
    // Without the form there is no login either.
    const form = await openForm(from, cookie).catch(() => undefined);
    const began = performance.now();
    const answer = form && await post({ email, password, csrf_token: form.token }, form.cookie, from);
    outcomes.push({ isIn: answer?.status === 303, took: performance.now() - began });
    await pause(100);
  }
  return outcomes;
}

function share(outcomes) {
  return `${outcomes.filter(({ isIn }) => isIn).length}/${outcomes.length}`;
}

/** The median duration of successful logins. */
function median(outcomes) {
  const times = outcomes.filter(({ isIn }) => isIn).map(({ took }) => took).sort((a, b) => a - b);
  return times.length > 0 ? `${Math.round(times[Math.floor(times.length / 2)])} ms` : '–';
}

function address(n) {
  return `p${n % people}@example.org`;
}

/** Creates accounts, and for each a browser that was logged in to it. */
async function makePeople() {
  const cookies = [];
  for (let n = 0; n < people; n += 1) {
    const form = await openForm('127.0.0.2', undefined, '/register');
    const names = { first_name: 'Ada', last_name: 'Lovelace', email: address(n) };
    const made = await post({ ...names, password, csrf_token: form.token }, form.cookie, '127.0.0.2', '/register');
    if (made.status !== 303) throw new Error(`the registration answered ${made.status}`);
    cookies.push(cookieOf(made));
  }
  return cookies;
}

/** The CSRF token of a form page, and its cookie. */
async function openForm(from, cookie, path = '/login') {
  const answer = await ask('GET', path, from, cookie);
  const token = answer.body.match(/<input[^>]*name="csrf_token"[^>]*>/)?.[0].match(/value="([^"]*)"/)?.[1];
  if (!token) throw new Error(`${path} is no form: ${answer.status} ${answer.body.slice(0, 300)}`);
  return { token, cookie: cookieOf(answer) ?? cookie };
}

function cookieOf(answer) {
  const line = (answer.headers['set-cookie'] ?? []).find((line) => line.startsWith(`${browserCookie}=`));
  return line?.split(';')[0];
}

function post(fields, cookie, from, path = '/login') {
  return ask('POST', path, from, cookie, new URLSearchParams(fields).toString());
}

/** Sends one request. The status is 0 if there was no response in time. */
function ask(method, path, from, cookie, body) {
  return new Promise((resolve) => {
    const headers = { host, accept: 'text/html', 'x-forwarded-for': from };
    if (cookie) headers.cookie = cookie;
    if (body !== undefined) Object.assign(headers, { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) });
    const options = { host: '127.0.0.1', port, method, path, headers, agent: false, timeout: patience };
    const request = http.request(options, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() }));
    });
    const failed = () => resolve({ status: 0, headers: {}, body: '' });
    request.on('timeout', () => request.destroy());
    request.on('error', failed);
    request.end(body);
  });
}

function start() {
  const log = openSync(join(folder, 'auth.log'), 'w');
  const settings = {
    PATH: process.env.PATH,
    AUTH_URL: `http://${host}`,
    COOKIE_DOMAIN: 'sso.localhost',
    DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`,
    SECRET_KEY: Buffer.from(crypto.getRandomValues(new Uint8Array(48))).toString('base64'),
    LISTEN: `127.0.0.1:${port}`,
    TRUSTED_PROXIES: '127.0.0.1',
  };
  const child = spawn(binary, ['serve'], { env: settings, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

async function ready() {
  for (let n = 0; n < 100; n += 1) {
    if (service.exitCode !== null) throw new Error('auth-service ended');
    if ((await ask('GET', '/readyz', '127.0.0.1')).status === 200) return;
    await pause(100);
  }
  throw new Error('auth-service is not ready');
}

function freePort() {
  if (process.env.LOAD_PORT) return Number(process.env.LOAD_PORT);
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
