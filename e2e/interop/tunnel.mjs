// h2c smuggling: a service that accepts `Upgrade: h2c` (RFC 7540, section 3.2), as some servers do
// by default, and a client that tries to reach it past a proxy. No proxy reads what is sent in an
// upgraded connection.
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

/** Answers 200 to every request and records it in `seen`, with `inTunnel` true for those over HTTP/2. */
export async function startTunnelService(port) {
  const seen = [];
  const remember = (inTunnel) => (request, response) => {
    request.resume().on('end', () => {
      const { method, url, headers, rawTrailers } = request;
      seen.push({ inTunnel, method, url, headers, trailers: rawTrailers });
      response.writeHead(200).end(method === 'HEAD' ? undefined : 'the service');
    });
  };
  const inside = http2.createServer(remember(true));
  inside.on('sessionError', () => {});
  const server = http.createServer({ maxHeaderSize: 1024 * 1024, joinDuplicateHeaders: true }, remember(false));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    const protocol = request.headers.upgrade.toLowerCase().split(/[ ,]+/).find((one) => one === 'h2c') ?? request.headers.upgrade;
    seen.push({ inTunnel: false, method: request.method, url: request.url, headers: request.headers, trailers: [] });
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    if (protocol !== 'h2c') return void socket.end();
    socket.unshift(head);
    inside.emit('connection', socket);
  });
  // The server does not count upgraded connections among its own.
  const sockets = new Set();
  server.on('connection', (socket) => { sockets.add(socket.on('close', () => sockets.delete(socket))); });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return { seen, close: () => new Promise((resolve) => { server.close(resolve); sockets.forEach((socket) => socket.destroy()); }) };
}

/**
 * Sends a head unchanged to the host and port of `url`. Returns the status, the response's head,
 * and the connection.
 */
export function sendsRaw(url, lines, body = '') {
  const socket = net.connect({ host: '127.0.0.1', port: new URL(url).port });
  return new Promise((resolve, reject) => {
    let answer = '';
    const reads = (chunk) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', reads);
      socket.pause();
      resolve({ status: Number(answer.split(' ')[1]), head: answer.slice(0, end), socket });
    };
    socket.on('data', reads);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`no answer to ${lines[0]}: ${answer}`)));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  });
}

/**
 * Requests an upgrade of `path` with `lines`. If it is granted, sends a request through it that no
 * proxy would let pass.
 */
export async function digs(url, path, lines, version = '1.1') {
  const { status, socket } = await sendsRaw(url, [`GET ${path} HTTP/${version}`, `Host: ${new URL(url).host}`, ...lines]);
  if (status !== 101) return void socket.destroy();
  const session = http2.connect('http://service', { createConnection: () => socket });
  await new Promise((resolve) => {
    session.on('error', resolve);
    const request = session.request({ ':method': 'DELETE', ':path': '/users/7', 'x-auth-user': 'the boss' });
    request.on('error', resolve).on('close', resolve).resume().end();
  });
  session.destroy();
  socket.destroy();
}
