// Access tokens: a real one, obtained as a browser does, and forged variants.
import { Client } from '../support/http.mjs';
import { auth, cookies } from '../support/env.mjs';
import { stranger } from '../support/person.mjs';

/** Registers a person and logs them in. Returns `{ token, who }`. */
export async function realToken(who = stranger('Inter')) {
  const client = new Client();
  const registered = await client.registers(who);
  if (registered.status !== 303) throw new Error(`registering answered ${registered.status}`);
  const loggedIn = await client.logsIn(who);
  if (loggedIn.status !== 303) throw new Error(`logging in answered ${loggedIn.status}`);
  const token = client.cookie(cookies.access);
  if (!token) throw new Error('logging in set no access cookie');
  return { token, who };
}

export async function keySet() {
  const answer = await new Client().request(`${auth}/.well-known/jwks.json`, { headers: { accept: 'application/json' } });
  if (answer.status !== 200) throw new Error(`the key set answered ${answer.status}`);
  return JSON.parse(answer.body);
}

export const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The same signature with other claims. */
export function withOtherClaims(token, change) {
  const [header, , signature] = token.split('.');
  return [header, encoded({ ...claimsOf(token), ...change }), signature].join('.');
}

/** The same claims with another signature, in which one bit is flipped. */
export function withBrokenSignature(token) {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10] ^= 1;
  return [header, claims, bytes.toString('base64url')].join('.');
}

/** A token without a signature. */
export function unsigned(token) {
  return `${encoded({ ...headerOf(token), alg: 'none' })}.${token.split('.')[1]}.`;
}
