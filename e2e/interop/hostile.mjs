// Hostile requests, which try to make a proxy believe that the server behind it has failed. Each
// opens a connection of its own and ignores the response.
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const lines = (...head) => `${head.join('\r\n')}\r\n\r\n`;
const large = 'x'.repeat(1024 * 1024);
const chunked = 'Transfer-Encoding: chunked';
const form = 'Content-Type: application/x-www-form-urlencoded';

/**
 * Each gets the site's `host`, and returns the bytes to send, the bytes that follow after a moment,
 * and how the connection ends.
 */
export const hostileRequests = {
  'a broken chunk size': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked)}ZZ\r\n` }),
  'a broken chunk size in a GET': (host) => ({ sent: `${lines('GET /login HTTP/1.1', `Host: ${host}`, chunked)}ZZ\r\n` }),
  'a broken chunk size after a good chunk': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked)}5\r\nemail\r\n`, then: '-1\r\n' }),
  'a chunk without its end': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked)}5\r\nemail=too long` }),
  'a chunk size without end': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked)}${'f'.repeat(5000)}\r\n` }),
  'half a chunk': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked)}ff\r\nemail`, end: 'hangs up' }),
  'half a body': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Content-Length: 1000')}email`, end: 'hangs up' }),
  'half a body of a GET': (host) => ({ sent: `${lines('GET /login HTTP/1.1', `Host: ${host}`, 'Content-Length: 1000')}half`, end: 'hangs up' }),
  'half a body, and a reset': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Content-Length: 1000')}email`, end: 'resets' }),
  'an upload that is aborted': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Content-Length: 50000000')}${large}`, end: 'resets' }),
  'a body that nobody takes': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, `Content-Length: ${4 * large.length}`)}${large.repeat(4)}` }),
  'a body on a path that is not there': (host) => ({ sent: `${lines('POST /nowhere HTTP/1.1', `Host: ${host}`, chunked)}100000\r\n${large}\r\n`, end: 'resets' }),
  'two framings': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked, 'Content-Length: 5')}0\r\n\r\n` }),
  'two lengths': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Content-Length: 5', 'Content-Length: 6')}email=` }),
  'an encoding that is not known': (host) => ({ sent: lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Transfer-Encoding: gzip, chunked') }),
  'a trailer that is none': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, chunked, 'Trailer: Host')}0\r\nno trailer\r\n\r\n` }),
  'a promise to go on': (host) => ({ sent: lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Expect: 100-continue', 'Content-Length: 10'), end: 'hangs up' }),
  'a page that nobody waits for': (host) => ({ sent: lines('GET /login HTTP/1.1', `Host: ${host}`), end: 'resets at once' }),
  'a login that nobody waits for': (host) => ({ sent: `${lines('POST /login HTTP/1.1', `Host: ${host}`, form, 'Content-Length: 7')}email=a`, end: 'resets at once' }),
  'a WebSocket': (host) => ({ sent: lines('GET /login HTTP/1.1', `Host: ${host}`, 'Connection: Upgrade', 'Upgrade: websocket') }),
  'a TRACE': (host) => ({ sent: lines('TRACE /login HTTP/1.1', `Host: ${host}`) }),
  'a CONNECT': (host) => ({ sent: lines(`CONNECT ${host} HTTP/1.1`, `Host: ${host}`) }),
  'a head of 64 KB': (host) => ({ sent: lines('GET /login HTTP/1.1', `Host: ${host}`, `X-Large: ${large.slice(0, 65_000)}`) }),
  'a head of 500 KB': (host) => ({ sent: lines('GET /login HTTP/1.1', `Host: ${host}`, `X-Large: ${large.slice(0, 500_000)}`) }),
  'cookies of 500 KB': (host) => ({ sent: lines('GET /login HTTP/1.1', `Host: ${host}`, `Cookie: a=${large.slice(0, 500_000)}`) }),
  'an address of 60 KB': (host) => ({ sent: lines(`GET /login?next=${large.slice(0, 60_000)} HTTP/1.1`, `Host: ${host}`) }),
  'no HTTP': () => ({ sent: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n' }),
};

/** Sends one, and waits until the connection has ended, for at most `patience` ms. */
export async function sendsHostile(url, request, patience = 1500) {
  const { host, port } = new URL(url);
  const { sent, then, end } = request(host);
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: end !== 'hangs up' });
  // A proxy may close the connection early.
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise((resolve) => { socket.on('close', resolve); });
  socket.write(sent, 'latin1');
  if (end !== 'resets at once') await Promise.race([pause(50), closed]);
  if (then) socket.write(then);
  if (end === 'hangs up') socket.end();
  else if (end) socket.resetAndDestroy();
  await Promise.race([pause(patience), closed]);
  socket.destroy();
}

/**
 * Sends them one after the other, in `lanes` parallel lanes with `interval` ms between two of a
 * lane, until `ends()` is called. That returns how many were sent.
 */
export function attack(url, requests, { lanes = 1, interval = 0 } = {}) {
  let isOver = false;
  let sent = 0;
  const work = Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    for (let n = lane; !isOver; n += 1) {
      const all = sendsHostile(url, requests[n % requests.length]);
      sent += 1;
      // With an interval, the pace is fixed and does not depend on the previous request.
      await (interval ? pause(interval) : all);
    }
  }));
  return { ends: async () => { isOver = true; await work; return sent; } };
}
