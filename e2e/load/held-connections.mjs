// Load test of idle connections: the cost of 5,000 connections that a client holds for nothing, one
// kind after the other.
//
//   cargo build --release -p auth-service
//   E2E_AUTH_BIN=target/release/auth-service node e2e/load/held-connections.mjs
//
// It starts its own auth-service on a free loopback port, with an empty SQLite file and the
// production settings. For each kind it prints how many connections the service holds when all have
// been opened (by its descriptors), its memory then, the processor time that it takes in three idle
// seconds, whether ten others who open the login page by new connections get a response, and after
// how many seconds all connections are gone. LOAD_CONNECTIONS sets their number. LOAD_KINDS selects
// kinds by a word of their names. LOAD_DESCRIPTORS limits the service's descriptors. LOAD_WAIT is
// how many seconds it waits for the connections to end.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const binary = process.env.E2E_AUTH_BIN;
if (!binary) throw new Error('E2E_AUTH_BIN names the auth-service program');
const connections = Number(process.env.LOAD_CONNECTIONS ?? 5000);
const descriptors = process.env.LOAD_DESCRIPTORS;
const patience = Number(process.env.LOAD_WAIT ?? 40);
/** How many connections are opened at a time. More could overflow the kernel's queue. */
const atOnce = 100;
/** Clients that are served at the same time. */
const people = 10;

const host = 'auth.example.org';
const head = (method, path, fields = '') => `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;
const unread = head('POST', '/nothing', 'Transfer-Encoding: chunked\r\n');
/** What each connection sends at first, after a response, and each second; and whether it reads. */
const kinds = [
  ['idle', ''],
  ['half a head', 'GET /login HTTP/1.1\r\nHost: '],
  ['a second head that never ends', head('GET', '/healthz'), { then: 'GET /login HT' }],
  ['half a form', `${head('POST', '/login', 'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n')}email=`],
  ['an unread body after a 404', `${unread}5\r\nab`],
  ['3,000 requests sent ahead, no answer read', Buffer.from(head('GET', '/login').repeat(3000)), { reads: false }],
  ['one byte of a head each second', 'GET /login HTTP/1.1\r\nX-A: ', { drips: true }],
  ['one byte of an unread body each second', `${unread}fffff\r\n`, { drips: true }],
].filter(([name]) => !process.env.LOAD_KINDS || process.env.LOAD_KINDS.split(',').some((word) => name.includes(word)));

const rows = [];
for (const kind of kinds) rows.push(await measure(...kind));
console.log(`\n${connections} connections, ${descriptors ?? 'as many as the system gives'} descriptors\n`);
console.log('| kind | held | memory (MiB), before | processor, of one core | others answered, median | gone after |');
console.log('|---|---|---|---|---|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);

async function measure(name, text, { reads = true, drips = false, then } = {}) {
  const service = await start();
  const sockets = [];
  try {
    const [baseline, before] = [open(service), memory(service)];
    const began = performance.now();
    for (let n = 0; n < connections; n += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, connections - n) }, () => hold(service, text, { reads, then, sockets })));
    }
    const dripping = drips && setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 1000);
    const [held, most] = [open(service) - baseline, memory(service)];
    const used = processor(service);
    const since = performance.now();
    await pause(3000);
    const share = ((processor(service) - used) * 1000) / (performance.now() - since);
    const times = await Promise.all(Array.from({ length: people }, () => visit(service)));
    const answered = times.filter((time) => time !== undefined).sort((a, b) => a - b);
    let gone = `not within ${patience} s`;
    while (performance.now() - began < patience * 1000) {
      if (open(service) - baseline <= 2) {
        gone = `${Math.ceil((performance.now() - began) / 1000)} s`;
        break;
      }
      await pause(250);
    }
    clearInterval(dripping);
    const median = answered.length ? `, ${Math.round(answered[answered.length >> 1])} ms` : '';
    return [name, held, `${mib(most)}, ${mib(before)}`, `${Math.round(share * 100)} %`, `${answered.length} of ${people}${median}`, gone];
  } finally {
    for (const socket of sockets) socket.destroy();
    await service.end();
  }
}

/** Opens a connection and sends its bytes. A refused or closed connection is not an error here. */
function hold(service, text, { reads, then, sockets }) {
  return new Promise((resolve) => {
    const socket = connect(service.port, '127.0.0.1', () => {
      if (text) socket.write(text, () => {});
      resolve();
    });
    socket.on('error', resolve);
    if (then) socket.once('data', () => socket.write(then));
    if (reads) socket.resume();
    else socket.pause();
    sockets.push(socket);
    setTimeout(resolve, 2000).unref();
  });
}

/** The time until the login page arrives, in milliseconds. `undefined` if it takes more than five seconds. */
function visit(service) {
  return new Promise((resolve) => {
    const began = performance.now();
    let answer = '';
    const socket = connect(service.port, '127.0.0.1', () => socket.write(head('GET', '/login', 'Connection: close\r\n')));
    socket.setEncoding('utf8');
    socket.on('data', (text) => { answer += text; });
    const end = () => resolve(answer.startsWith('HTTP/1.1 200 ') && answer.includes('</html>') ? performance.now() - began : undefined);
    socket.on('close', end);
    socket.on('error', end);
    setTimeout(() => { socket.destroy(); }, 5000).unref();
  });
}

async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'sso-held-'));
  const port = await freePort();
  const env = {
    PATH: process.env.PATH, AUTH_URL: `https://${host}`, COOKIE_DOMAIN: 'example.org', LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: `sqlite:${join(folder, 'auth.db')}`, SECRET_KEY: 'pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho', SHUTDOWN_DELAY: '0s', RUST_LOG: 'off',
  };
  const limit = descriptors ? `ulimit -n ${descriptors}` : 'ulimit -Sn $(ulimit -Hn)';
  const child = spawn('sh', ['-c', `${limit}; exec "$0"`, binary], { env, stdio: 'ignore' });
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  const service = {
    port, pid: child.pid,
    async end() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (let tries = 0; (await visit(service)) === undefined; tries += 1) {
    if (tries > 100) throw new Error(`${binary} does not answer`);
    await pause(100);
  }
  await pause(500);
  return service;
}

function open({ pid }) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Resident memory, in bytes. */
function memory({ pid }) {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m)[1]) * 1024;
}

function mib(bytes) {
  return Math.round(bytes / 1024 / 1024);
}

/** Processor time of all threads, in seconds. */
function processor({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
