// Rules of examples/traefik: which router a request matches, and what its middlewares leave of it.
// Traefik itself is not run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';
import { examples } from './examples.mjs';

const { routers, middlewares } = parse(readFileSync(join(examples, 'traefik/shared-login.yml'), 'utf8')).http;

/** Evaluates a rule, which is also a JavaScript expression. `headers` are pairs, as they were sent. */
function matches(rule, { method, path, headers }) {
  const values = (name) => headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  const words = {
    Host: (host) => host === 'wiki.example.org',
    Method: (name) => name === method,
    // Traefik compares the decoded path.
    Path: (whole) => decodeURIComponent(path) === whole,
    Header: (name, value) => values(name).includes(value),
    HeaderRegexp: (name, pattern) => values(name).some((value) => new RegExp(pattern.replace('(?i)', ''), pattern.startsWith('(?i)') ? 'i' : '').test(value)),
  };
  return new Function(...Object.keys(words), `return ${rule}`)(...Object.values(words));
}

/**
 * The request that the service would receive: the path, whether a login is needed, and the upgrade
 * headers. `undefined` if no router matches.
 */
function passes(request) {
  const asked = { method: 'GET', path: '/', headers: [], ...request };
  const [router] = Object.values(routers).filter(({ rule }) => matches(rule, asked)).sort((one, other) => other.priority - one.priority);
  if (!router) return undefined;
  let { path, headers } = asked;
  let needsLogin = false;
  for (const name of router.middlewares) {
    const { headers: changes, replacePath, forwardAuth } = middlewares[name];
    for (const [header, value] of Object.entries(changes?.customRequestHeaders ?? {})) {
      headers = headers.filter(([one]) => one.toLowerCase() !== header.toLowerCase());
      if (value) headers.push([header, value]);
    }
    path = replacePath?.path ?? path;
    needsLogin ||= Boolean(forwardAuth);
  }
  return { path, needsLogin, upgrades: headers.filter(([name]) => /^(upgrade|http2-settings)$/i.test(name)) };
}

const h2c = ['Upgrade', 'h2c'];
const websocket = ['Upgrade', 'websocket'];
const settings = ['HTTP2-Settings', 'AAMAAABkAAQAoAAAAAIAAAAA'];

// Q9
it('an upgrade passes for a WebSocket of the site’s own page, with the login, and for nothing else', () => {
  for (const upgrade of [[h2c], [h2c, websocket], [websocket, h2c], [['upgrade', 'H2C']], [['Upgrade', 'h2c, websocket']], [['Upgrade', 'websocket, h2c']], [['Upgrade', ''], h2c], [['Upgrade', 'spdy/3']]]) {
    for (const site of [undefined, 'same-origin', 'none', 'same-site', 'cross-site']) {
      for (const path of ['/healthz', '/users/me']) {
        for (const method of ['GET', 'POST']) {
          const reached = passes({ method, path, headers: [...upgrade, settings, ...(site ? [['Sec-Fetch-Site', site]] : [])] });
          if (!reached) continue;
          assert.ok(reached.upgrades.every(([, value]) => value === 'websocket') && reached.upgrades.length <= 1, JSON.stringify([upgrade, site, path, reached]));
          assert.ok(reached.needsLogin || !reached.upgrades.length);
        }
      }
    }
  }
  assert.deepEqual(passes({ path: '/socket', headers: [['upgrade', 'WebSocket'], ['Sec-Fetch-Site', 'same-origin']] }), { path: '/socket', needsLogin: true, upgrades: [['Upgrade', 'websocket']] });
  assert.equal(passes({ headers: [websocket, ['Origin', 'https://wiki.example.org']] }).upgrades.length, 1);
  for (const from of [['X-None', ''], ['Sec-Fetch-Site', 'same-site'], ['Sec-Fetch-Site', 'cross-site'], ['Origin', 'https://evil.example.org']]) assert.equal(passes({ headers: [websocket, from] }), undefined, from.join());
  assert.deepEqual(passes({ path: '/healthz', headers: [websocket, ['Sec-Fetch-Site', 'same-origin']] }), { path: '/healthz', needsLogin: false, upgrades: [] });
});

// Q10
it('an open path answers as that path and nothing else, and to those who read', () => {
  for (const path of ['/healthz', '/%68ealthz', '/%2fhealthz', '/healthz%2f', '/HEALTHZ', '//healthz', '/users/../healthz', '/users/..%2fhealthz', '/healthz;x', '/healthz/..%2fusers']) {
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
      const reached = passes({ method, path, headers: [['Sec-Fetch-Site', 'same-origin']] });
      if (!reached.needsLogin) assert.deepEqual([reached.path, ['GET', 'HEAD'].includes(method)], ['/healthz', true], `${method} ${path}`);
    }
  }
  assert.equal(passes({ path: '/healthz' }).needsLogin, false);
});

it('forms of other sites find nobody', () => {
  for (const headers of [[], [['Sec-Fetch-Site', 'same-site']], [['Sec-Fetch-Site', 'cross-site']]]) assert.equal(passes({ method: 'POST', path: '/form', headers }), undefined);
  assert.equal(passes({ method: 'POST', path: '/form', headers: [['Sec-Fetch-Site', 'same-origin']] }).needsLogin, true);
});
