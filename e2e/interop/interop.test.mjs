// Access tokens in other languages' libraries, by the key set of a running auth-service (J15).
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { accessLifetime, auth, cookieDomain, needsShortLife } from '../support/env.mjs';
import { pause } from '../support/person.mjs';
import { libraries } from './jwt-libraries.mjs';
import { claimsOf, headerOf, keySet, realToken, unsigned, withBrokenSignature, withOtherClaims } from './token.mjs';

const expected = { issuer: auth, audience: cookieDomain, leeway: 0 };

describe('the key set', () => {
  it('K6: holds public ES256 keys only, each with use, alg and kid, and may be cached', async () => {
    const { keys } = await keySet();
    assert.ok(keys.length > 0);
    for (const key of keys) {
      assert.deepEqual([key.kty, key.crv, key.alg, key.use], ['EC', 'P-256', 'ES256', 'sig']);
      assert.ok(key.kid);
      assert.ok(!('d' in key) && !('k' in key));
    }
  });
});

describe('the access token itself', () => {
  it('has the header and the claims of the contract', async () => {
    const { token, who } = await realToken();
    const { keys } = await keySet();
    const header = headerOf(token);
    assert.deepEqual(Object.keys(header).sort(), ['alg', 'kid', 'typ']);
    assert.deepEqual([header.alg, header.typ], ['ES256', 'at+jwt']);
    assert.ok(keys.some((key) => key.kid === header.kid));
    const claims = claimsOf(token);
    assert.equal(claims.exp - claims.iat, accessLifetime);
    assert.equal(claims.sub, claims.user_uuid);
    assert.deepEqual(
      [claims.iss, claims.aud, claims.token_type, claims.user_email, claims.user_first_name, claims.user_is_staff, claims.user_is_superuser, claims.amr, claims.roles],
      [auth, cookieDomain, 'access', who.email, who.firstName, false, false, ['pwd'], []],
    );
    for (const name of ['sid', 'jti', 'nbf', 'auth_time', 'user_email_verified', 'user_last_name']) assert.ok(name in claims, name);
  });
});

for (const [library, verify] of Object.entries(libraries)) {
  describe(library, () => {
    let token;
    let who;
    before(async () => {
      // The first start of an interpreter compiles its packages, which can take longer than a token lives.
      await verify({ ...expected, token: 'not.a.token' });
      ({ token, who } = await realToken());
    });
    const fresh = async () => { ({ token, who } = await realToken()); return token; };
    const refuses = async (question) => {
      const answer = await verify({ ...expected, ...question });
      assert.ok(answer.refused, `${library} accepted: ${JSON.stringify(answer)}`);
      return answer.refused;
    };

    it('J15: verifies a real token by the key set', async () => {
      const { claims, refused, user_id } = await verify({ ...expected, token: await fresh() });
      assert.equal(refused, undefined);
      assert.equal(claims.user_email, who.email);
      assert.equal(claims.iss, auth);
      if (user_id) assert.equal(user_id, claims.user_uuid, 'the stateless user is who the token says');
    });

    it('refuses it for another audience', async () => { await refuses({ token: await fresh(), audience: 'example.org' }); });
    it('refuses it from another issuer', async () => { await refuses({ token: await fresh(), issuer: 'http://auth.example.org' }); });
    it('refuses changed claims', async () => { await refuses({ token: withOtherClaims(await fresh(), { user_is_superuser: true }) }); });
    it('refuses a longer life', async () => { await refuses({ token: withOtherClaims(token, { exp: claimsOf(token).exp + 3600 }) }); });
    it('refuses a broken signature', async () => { await refuses({ token: withBrokenSignature(await fresh()) }); });
    it('refuses no signature at all', async () => { await refuses({ token: unsigned(await fresh()) }); });
    it('refuses it once it has expired', { skip: needsShortLife }, async (t) => {
      await pause(Math.max(0, claimsOf(token).exp + 1 - Date.now() / 1000));
      assert.match(await refuses({ token }), /EXPIRED|Expired|InvalidToken/);
      t.diagnostic(`${library} verifies our tokens, and refuses the tampered and the expired one`);
    });
  });
}
