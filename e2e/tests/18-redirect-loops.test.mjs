// Redirect loops: services with wrong settings accept no login. The browser is redirected a few
// times at most, and a page names the cause.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePorts, startService } from '../interop/service.mjs';
import { startAttacker } from '../support/attacker.mjs';
import { startBrowser } from '../support/browser.mjs';
import { auth, authBinary, authEnvFile, cookieDomain, demo, demoBinary } from '../support/env.mjs';
import { settings } from '../support/operator.mjs';
import { Person, forms } from '../support/person.mjs';

const skip = demoBinary && authBinary && authEnvFile ? false : 'needs E2E_DEMO_BIN, E2E_AUTH_BIN and E2E_AUTH_ENV_FILE to run services with wrong settings';
const clockTool = (() => { try { return execFileSync('sh', ['-c', 'command -v faketime'], { encoding: 'utf8' }).trim(); } catch { return null; } })();
const { port: authPort } = new URL(auth);
const jwks = `http://127.0.0.1:${authPort}/.well-known/jwks.json`;

/** More requests of a tab than this, without showing a page, count as a loop. */
const most = 10;

let folder;

/** Starts a demo-service with one wrong setting, and returns its URL. */
async function service(name, wrong, { prefix = '', host = `${name}.${cookieDomain}` } = {}) {
  const [port] = await freePorts(1);
  const url = `http://${host}:${port}`;
  const env = {
    PATH: process.env.PATH, AUTH_URL: auth, COOKIE_DOMAIN: cookieDomain, SERVICE_URL: url, LISTEN: `127.0.0.1:${port}`,
    AUTH_JWKS: jwks, NOTES_DATABASE: `sqlite:${join(folder, `${name}.db`)}`, ...wrong,
  };
  await startService(`${prefix}${demoBinary}`, { url, cwd: folder, env });
  return url;
}

/** Opens a page, and returns how many navigation requests the tab made. */
async function opens(person, url) {
  let count = 0;
  const note = (request) => { count += Number(request.isNavigationRequest() && request.frame() === person.page.mainFrame()); };
  person.page.on('request', note);
  const response = await person.opens(url);
  person.page.off('request', note);
  return { count, response, text: await person.text() };
}

describe('a stranger who writes the mark of a circle into a link', () => {
  it('N10: shows nobody that logging in does not work, however often their links lead to the login before', async () => {
    const browser = await startBrowser();
    const attacker = await startAttacker();
    const person = await Person.sitsDown(browser);
    for (const path of ['/private', '/private', '/private?sso_loop=3', '/private?sso_loop=3', '/private?sso_loop=9&sso_trip=AAAAAAAAAAAAAAAA']) {
      attacker.shows('/link', `<!doctype html><title>link</title><a id="to" href="${demo}${path}">look</a>`);
      await person.opens(`${attacker.stranger}/link`);
      await Promise.all([person.page.waitForNavigation({ waitUntil: 'load' }), person.page.click('#to')]);
      assert.equal(new URL(person.page.url()).origin, auth, await person.text());
      assert.ok(await person.page.$(forms.login), await person.text());
    }
    await person.leaves();
  });
});

describe('a service that takes no login', { skip }, () => {
  let browser;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sso-circles-'));
    browser = await startBrowser();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const causes = [
    ['reads another cookie', /cookie/i, () => service('another-cookie', { ACCESS_COOKIE_NAME: '__Secure-other_access' })],
    ['has keys that sign nothing here', /signed with a key that this service does not know/, () => {
      const key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'stale', alg: 'ES256', use: 'sig' };
      const file = join(folder, 'stale.json');
      writeFileSync(file, JSON.stringify({ keys: [key] }));
      return service('stale-keys', { AUTH_JWKS: file });
    }],
    ['names another auth service', /not made by the auth service that this service trusts/, async () => {
      // A second name of the auth host, which redirects to the first.
      const [port] = await freePorts(1);
      const alias = createServer((request, response) => { response.writeHead(303, { location: auth + request.url }).end(); });
      await new Promise((resolve) => { alias.listen(port, '127.0.0.1', resolve); });
      alias.unref();
      return service('another-issuer', { AUTH_URL: `http://login.${cookieDomain}:${port}` });
    }],
  ];
  for (const [what, words, start] of causes) {
    it(`because it ${what}, is told apart after a few rounds`, async () => {
      const url = await start();
      const person = await Person.whoIsLoggedIn(browser);
      const { count, response, text } = await opens(person, `${url}/private`);
      assert.equal(response.status(), 401, text);
      assert.match(text, words);
      assert.ok(count <= most, `${count} requests`);
      assert.ok(new URL(person.page.url()).host === new URL(url).host, 'the page is the service\'s own');
      // "Try again" costs a few more redirects, and ends at the page again.
      const again = await opens(person, `${url}/private?again=1`);
      assert.match(again.text, words);
      assert.ok(again.count <= most, `${again.count} requests`);
      assert.ok((await opens(person, `${auth}/`)).text.includes(person.email), 'and logs nobody out');
      await person.leaves();
    });
  }

  for (const [behind, offset] of [['behind', '-2m'], ['ahead of', '+30m']]) {
    it(`because its clock is ${behind} ours, shows both clocks`, { skip: clockTool ? false : 'needs faketime' }, async () => {
      const url = await service(`clock${offset.slice(0, 1) === '-' ? '-behind' : '-ahead'}`, {}, { prefix: `${clockTool} -f ${offset} ` });
      const person = await Person.whoIsLoggedIn(browser);
      const { count, response, text } = await opens(person, `${url}/private`);
      assert.equal(response.status(), 401, text);
      assert.match(text, /clock/i);
      assert.ok((text.match(/\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d/g) ?? []).length >= 2, text);
      assert.ok(count <= most, `${count} requests`);
      await person.leaves();
    });
  }

  it('because it is of another domain, says so', async () => {
    const [port] = await freePorts(1);
    const url = `http://auth.team.${cookieDomain}:${port}`;
    const env = { ...settings(), PATH: process.env.PATH, AUTH_URL: url, LISTEN: `127.0.0.1:${port}`, DATABASE_URL: `sqlite:${join(folder, 'team.db')}` };
    await startService(authBinary, { url, cwd: folder, env });
    const person = await Person.sitsDown(browser);
    execFileSync(authBinary, ['users', 'create', person.email, '--password-stdin'], { env, input: person.password });
    await person.opens(`${url}/login`);
    await person.logsIn({ at: false });
    const teams = await service('another-audience', {
      AUTH_URL: url, COOKIE_DOMAIN: `team.${cookieDomain}`, AUTH_JWKS: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    }, { host: `demo.team.${cookieDomain}` });
    const { count, response, text } = await opens(person, `${teams}/private`);
    assert.equal(response.status(), 401, text);
    assert.match(text, /not made for the domain of this service/);
    assert.ok(count <= most, `${count} requests`);
    await person.leaves();
  });

  it('and knows nothing of loops, is given up with a page of the auth host', async () => {
    const [port] = await freePorts(1);
    const url = `http://stubborn.${cookieDomain}:${port}`;
    const stubborn = createServer((request, response) => {
      response.writeHead(303, { location: `${auth}/login?next=${encodeURIComponent(url + request.url)}` }).end();
    });
    await new Promise((resolve) => { stubborn.listen(port, '127.0.0.1', resolve); });
    stubborn.unref();
    const person = await Person.whoIsLoggedIn(browser);
    const { count, response, text } = await opens(person, `${url}/page`);
    assert.equal(response.status(), 409, text);
    assert.match(text, /That service does not take your login/);
    assert.ok(text.includes(`stubborn.${cookieDomain}`));
    assert.ok(count <= 13, `${count} requests`);
    stubborn.closeAllConnections();
    await person.leaves();
  });
});
