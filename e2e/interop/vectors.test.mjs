// Test vectors of shared-claims, in another language and with another library (J15). Needs no
// service.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { claimsOf } from './strict.mjs';
import { keysOf } from './strict-keys.mjs';

const folder = join(import.meta.dirname, '../../shared-claims/vectors');
const load = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const bytes = (base64url) => (base64url === undefined ? undefined : Buffer.from(base64url, 'base64url'));

/** Whether the promise is fulfilled, and its value or error. */
const verdict = (promise) => promise.then((value) => ({ verdict: 'accept', value }), (error) => ({ verdict: 'reject', error }));

describe('tokens', () => {
  const { issuer, audience, leeway, max_life: maxLife, jwks, signing_key, vectors } = load('tokens.json');
  let keys;
  before(async () => { keys = await keysOf(JSON.stringify(jwks), bytes(signing_key)); });
  for (const { name, now, token, verdict: expected, claims } of vectors) {
    it(`${expected}: ${name}`, async () => {
      const came = await verdict(claimsOf(token, { keys, issuer, audience, leeway, maxLife, now }));
      assert.equal(came.verdict, expected, came.error?.stack);
      for (const [claim, value] of Object.entries(claims ?? {})) assert.deepEqual(came.value[claim] ?? '', value, claim);
    });
  }
});

describe('key sets', () => {
  for (const { name, document, signing_key, verdict: expected, key_ids } of load('key-sets.json').vectors) {
    it(`${expected}: ${name}`, async () => {
      const came = await verdict(keysOf(document, bytes(signing_key)));
      assert.equal(came.verdict, expected, came.error?.stack);
      if (key_ids) assert.deepEqual([...came.value.keys()], key_ids);
    });
  }
});
