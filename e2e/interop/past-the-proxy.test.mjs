// Forward auth bypasses, behind nginx and Caddy as examples/ and deploy/ configure them (Q9, Q10).
// The test plays auth-service.
import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { startFrontDoor } from './front-door.mjs';
import { temporaryFolder } from './own-auth.mjs';
import { names, notInstalled, startProxy } from './proxies.mjs';
import { freePorts } from './service.mjs';
import { digs, sendsRaw, startTunnelService } from './tunnel.mjs';

const login = 'Cookie: __Secure-sso_access=good';
const settings = 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA';
const boss = ['X-Auth-User: the boss', 'X-Auth-Roles: admin'];

/** Upgrades to another protocol than WebSocket, or to several. */
const upgrades = {
  'as the standard has it': ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', settings],
  'without a word on the settings': ['Connection: Upgrade', 'Upgrade: h2c', settings],
  'in capitals': ['Connection: UPGRADE, HTTP2-SETTINGS', 'Upgrade: H2C', settings],
  'before a WebSocket': ['Connection: Upgrade', 'Upgrade: h2c, websocket', settings],
  'after a WebSocket': ['Connection: Upgrade', 'Upgrade: websocket, h2c', settings],
  'after a WebSocket, without a comma': ['Connection: Upgrade', 'Upgrade: websocket h2c', settings],
  'in a header before that of a WebSocket': ['Connection: Upgrade', 'Upgrade: h2c', 'Upgrade: websocket', settings],
  'in a header after that of a WebSocket': ['Connection: Upgrade', 'Upgrade: websocket', 'Upgrade: h2c', settings],
  'in a header after an empty one': ['Connection: Upgrade', 'Upgrade: ', 'Upgrade: h2c', settings],
  'in a Connection of two lines': ['Connection: keep-alive', 'Connection: Upgrade', 'Upgrade: h2c', settings],
  'of any other name': ['Connection: Upgrade', 'Upgrade: spdy/3', settings],
};
/** Senders with these headers are programs: the first sends no fetch metadata, the others a false value. */
const senders = { 'anybody': [], 'a program that says it is a page': ['Sec-Fetch-Site: same-origin'], 'one that says it is the address bar': ['Sec-Fetch-Site: none'] };

/** Paths that are not the open one, but that some programs would read as it. */
const almostOpen = [
  '/admin/../healthz', '/admin/..%2fhealthz', '/admin%2f..%2fhealthz', '/admin/..%2Fhealthz?do=delete', '/admin/%2e%2e/healthz', '/admin/.%2e/healthz', '/admin/%2e%2e%2fhealthz', '/admin/x/../../healthz',
  '/admin/..%252fhealthz', '/admin/%252e%252e/healthz', '/admin/..;/healthz', '/admin/..;x=1/healthz', '/admin;/../healthz', '/admin/..\\healthz', '/admin/..%5chealthz', '/admin.php/..%2fhealthz',
  '//healthz', '///healthz', '//evil.example/../healthz', '/./healthz', '/%2e/healthz', '/%2fhealthz', '/HEALTHZ', '/Healthz', '/%68ealthz', '/healthz/', '/healthz%2f', '/healthz/.', '/healthz/..', '/healthz/../admin', '/healthz/..%2fadmin',
  '/healthz/%2e%2e/admin', '/healthz;x', '/healthz;/../admin', '/healthz%3b/../admin', '/healthz%00', '/healthz%00/admin', '/healthz%20', '/healthz%09', '/healthz%0a', '/healthz.', '/healthz.json', '/healthz%3f/../admin', '/healthz%23/../admin', '/healthz&x',
];

/** A stand-in for auth-service that answers only a proxy's request for authentication. */
async function startJudge(port) {
  const server = http.createServer((request, response) => {
    request.resume();
    if (/__Secure-sso_access=good/.test(request.headers.cookie)) return void response.writeHead(200, { 'x-auth-user': 'ada', 'x-auth-roles': 'reader' }).end();
    response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{}');
  });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
}

/** Sends one request over HTTP/2. Returns its status, or 0 if the connection was closed. */
function asksInHttp2(session, headers, trailers) {
  return new Promise((resolve) => {
    let status = 0;
    const request = session.request(headers, { endStream: false, waitForTrailers: Boolean(trailers) });
    request.on('response', (answer) => { status = answer[':status']; });
    request.on('wantTrailers', () => request.sendTrailers(trailers));
    request.on('error', () => {}).on('close', () => resolve(status)).resume().end();
  });
}

for (const name of names) {
  describe(`past ${name}`, { skip: notInstalled(name) }, () => {
    let service;
    let closeJudge;
    let url;
    let http2Url;
    const host = () => new URL(url).host;
    const asks = async (target, more = [], { method = 'GET', version = '1.1', body } = {}) => {
      const answer = await sendsRaw(url, [`${method} ${target} HTTP/${version}`, `Host: ${host()}`, 'Connection: close', ...more], body);
      answer.socket.destroy();
      return answer;
    };
    const reachedMeanwhile = async (does) => {
      const before = service.seen.length;
      await does();
      return service.seen.slice(before);
    };
    /** Either nothing reached the service, or only requests for the open path without an identity. */
    const assertNothingButTheOpenPath = (seen, what) => {
      for (const { method, url: path, headers, trailers } of seen) {
        assert.ok(['GET', 'HEAD'].includes(method), `${what}: ${method}`);
        assert.equal(path.split('?')[0], '/healthz', what);
        assert.doesNotMatch(JSON.stringify([headers, trailers]), /boss|admin/, what);
      }
    };

    before(async () => {
      const [port, http2Port, wiki, auth] = await freePorts(4);
      service = await startTunnelService(wiki);
      closeJudge = await startJudge(auth);
      url = await startProxy(name, temporaryFolder(), { port, http2Port, auth: `127.0.0.1:${auth}`, wiki: `127.0.0.1:${wiki}` });
      http2Url = name === 'nginx' ? `http://127.0.0.1:${http2Port}` : `http://127.0.0.1:${port}`;
    });
    after(async () => { await service.close(); await closeJudge(); });

    it('the service itself takes the upgrade from whoever reaches it', async () => {
      const [port] = await freePorts(1);
      const bare = await startTunnelService(port);
      await digs(`http://127.0.0.1:${port}`, '/healthz', upgrades['as the standard has it']);
      await bare.close();
      const { inTunnel, method, url: path, headers } = bare.seen.at(-1);
      assert.deepEqual([inTunnel, method, path, headers['x-auth-user']], [true, 'DELETE', '/users/7', 'the boss']);
    });

    for (const [how, lines] of Object.entries(upgrades)) {
      it(`no upgrade makes a tunnel: h2c ${how}`, async () => {
        for (const [who, more] of Object.entries(senders)) {
          for (const [path, cookie] of [['/healthz', []], ['/users/me', []], ['/users/me', [login]]]) {
            for (const version of ['1.1', '1.0']) {
              const seen = await reachedMeanwhile(() => digs(url, path, [...lines, ...more, ...cookie], version));
              const what = `${who}, ${path}, HTTP/${version}`;
              assert.deepEqual(seen.filter(({ inTunnel }) => inTunnel), [], what);
              for (const { headers } of seen) {
                assert.match(headers.upgrade ?? '', /^(websocket)?$/, what);
                assert.equal(headers['http2-settings'], undefined, what);
              }
            }
          }
        }
      });
    }

    it('nor does HTTP/2 from the first byte, nor a CONNECT', async () => {
      const seen = await reachedMeanwhile(async () => {
        for (const target of ['service:9000', host(), '/users/7', '/healthz']) await asks(target, boss, { method: 'CONNECT' });
        if (name === 'nginx') await sendsRaw(url, ['PRI * HTTP/2.0', '', 'SM']).then(({ socket }) => socket.destroy(), () => {});
      });
      assertNothingButTheOpenPath(seen, 'no login');
    });

    it('a WebSocket needs the login everywhere, where the open path is too', async () => {
      const seen = await reachedMeanwhile(() => digs(url, '/healthz', ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-Fetch-Site: same-origin']));
      for (const { headers } of seen) assert.equal(headers.upgrade, undefined);
    });

    for (const [who, more] of [['nobody', []], ['somebody who lies', boss]]) {
      it(`an open path answers as that path and nothing else, to ${who}`, async () => {
        assert.equal((await asks('/healthz?a=b', more)).status, 200);
        assert.equal(service.seen.at(-1).url, '/healthz?a=b');
        for (const path of almostOpen) {
          for (const target of [path, `http://${host()}${path}`]) {
            assertNothingButTheOpenPath(await reachedMeanwhile(() => asks(target, more)), target);
          }
        }
      });
    }

    it('nor does it answer to any other method, nor over HTTP/1.0 to another path', async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        for (const path of ['/healthz', '/HEALTHZ', '/admin/..%2fhealthz', '//healthz']) {
          const seen = await reachedMeanwhile(() => asks(path, ['Content-Length: 0', 'Sec-Fetch-Site: same-origin'], { method }));
          assert.deepEqual(seen, [], `${method} ${path}`);
        }
      }
      for (const path of almostOpen) assertNothingButTheOpenPath(await reachedMeanwhile(() => asks(path, boss, { version: '1.0' })), path);
    });

    it('with the login, a path arrives as it was sent', async () => {
      for (const path of ['/a%26x%23frag', '/a%2Fb/caf%C3%A9?x=%26', '/a;b=1/c', '//a', '/healthz/x', '/a%252fb']) {
        const [asked] = await reachedMeanwhile(() => asks(path, [login]));
        assert.deepEqual([asked?.url, asked?.headers['x-auth-user']], [path, 'ada']);
      }
    });

    it('no header that names headers takes the name away, or brings one', async () => {
      for (const named of ['X-Auth-User', 'close, X-Auth-User, X-Auth-Roles', 'x-auth-user, Cookie, Host', 'Upgrade, X-Auth-User']) {
        for (const version of ['1.1', '1.0']) {
          const [asked] = await reachedMeanwhile(async () => {
            const { socket } = await sendsRaw(url, [`GET /page HTTP/${version}`, `Host: ${host()}`, `Connection: ${named}`, `Keep-Alive: X-Auth-User`, `Proxy-Connection: X-Auth-User`, login, ...boss]);
            socket.destroy();
          });
          assert.deepEqual([asked.headers['x-auth-user'], asked.headers['x-auth-roles']], ['ada', 'reader'], `${named}, HTTP/${version}`);
        }
      }
    });

    it('no trailer brings a name', async () => {
      const body = '3\r\na=b\r\n0\r\nX-Auth-User: the boss\r\nX_Auth_User: the boss\r\n\r\n';
      for (const announced of [[], ['Trailer: X-Auth-User'], ['TE: trailers', 'Trailer: X-Auth-User, X_Auth_User']]) {
        const chunked = ['Transfer-Encoding: chunked', 'Sec-Fetch-Site: same-origin', ...announced];
        const seen = await reachedMeanwhile(async () => {
          await asks('/form', [...chunked, login], { method: 'POST', body });
          await asks('/healthz', chunked, { body });
        });
        assert.equal(seen[0]?.headers['x-auth-user'], 'ada');
        for (const { headers, trailers } of seen) assert.doesNotMatch(JSON.stringify([headers, trailers]), /boss/);
      }
    });

    it('over HTTP/2 it is the same', async () => {
      const session = http2.connect(http2Url);
      session.on('error', () => {});
      const head = { ':authority': host(), 'x-auth-user': 'the boss', x_auth_user: 'the boss', 'x-auth_roles': 'admin' };
      for (const path of almostOpen) {
        assertNothingButTheOpenPath(await reachedMeanwhile(() => asksInHttp2(session, { ...head, ':path': path })), path);
      }
      for (const method of ['POST', 'DELETE']) {
        const seen = await reachedMeanwhile(() => asksInHttp2(session, { ...head, ':method': method, ':path': '/healthz', 'sec-fetch-site': 'same-origin' }));
        assert.deepEqual(seen, [], method);
      }
      const form = { ...head, ':method': 'POST', ':path': '/form', cookie: '__Secure-sso_access=good', 'sec-fetch-site': 'same-origin' };
      const [asked] = await reachedMeanwhile(() => asksInHttp2(session, form));
      assert.equal(asked?.headers['x-auth-user'], 'ada');
      // Some versions of nginx refuse a trailer.
      const trailer = await reachedMeanwhile(() => asksInHttp2(session, { ...form, trailer: 'x-auth-user' }, { 'x-auth-user': 'the boss', x_auth_user: 'the boss' }));
      assert.doesNotMatch(JSON.stringify([asked, trailer]), /boss|admin/);
      session.destroy();
    });

    it('who carries too many cookies is sent away from the page that they asked for, and comes back to it or to the front page', async () => {
      const cookies = `Cookie: a=${'x'.repeat(17_000)}`;
      for (const [path, back] of [
        ['/', '/'], ['/page', '/page'], ['/caf%C3%A9/a%20b', '/caf%C3%A9/a%20b'], ['/page?a=b#c', '/page'],
        // Inside another URL's query these would have another meaning.
        ['/a%26x%23frag', '/'], ['/a&next=http://evil.example', '/'], ['/a%2Fb', '/'], ['/a+b', '/'], ['/100%25', '/'], ['/a%3Fb%3Dc', '/'], ['/a%0d%0aSet-Cookie:x', '/'], ['//evil.example/x', '//evil.example/x'],
      ]) {
        const { head, status } = await asks(path, [cookies]);
        assert.equal(status, 303, path);
        const to = new URL(head.match(/^location: (.*)$/im)[1]);
        const asked = path.split(/[?#]/)[0];
        assert.deepEqual([to.hostname, to.pathname, to.hash], ['auth.sso.localhost', `${asked}/cookies`, ''], path);
        assert.deepEqual(to.searchParams.getAll('next').map((next) => new URL(next).href), [url + back], path);
        assert.equal([...to.searchParams].length, 1, path);
      }
    });
  });

  describe(`${name} in front of auth-service`, { skip: notInstalled(name) }, () => {
    let service;
    let url;
    let keysUrl;
    let demoUrl;
    before(async () => {
      const [port, keys, wiki] = await freePorts(3);
      service = await startTunnelService(wiki);
      url = `http://auth.sso.localhost:${port}`;
      demoUrl = `http://demo.sso.localhost:${port}`;
      keysUrl = `http://127.0.0.1:${keys}`;
      await startFrontDoor(name, temporaryFolder(), { url, port, keys, auth: [`127.0.0.1:${wiki}`], demo: `127.0.0.1:${wiki}` });
    });
    after(() => service.close());

    it('no upgrade makes a tunnel, to auth-service or to a service', async () => {
      for (const [how, lines] of Object.entries(upgrades)) {
        for (const site of name === 'caddy' ? [url, demoUrl] : [url]) {
          const before = service.seen.length;
          await digs(site, '/page', [...lines, 'Sec-Fetch-Site: none', 'X-Forwarded-For: 192.0.2.1']);
          for (const { inTunnel, url: path, headers } of service.seen.slice(before)) {
            assert.ok(!inTunnel, how);
            if (path === '/page') assert.match(headers.upgrade ?? '', site === url ? /^$/ : /^(websocket)?$/, how);
            assert.equal(headers['http2-settings'], undefined, how);
          }
        }
      }
    });

    it('inside, the keys are given and nothing else', { skip: name === 'caddy' ? false : 'it gives them as it gives all' }, async () => {
      for (const path of ['/.well-known/jwks.json', '/.WELL-KNOWN/jwks.json', '/.well-known/%6awks.json', '/.well-known/jwks.json/x/..', '/login/..%2f.well-known%2fjwks.json', '/login/../.well-known/jwks.json', '//.well-known/jwks.json', '/.well-known/jwks.json?a=b']) {
        const before = service.seen.length;
        const { socket } = await sendsRaw(keysUrl, [`GET ${path} HTTP/1.1`, 'Host: caddy', ...upgrades['as the standard has it']]);
        socket.destroy();
        for (const asked of service.seen.slice(before).filter((one) => one.url !== '/readyz')) {
          assert.deepEqual([asked.url.split('?')[0], asked.headers.upgrade, asked.inTunnel], ['/.well-known/jwks.json', undefined, false], path);
        }
      }
    });

    it('a service’s page is left as it was asked for, for the page that clears cookies', { skip: name === 'caddy' ? false : 'the other test has it' }, async () => {
      const { head, status, socket } = await sendsRaw(demoUrl, ['GET /a%26x%23frag HTTP/1.1', `Host: ${new URL(demoUrl).host}`, `Cookie: a=${'x'.repeat(110_000)}`]);
      socket.destroy();
      const to = new URL(head.match(/^location: (.*)$/im)[1]);
      assert.deepEqual([status, to.pathname, to.hash, [...to.searchParams.keys()]], [303, '/a%26x%23frag/cookies', '', ['next']]);
      assert.equal(new URL(to.searchParams.get('next')).href, `${demoUrl}/`);
    });
  });
}
