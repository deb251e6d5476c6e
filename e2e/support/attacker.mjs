// Attacker's web server. It listens on loopback and is opened under two names: a sibling
// sub-domain, and another site. Its pages post our forms, and its responses plant cookies.
import http from 'node:http';
import { after } from 'node:test';
import { cookieDomain } from './env.mjs';

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const servers = [];
after(() => servers.forEach((server) => { server.closeAllConnections(); server.close(); }));

/** Returns `{ sibling, stranger }`, the two origins, and functions that prepare pages. */
export async function startAttacker() {
  const pages = new Map();
  // It must accept the large cookies that it plants itself.
  const server = http.createServer({ maxHeaderSize: 2 * 1024 * 1024 }, (request, response) => {
    const page = pages.get(request.url);
    response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...(page?.cookies && { 'set-cookie': page.cookies }) });
    response.end(page?.html ?? '');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  servers.push(server);
  const { port } = server.address();
  return {
    sibling: `http://evil.${cookieDomain}:${port}`,
    stranger: `http://attacker.localhost:${port}`,
    /** A page that posts `fields` to `action` as soon as it is opened. */
    postsForm(path, action, fields, enctype = 'application/x-www-form-urlencoded') {
      const inputs = Object.entries(fields).map(([name, value]) => `<input name="${escaped(name)}" value="${escaped(value)}">`).join('');
      pages.set(path, { html: `<!doctype html><form method="post" enctype="${enctype}" action="${escaped(action)}">${inputs}</form><script>document.forms[0].submit()</script>` });
    },
    /** A page with this HTML. */
    shows(path, html) {
      pages.set(path, { html });
    },
    /** A page that only sets cookies. */
    plants(path, cookies) {
      pages.set(path, { html: '<!doctype html><p>hello', cookies });
    },
  };
}
