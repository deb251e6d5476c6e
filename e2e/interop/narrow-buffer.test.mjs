// nginx with its default buffer of 4 KB for a response's head, in front of both services.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ownSettings, speakTo, startAuth, temporaryFolder } from './own-auth.mjs';
import { PATH, notInstalled } from './proxies.mjs';
import { freePorts, startService } from './service.mjs';

const { E2E_AUTH_BIN: authBinary, E2E_DEMO_BIN: demoBinary } = process.env;
const reason = authBinary && demoBinary ? notInstalled('nginx') : 'needs E2E_AUTH_BIN and E2E_DEMO_BIN';
const tab = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' };

const configuration = (port, folder, upstreams) => `
daemon off; pid ${folder}/nginx.pid; error_log stderr warn; ${process.getuid() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  proxy_buffer_size 4k; # What it is by itself where a page of memory has 4 KB.
${upstreams.map(([name, to]) => `  server {
    listen 127.0.0.1:${port}; server_name ${name};
    location / { proxy_pass http://127.0.0.1:${to}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; }
  }`).join('\n')}
  server { listen 127.0.0.1:${port} default_server; location = /healthz { return 200; } }
}
`;

describe('nginx with its own buffer', { skip: reason }, () => {
  let auth;
  let demo;
  let client;
  const ada = { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.org', password: 'violet harbour kites 7' };

  /** Follows redirects and pages that lead on. Returns the last response and its URL. */
  async function follows(answer, from) {
    let at = from;
    for (let hops = 0; hops < 6; hops += 1) {
      assert.ok(answer.status < 500, `${at}: ${answer.status}`);
      const onward = answer.headers.location ?? answer.body.match(/http-equiv="refresh" content="0; url=([^"]*)"/)?.[1].replaceAll('&#x2F;', '/').replaceAll('&amp;', '&');
      if (!onward) return { at, answer };
      at = new URL(onward, at).href;
      answer = await client.request(at, { headers: tab });
    }
    throw new Error(`in circles at ${at}`);
  }

  before(async () => {
    const folder = temporaryFolder();
    const [port, inner] = await freePorts(2);
    [auth, demo] = ['auth', 'demo'].map((name) => `http://${name}.sso.localhost:${port}`);
    const settings = await ownSettings({ AUTH_URL: auth, TRUSTED_PROXIES: '127.0.0.1' });
    speakTo(settings, 300);
    await startAuth(authBinary, settings);
    writeFileSync(join(folder, 'nginx.conf'), configuration(port, folder, [
      ['auth.sso.localhost', settings.LISTEN.split(':').at(-1)], ['demo.sso.localhost', inner],
    ]));
    await startService(`nginx -p ${folder} -c ${folder}/nginx.conf`, { url: `http://127.0.0.1:${port}`, cwd: folder, env: { PATH } });
    await startService(`'${demoBinary}'`, {
      url: `http://127.0.0.1:${inner}`, cwd: folder,
      env: { AUTH_URL: auth, COOKIE_DOMAIN: 'sso.localhost', SERVICE_URL: demo, LISTEN: `127.0.0.1:${inner}`, AUTH_JWKS: `http://${settings.LISTEN}/.well-known/jwks.json`, NOTES_DATABASE: `sqlite:${join(folder, 'notes.db')}` },
    });
    const { Client } = await import('../support/http.mjs');
    client = new Client();
    assert.equal((await client.registers(ada)).status, 303);
    const roles = Array.from({ length: 12 }, (_, n) => `department-${n}:editor`);
    execFileSync(authBinary, ['users', 'roles', 'add', ada.email, ...roles], { env: settings });
  });

  for (const [what, path] of [
    ['1,800 bytes', `/private?q=${'x'.repeat(1_760)}`],
    ['220 Chinese letters', `/private?q=${encodeURIComponent('漢'.repeat(220))}`],
    ['30 ids', `/private?${Array.from({ length: 30 }, (_, n) => `id=01a21ccf-69b9-7730-83eb-${String(n).padStart(12, '0')}`).join('&')}`],
    ['2,800 bytes', `/private?q=${'y'.repeat(2_760)}`],
  ]) {
    it(`somebody with twelve roles logs in and gets back to an address of ${what}`, async () => {
      client = new client.constructor();
      const page = await client.request(demo + path, { headers: tab });
      assert.equal(page.status, 303, page.body);
      const form = await client.request(page.headers.location, { headers: tab });
      const hidden = (name) => form.body.match(new RegExp(`name="${name}"[^>]*value="([^"]*)"`))[1].replaceAll('&#x2F;', '/').replaceAll('&amp;', '&');
      const login = await client.request(page.headers.location, {
        method: 'POST', headers: { ...tab, origin: auth }, form: { email: ada.email, password: ada.password, csrf_token: hidden('csrf_token'), next: hidden('next') },
      });
      const { at, answer } = await follows(login, auth);
      assert.equal(at, demo + path);
      assert.equal(answer.status, 200);
      assert.match(answer.body, /ada@example\.org/);
    });
  }
});
