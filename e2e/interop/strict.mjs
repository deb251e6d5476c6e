// Strict verifier in JavaScript, as docs/consumers.md describes it. jose does the cryptography;
// around it are the checks that a general JWT library cannot make, because they are specific to
// these tokens.
import { compactVerify } from 'jose';
import { strictObject } from './strict-json.mjs';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isString = (value) => typeof value === 'string';
const isId = (value) => isString(value) && uuid.test(value);
const isFlag = (value) => typeof value === 'boolean';
const isList = (value) => Array.isArray(value) && value.every(isString);
const isName = (value) => value === undefined || isString(value);
/** Checks how the number is written, because JavaScript reads 1.0 and 1e0 as 1. */
const isTime = (value, written) => /^(0|[1-9]\d*)$/.test(written) && value <= 253_402_300_799;

const forms = {
  iss: isString, aud: isString, token_type: isString, sub: isId, user_uuid: isId, sid: isId, jti: isId,
  iat: isTime, nbf: isTime, exp: isTime, auth_time: isTime, amr: isList, roles: isList,
  user_email: isString, user_email_verified: isFlag, user_first_name: isName, user_last_name: isName,
  user_is_staff: isFlag, user_is_superuser: isFlag,
};

const demand = (holds, what) => { if (!holds) throw new Error(what); };

function decoded(part) {
  const bytes = Buffer.from(part, 'base64url');
  demand(part !== '' && bytes.toString('base64url') === part, 'not base64url in its one spelling');
  return bytes;
}

/**
 * Returns the claims of a token at the time `now` (seconds), or throws. `keys` maps each kid to `{
 * alg, key }`: the key decides the algorithm, and the token does not.
 */
export async function claimsOf(token, { keys, issuer, audience, leeway, maxLife, now }) {
  demand(Buffer.byteLength(token) <= 8192, 'too large');
  const parts = token.split('.');
  demand(parts.length === 3, 'not three parts');
  const [headerBytes, payloadBytes] = parts.map(decoded);

  const { object: header } = strictObject(headerBytes);
  demand(Object.keys(header).sort().join() === 'alg,kid,typ', 'not our header');
  demand(header.typ === 'at+jwt', 'typ');
  demand(isString(header.kid) && keys.has(header.kid), 'no such key');
  const { alg, key } = keys.get(header.kid);
  demand(header.alg === alg, 'alg is not the one of the key');
  await compactVerify(token, key, { algorithms: [alg] });

  const { object: claims, written } = strictObject(payloadBytes);
  for (const [name, hasForm] of Object.entries(forms)) demand(hasForm(claims[name], written[name]), `${name} has not its form`);
  demand(claims.iss === issuer && claims.aud === audience && claims.token_type === 'access', 'not for us');
  demand(claims.sub === claims.user_uuid, 'sub is not user_uuid');
  demand(claims.exp > claims.iat && claims.exp > claims.nbf && claims.exp - claims.iat <= maxLife, 'a strange life');
  demand(now < claims.exp + leeway, 'expired');
  for (const name of ['nbf', 'iat', 'auth_time']) demand(claims[name] <= now + leeway, `${name} is in the future`);
  return claims;
}
