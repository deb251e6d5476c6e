// Key server between the examples and auth-service. It can be closed, as if auth-service were down.
// It also adds a key of our own to the set, so that a test can make a token that is wrong in one
// thing only.
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { auth, cookieDomain } from '../support/env.mjs';
import { keySet } from './token.mjs';

const kid = 'a key of the test';

export async function startKeyServer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const ours = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  const server = http.createServer(async (request, response) => {
    const { keys } = await keySet();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [...keys, ours] }));
  });
  const listen = (port) => new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  const close = () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); });
  await listen(0);
  const { port } = server.address();
  await close();
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    open: () => listen(port),
    isOpen: () => server.listening,
    close,
    /** A token like auth-service's. `claims` and `header` replace parts of it; `undefined` removes one. */
    mint(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const uuid = randomUUID();
      return new SignJWT({
        iss: auth, aud: cookieDomain, sub: uuid, user_uuid: uuid, sid: randomUUID(), jti: randomUUID(),
        iat: now, nbf: now, exp: now + 3600, auth_time: now, amr: ['pwd'], token_type: 'access',
        user_email: 'minted@example.org', user_email_verified: false, user_first_name: 'Minted', user_last_name: 'Token',
        user_is_staff: false, user_is_superuser: false, roles: [], ...claims,
      }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header }).sign(privateKey);
    },
    publicKey: ours,
  };
}
