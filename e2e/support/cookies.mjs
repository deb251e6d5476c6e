// Cookie assertions: what the contract says about each cookie, read from the browser's store.
import assert from 'node:assert/strict';
import { auth, cookieDomain } from './env.mjs';

function common(cookie) {
  assert.ok(cookie, 'the cookie is there');
  assert.equal(cookie.path, '/');
  assert.equal(cookie.secure, true, `${cookie.name} is Secure`);
  assert.equal(cookie.httpOnly, true, `${cookie.name} is HttpOnly`);
  assert.equal(cookie.sameSite, 'Lax', `${cookie.name} is SameSite=Lax`);
  assert.ok(Buffer.byteLength(cookie.name + cookie.value) < 1400, `${cookie.name} is small`);
}

export function assertAccessCookie(cookie) {
  common(cookie);
  assert.equal(cookie.domain, `.${cookieDomain}`, 'every sub-domain reads it');
}

export function assertHostCookie(cookie) {
  common(cookie);
  assert.equal(cookie.domain, new URL(auth).hostname, 'no other host reads it');
}
