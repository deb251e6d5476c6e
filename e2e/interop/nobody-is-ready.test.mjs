// deploy/Caddyfile while no instance of auth-service is ready, as when the database is down (Q6).
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { Client } from '../support/http.mjs';
import { startFrontDoor } from './front-door.mjs';
import { temporaryFolder } from './own-auth.mjs';
import { notInstalled } from './proxies.mjs';
import { freePorts } from './service.mjs';

describe('while nobody says that they are ready', { skip: notInstalled('caddy') }, () => {
  const asked = [];
  let isReady = true;
  let server;
  let site;
  let keysSite;

  before(async () => {
    const [port, keys, auth, demo] = await freePorts(4);
    server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += chunk; });
      request.on('end', () => {
        const isProbe = request.url === '/readyz';
        if (!isProbe) asked.push({ method: request.method, url: request.url, headers: request.headers, body });
        const knowsIt = ['/healthz', '/.well-known/jwks.json'].includes(request.url);
        response.writeHead(isReady || knowsIt ? 200 : 503).end('its own words');
      });
    });
    await new Promise((resolve) => { server.listen(auth, '127.0.0.1', resolve); });
    site = `http://auth.sso.localhost:${port}`;
    keysSite = `http://caddy:${keys}`;
    await startFrontDoor('caddy', temporaryFolder(), { url: site, port, keys, auth: [`127.0.0.1:${auth}`], demo: `127.0.0.1:${demo}` });
    isReady = false;
    // A little longer than until Caddy's next check of /readyz.
    await new Promise((resolve) => { setTimeout(resolve, 2500); });
  });
  after(() => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }));

  it('the keys are published, at once, to browsers and to services', async () => {
    for (const at of [site, keysSite]) {
      const { status, body } = await new Client().request(`${at}/.well-known/jwks.json`, { headers: { cookie: 'a=1' } });
      assert.deepEqual([status, body, asked.at(-1).headers.cookie], [200, 'its own words', undefined], at);
    }
  });

  it('people get its own answer in the end, and their form has reached it once', async () => {
    const [page, form] = await Promise.all([new Client().request(`${site}/login`), new Client().request(`${site}/login`, { method: 'POST', form: { email: 'a@example.org' } })]);
    assert.deepEqual([page.status, page.body, form.status, form.body], [503, 'its own words', 503, 'its own words']);
    assert.deepEqual(asked.filter(({ method }) => method === 'POST').map(({ body }) => body), ['email=a%40example.org']);
  });

  it('the port for services gives nothing but the keys', async () => {
    const before = asked.length;
    for (const path of ['/', '/login', '/auth/verify', '/readyz', '/.well-known/jwks.json/', '/.well-known/', '/x/../login']) {
      for (const host of ['caddy', 'auth.sso.localhost', '127.0.0.1']) {
        const { status } = await new Client().request(keysSite + path, { headers: { host } });
        assert.equal(status, 404, `${host} ${path}`);
      }
    }
    assert.equal((await new Client().request(`${keysSite}/.well-known/jwks.json`, { method: 'POST', form: { a: 'b' } })).status, 404);
    assert.equal(asked.length, before);
  });
});
