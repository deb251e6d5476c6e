// Web application in front of a demo-service: a few pages, scripts and WebSockets. The demo-service
// answers everything else, and every request is recorded.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePorts, startService } from '../interop/service.mjs';
import { auth, cookieDomain, demoBinary } from './env.mjs';

// Registered here, at the top of the test file's run: inside a `before` they would end with that hook.
const servers = [];
const folders = [];
after(() => {
  servers.forEach((server) => { server.closeAllConnections(); server.close(); });
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

/** Reason to skip tests that need such a front, or false. */
export const needsFront = demoBinary ? false : 'needs E2E_DEMO_BIN to run a service of its own';

/**
 * `files` maps paths to `[type, text]`. `env` has more settings of the service. Forms with files
 * that get past the login are stored here, because the demo takes none: it answers `415`. Returns
 * `{ url, seen, stored }`.
 */
export async function startFront(name, { files = {}, env = {} } = {}) {
  const [port, inside] = await freePorts(2);
  const url = `http://${name}.${cookieDomain}:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'sso-front-'));
  folders.push(folder);
  await startService(demoBinary, {
    url: `http://127.0.0.1:${inside}`, cwd: folder,
    env: {
      PATH: process.env.PATH, AUTH_URL: auth, COOKIE_DOMAIN: cookieDomain, SERVICE_URL: url, LISTEN: `127.0.0.1:${inside}`,
      AUTH_JWKS: `http://127.0.0.1:${new URL(auth).port}/.well-known/jwks.json`, NOTES_DATABASE: `sqlite:${join(folder, 'notes.db')}`, ...env,
    },
  });
  const [seen, stored] = [[], []];
  const asks = ({ method, url: path, headers }) => http.request({ agent: false, host: '127.0.0.1', port: inside, method, path, headers });
  const server = http.createServer((request, response) => {
    if (files[request.url]) {
      const [type, text] = files[request.url];
      return void response.writeHead(200, { 'content-type': type }).end(text);
    }
    const question = asks(request);
    const body = [];
    if (/^multipart/.test(request.headers['content-type'])) request.on('data', (chunk) => body.push(chunk));
    question.on('response', (answer) => {
      seen.push({ method: request.method, path: request.url, headers: request.headers, status: answer.statusCode });
      if (answer.statusCode === 415) {
        answer.resume();
        const store = () => {
          stored.push(Buffer.concat(body).toString());
          response.writeHead(200, { 'content-type': 'text/html' }).end('<p>stored</p>');
        };
        // The demo need not have read the form to its end.
        question.removeAllListeners('error').on('error', () => {});
        request.unpipe(question);
        return void (request.readableEnded ? store() : request.on('end', store).resume());
      }
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    question.on('error', () => response.destroy());
    request.pipe(question);
  });
  // Like a service with a WebSocket at every path, behind the same guard. It sends the page's text.
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    const question = asks(request);
    question.on('response', async (answer) => {
      seen.push({ method: request.method, path: request.url, headers: request.headers, status: answer.statusCode });
      let text = '';
      for await (const chunk of answer) text += chunk;
      if (answer.statusCode !== 200) return socket.end(`HTTP/1.1 ${answer.statusCode} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(request)}\r\n\r\n`);
      socket.write(frame(text));
    });
    question.end();
  });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  servers.push(server);
  return { url, seen, stored };
}

/** The handshake's answer (RFC 6455, section 4.2.2). */
function acceptOf(request) {
  return createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** A frame with a text of less than 64 KB (section 5.2). */
function frame(text) {
  const bytes = Buffer.from(text);
  const head = Buffer.from([0x81, 126, bytes.length >> 8, bytes.length & 255]);
  return Buffer.concat([head, bytes]);
}
