// Echo server: an upstream that cannot be changed. It returns each request, and records it.
import { createHash } from 'node:crypto';
import http from 'node:http';

/** `at` is a loopback port, or the path of a socket. */
export async function startEcho(at) {
  const seen = [];
  const server = http.createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    const digest = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk) => { digest.update(chunk); bytes += chunk.length; });
    request.on('end', () => {
      const { method, url, headers, rawHeaders } = request;
      // rawHeaders keeps repeated headers, and the names as they were sent.
      const asked = { method, url, headers, names: rawHeaders.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase()), bytes, sha256: digest.digest('hex') };
      seen.push(asked);
      response.writeHead(200, { 'content-type': 'application/json' }).end(method === 'HEAD' ? undefined : JSON.stringify(asked));
    });
    request.on('error', () => {});
  });
  // Only the part of a WebSocket that a proxy examines.
  server.on('upgrade', (request, socket) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  await new Promise((resolve) => { server.listen(typeof at === 'string' ? { path: at } : { port: at, host: '127.0.0.1' }, resolve); });
  return { seen, close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** Requests a WebSocket and returns the status, which is 101 on success. */
export function opensWebSocket(url, headers) {
  const { host, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = http.get({ agent: false, host: '127.0.0.1', port, path: pathname, headers: { host, connection: 'Upgrade', upgrade: 'websocket', ...headers } });
    request.on('response', (response) => { response.resume(); resolve(response.statusCode); });
    request.on('upgrade', (response, socket) => { socket.destroy(); resolve(response.statusCode); });
    request.on('error', reject);
  });
}
