// Strict JWKS parser: a set that is wrong in one place is refused as a whole.
import { createHmac } from 'node:crypto';
import { importJWK } from 'jose';
import { strictObject } from './strict-json.mjs';

const kinds = { ES256: { kty: 'EC', crv: 'P-256', coordinates: ['x', 'y'] }, EdDSA: { kty: 'OKP', crv: 'Ed25519', coordinates: ['x'] } };
const secretMembers = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv'];
const plainKid = /^[A-Za-z0-9\-_.~:/+=]{1,128}$/;

const demand = (holds, what) => { if (!holds) throw new Error(what); };

/** A map from each kid to `{ alg, key }`, for claimsOf. The shared key of HS512 comes from the settings, never from the set. */
export async function keysOf(document, signingKey) {
  const { object: { keys: list } } = strictObject(Buffer.from(document));
  demand(Array.isArray(list) && list.length <= 32, 'not a list of at most 32 keys');
  const keys = new Map();
  const add = (kid, alg, key) => {
    demand(!keys.has(kid), 'two keys of one kid');
    keys.set(kid, { alg, key });
  };
  for (const jwk of list) {
    demand(typeof jwk.kid === 'string' && plainKid.test(jwk.kid), 'kid');
    demand(!secretMembers.some((name) => name in jwk), 'a private or symmetric key');
    demand(jwk.use === 'sig' && ['undefined', '["verify"]'].includes(`${JSON.stringify(jwk.key_ops)}`), 'not for signatures');
    const kind = Object.hasOwn(kinds, jwk.alg) && kinds[jwk.alg];
    demand(kind && jwk.kty === kind.kty && jwk.crv === kind.crv, 'alg, kty and crv do not belong together');
    for (const name of kind.coordinates) demand(isCoordinate(jwk[name]), `${name} is not 32 bytes`);
    add(jwk.kid, jwk.alg, await importJWK(jwk, jwk.alg));
  }
  if (signingKey !== undefined) {
    demand(signingKey.length >= 64, 'a short shared key');
    add(createHmac('sha256', signingKey).update('auth-service kid/v1').digest('base64url'), 'HS512', signingKey);
  }
  demand(keys.size > 0, 'no key');
  return keys;
}

function isCoordinate(value) {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0);
  return bytes.length === 32 && bytes.toString('base64url') === value;
}
