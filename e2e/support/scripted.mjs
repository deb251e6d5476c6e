// A service with script-driven pages, as one would write it in Node: `sso.js`, htmx and Turbo from
// their packages, and the responses of shared-claims where a login is needed. It checks a token's
// expiry and verifies nothing else: other tests do that.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after } from 'node:test';
import { auth, cookieDomain, cookies } from './env.mjs';

const root = join(import.meta.dirname, '../..');
const scripts = {
  '/sso.js': 'shared-claims/src/web/sso.js',
  '/htmx-1.js': 'e2e/node_modules/htmx-1/dist/htmx.min.js',
  '/htmx-2.js': 'e2e/node_modules/htmx.org/dist/htmx.min.js',
  '/turbo.js': 'e2e/node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js',
};

const servers = [];
after(() => servers.forEach((server) => { server.closeAllConnections(); server.close(); }));

/**
 * Returns `{ url, records, shows(path, html), answers(path, answer) }`. Each POST to `/records`
 * adds a record; `/private/…` needs a login.
 */
export async function startScripted() {
  const [pages, records, seen] = [new Map(), [], []];
  const [port, url] = await new Promise((resolve) => {
    const server = http.createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { pathname } = new URL(request.url, 'http://x');
      seen.push({ method: request.method, path: request.url, headers: request.headers });
      const answer = (status, type, text, headers = {}) => response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...headers }).end(text);
      if (scripts[pathname]) return answer(200, 'text/javascript', readFileSync(join(root, scripts[pathname])));
      if ((pathname === '/records' || pathname.startsWith('/private')) && !isLoggedIn(request)) return refuses(request, answer, url, body);
      if (pathname === '/records' && request.method === 'POST') {
        records.push(body);
        if (/turbo-stream/.test(request.headers.accept)) return answer(303, 'text/plain', '', { location: '/done' });
        return answer(200, 'text/html', `<p class="kept">${records.length} kept</p>`);
      }
      const page = pages.get(pathname);
      answer(page ? 200 : 404, 'text/html; charset=utf-8', page ?? 'nothing here');
    });
    server.listen(0, '127.0.0.1', () => {
      servers.push(server);
      const port = server.address().port;
      resolve([port, `http://app.${cookieDomain}:${port}`]);
    });
  });
  return { url, port, records, seen, shows: (path, body, head = '') => pages.set(path, `<!doctype html><html><head><title>${path}</title><script src="/sso.js" defer></script>${head}</head><body>${body}</body></html>`) };
}

function isLoggedIn(request) {
  const token = (request.headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(`${cookies.access}=`))?.split('=')[1];
  try {
    return JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp > Date.now() / 1000;
  } catch {
    return false;
  }
}

function refuses(request, answer, url, body) {
  const login = `${auth}/login?next=${encodeURIComponent(url + request.url)}`;
  if (request.headers['sec-fetch-mode'] !== 'navigate') {
    const problem = { code: 'login_required', login_url: login, renew_url: `${auth}/api/session/renew` };
    return answer(401, 'application/problem+json', JSON.stringify(problem));
  }
  if (request.method === 'GET') return answer(303, 'text/plain', '', { location: login });
  return answer(401, 'text/html', `<h1>Kept</h1><p id="kept">${body}</p>`);
}
