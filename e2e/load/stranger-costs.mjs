// Cost of one anonymous request: bytes sent and received, processor time, bytes of log and of
// database, for each address that needs no login.
//
//   cargo build --release -p auth-service
//   E2E_AUTH_BIN=target/release/auth-service node e2e/load/stranger-costs.mjs
//
// It starts its own auth-service on a free loopback port, with an empty SQLite file and the
// production settings. Every request has a connection of its own, and they are sent one after the
// other. Each registration comes from a network of its own, named by this machine as a trusted
// proxy, because one network is refused after twenty answers about accounts. Processor time is that
// of the whole process, in steps of the kernel's clock (10 ms): the number of requests is so large
// that such a step is a small part of what is measured.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const binary = process.env.E2E_AUTH_BIN;
if (!binary) throw new Error('E2E_AUTH_BIN names the auth-service program');
/** The number of requests of each kind that hashes no password. */
const many = Number(process.env.LOAD_REQUESTS ?? 400);
/** The number of requests of each kind that hashes one, which takes a quarter of a second. */
const few = Number(process.env.LOAD_HASHES ?? 40);
const password = 'violet harbour kites 7';

const folder = mkdtempSync(join(tmpdir(), 'sso-costs-'));
const database = join(folder, 'auth.db');
const logFile = join(folder, 'auth.log');
const port = await freePort();
const host = `auth.sso.localhost:${port}`;
const service = start();
try {
  await ready();
  const rows = [];
  for (const [name, make, times] of await requests()) rows.push(await price(name, make, times));
  print(rows);
} finally {
  service.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

/** All requests that need no login: a name, the text of the nth request, and the count. */
async function requests() {
  const taken = 'ada@example.org';
  const form = await openForm('/register');
  await ask(post('/register', registration(form, taken), form.cookie));
  for (let n = 0; n < 21; n += 1) await ask(post('/register', registration(form, taken), form.cookie, network(255)));
  const [login, register, logout] = [await openForm('/login'), await openForm('/register'), await openForm('/logout')];
  const get = (path, headers = '') => () => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\n${headers}Connection: close\r\n\r\n`;
  const logIn = (email) => post('/login', { email, password: 'wrong horse kites 7', csrf_token: login.token }, login.cookie);
  const json = (path, body) => request('POST', path, JSON.stringify(body), 'application/json');
  const forged = `v1.${Buffer.alloc(16, 1).toString('base64url')}.1.${Buffer.alloc(32, 2).toString('base64url')}`;
  return [
    ['GET /healthz', get('/healthz'), many],
    ['GET /readyz', get('/readyz'), many],
    ['GET /.well-known/jwks.json', get('/.well-known/jwks.json'), many],
    ['GET /static/style.css', get('/static/style.css'), many],
    ['GET /api/openapi.json', get('/api/openapi.json'), many],
    ['GET /', get('/'), many],
    ['GET /login', get('/login'), many],
    ['GET /login, a forged login cookie', get('/login', `Cookie: __Host-sso_refresh=${forged}\r\n`), many],
    ['GET /register', get('/register'), many],
    ['GET /logout', get('/logout'), many],
    ['GET /account/sessions', get('/account/sessions'), many],
    ['GET /auth/verify', get('/auth/verify'), many],
    ['GET /nothing-here', get('/nothing-here'), many],
    ['GET, 17 KB of cookies', get('/login', `Cookie: ${'a=1; '.repeat(3400)}b=2\r\n`), many],
    ['a method of 60 KB', () => `${'M'.repeat(60_000)} / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, many],
    ['not HTTP', () => '\x16\x03\x01 hello\r\n\r\n', many],
    ['POST /login, no form token', () => post('/login', { email: taken, password, csrf_token: '' }, login.cookie), many],
    ['POST /login, address too long', () => post('/login', { email: `${'a'.repeat(400)}@b.c`, password, csrf_token: login.token }, login.cookie), many],
    ['POST /login, wrong password', () => logIn(taken), few],
    ['POST /login, unknown address', (n) => logIn(`nobody-${n}@example.org`), few],
    ['POST /register, two passwords', () => post('/register', { ...registration(register, taken), confirm_password: 'another one 8' }, register.cookie), many],
    ['POST /register, taken address', (n) => post('/register', registration(register, taken), register.cookie, network(n)), few],
    ['POST /register, new account', (n) => post('/register', registration(register, `new-${n}@example.org`), register.cookie, network(n)), few],
    ['POST /register, a network with too many', (n) => post('/register', registration(register, taken), register.cookie, network(255)), many],
    ['POST /logout', () => post('/logout', { csrf_token: logout.token }, logout.cookie), many],
    ['POST /api/token/, wrong password', () => json('/api/token/', { email: taken, password: 'wrong horse kites 7' }), few],
    ['POST /api/token/refresh/, forged', () => json('/api/token/refresh/', { refresh: forged }), many],
    ['POST /api/token/verify/, forged', () => json('/api/token/verify/', { token: 'eyJ.eyJ.x' }), many],
    ['POST /api/session/renew, no cookie', () => request('POST', '/api/session/renew', '', 'application/json'), many],
  ];
}

function registration(form, email) {
  return { first_name: 'Ada', last_name: 'Lovelace', email, password, csrf_token: form.token };
}

/** The header by which a trusted proxy names the client's address, in the nth network. */
function network(n) {
  return `X-Forwarded-For: 198.18.${n}.7\r\n`;
}

function request(method, path, body, type, cookie, headers = '') {
  return `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\n${cookie ? `Cookie: ${cookie}\r\n` : ''}${headers}`
    + `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

function post(path, fields, cookie, headers) {
  return request('POST', path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded', cookie, headers);
}

/** The CSRF token of a form page, and its cookie. */
async function openForm(path) {
  const { text } = await ask(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const token = text.match(/<input[^>]*name="csrf_token"[^>]*>/)?.[0].match(/value="([^"]*)"/)?.[1];
  const cookie = text.match(/set-cookie: (__Host-sso_browser=[^;]*)/i)?.[1];
  if (!token || !cookie) throw new Error(`${path} is no form:\n${text.slice(0, 600)}`);
  return { token, cookie };
}

/** Sends one request on a connection of its own. Returns the whole response. */
function ask(text) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks = [];
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer for a minute')));
    socket.on('data', (chunk) => chunks.push(chunk));
    // The server may close before it has read all of an oversized request.
    socket.on('error', (error) => (chunks.length || ['ECONNRESET', 'EPIPE'].includes(error.code) ? finish() : reject(error)));
    socket.on('close', finish);
    // Not `end`: a client that closes its side is treated as gone and gets no response.
    socket.write(text);
    function finish() {
      const answer = Buffer.concat(chunks);
      resolve({ bytes: answer.length, text: answer.toString('latin1'), status: answer.toString('latin1', 9, 12) || 'none' });
    }
  });
}

async function price(name, make, times) {
  // Warms up, so that one-time work is not counted.
  await ask(make(times));
  const before = { cpu: processorMilliseconds(), log: size(logFile), data: databaseBytes() };
  const statuses = new Set();
  const waits = [];
  let [sent, answered] = [0, 0];
  for (let n = 0; n < times; n += 1) {
    const text = make(n);
    const began = performance.now();
    const { bytes, status } = await ask(text);
    waits.push(performance.now() - began);
    sent += Buffer.byteLength(text);
    answered += bytes;
    statuses.add(status);
  }
  // Log lines are written after the response.
  await pause(300);
  waits.sort((a, b) => a - b);
  return {
    name, times, statuses: [...statuses].join(' '), sent: sent / times, answered: answered / times, wait: waits[times >> 1],
    cpu: (processorMilliseconds() - before.cpu) / times, log: (size(logFile) - before.log) / times, data: (databaseBytes() - before.data) / times,
  };
}

function processorMilliseconds() {
  const words = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // Fields 14 and 15: user and system time, in hundredths of a second.
  return (Number(words[11]) + Number(words[12])) * 10;
}

function size(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The size of the database file, including everything committed. */
function databaseBytes() {
  const program = 'import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=30).execute("PRAGMA wal_checkpoint(TRUNCATE)")';
  execFileSync('python3', ['-c', program, database]);
  return size(database);
}

function start() {
  const secret = execFileSync(binary, ['generate-secret'], { encoding: 'utf8' }).trim();
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(binary, [], {
    stdio: ['ignore', log, log],
    env: {
      AUTH_URL: `http://${host}`, COOKIE_DOMAIN: 'sso.localhost', LISTEN: `127.0.0.1:${port}`, DATABASE_URL: `sqlite:${database}`,
      SECRET_KEY: secret, LOG_FORMAT: 'json', TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  closeSync(log);
  process.on('exit', () => child.kill('SIGKILL'));
  return child;
}

async function ready() {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await ask(`GET /readyz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`).catch(() => undefined);
    if (answer?.status === '200') return;
    await pause(200);
  }
  throw new Error(`it does not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

function print(rows) {
  console.log('| request | answer | bytes sent | answered | ms until answered (median) | processor ms | bytes of log | of database |');
  console.log('|---|---|--:|--:|--:|--:|--:|--:|');
  for (const row of rows) {
    const whole = (number) => Math.round(number).toLocaleString('en');
    const small = (number) => (number >= 10 ? whole(number) : number.toFixed(2));
    console.log(`| ${row.name} | ${row.statuses} | ${whole(row.sent)} | ${whole(row.answered)} | ${small(row.wait)} | ${small(row.cpu)} | ${whole(row.log)} | ${whole(row.data)} |`);
  }
}
