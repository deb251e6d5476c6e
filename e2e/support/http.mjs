// HTTP client with a cookie jar, for tests without a browser. It resolves `*.localhost` to loopback
// by itself (RFC 6761, section 6.3), which many resolvers do not.
import http from 'node:http';
import https from 'node:https';
import { auth } from './env.mjs';
import { rememberSecret } from './secrets.mjs';

export class Client {
  #jar = new Map();
  #headers;

  /** `headers` are sent with every request. */
  constructor(headers = {}) {
    this.#headers = headers;
  }

  /** Sends one request and follows no redirect. `planted` cookies come before the client's own. */
  async request(url, { method = 'GET', form, headers = {}, planted = [] } = {}) {
    const target = new URL(url);
    const body = form ? new URLSearchParams(form).toString() : undefined;
    const cookie = [...planted, this.#cookiesFor(target.hostname)].filter(Boolean).join('; ');
    const answer = await send(target, method, body, {
      host: target.host,
      accept: 'text/html',
      ...(cookie && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
      ...this.#headers,
      ...headers,
    });
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line, target.hostname);
    return answer;
  }

  /** Another client with a copy of the cookies. */
  copy() {
    const copy = new Client(this.#headers);
    copy.#jar = new Map(this.#jar);
    return copy;
  }

  cookie(name) {
    return this.#jar.get(name)?.value;
  }

  /** The hidden CSRF value of a form page. */
  async csrf(path) {
    const { body } = await this.request(auth + path);
    const input = body.match(/<input[^>]*name="csrf_token"[^>]*>/)?.[0];
    const value = input?.match(/value="([^"]*)"/)?.[1];
    if (!value) throw new Error(`no csrf_token at ${path}`);
    rememberSecret('csrf', value);
    return value;
  }

  /** Makes an account, and leaves nobody logged in. Returns what the form was answered. */
  async registers({ firstName, lastName, email, password }) {
    const answer = await this.request(`${auth}/register`, {
      method: 'POST',
      form: { first_name: firstName, last_name: lastName, email, password, csrf_token: await this.csrf('/register') },
    });
    if (answer.status !== 303) throw new Error(`the registration was answered ${answer.status}: ${answer.body}`);
    await this.request(`${auth}/logout`, { method: 'POST', form: { csrf_token: await this.csrf('/logout') } });
    return answer;
  }

  async logsIn({ email, password }) {
    return this.request(`${auth}/login`, { method: 'POST', form: { email, password, csrf_token: await this.csrf('/login') } });
  }

  #cookiesFor(host) {
    const mine = [...this.#jar].filter(([, { domain, hostOnly }]) => host === domain || (!hostOnly && host.endsWith(`.${domain}`)));
    return mine.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }

  #keep(line, host) {
    const [pair, ...attributes] = line.split(';').map((part) => part.trim());
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    const domain = attributes.find((a) => /^domain=/i.test(a))?.slice(7).replace(/^\./, '');
    if (attributes.some((a) => /^max-age=0$/i.test(a))) return void this.#jar.delete(name);
    rememberSecret('cookie', value);
    this.#jar.set(name, { value, domain: domain ?? host, hostOnly: !domain });
  }
}

function send(target, method, body, headers) {
  const secure = target.protocol === 'https:';
  const options = {
    // Each request has its own connection, because the server may close a kept one just as it is
    // reused.
    agent: false,
    host: '127.0.0.1', port: target.port || (secure ? 443 : 80), path: target.pathname + target.search, method, headers,
    // A development stack behind a proxy has a self-signed certificate. Requests only go to
    // loopback.
    ...(secure && { servername: target.hostname, rejectUnauthorized: false }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
