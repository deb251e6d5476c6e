// JWT libraries behind one interface: jose, PyJWT and djangorestframework-simplejwt.
import { createLocalJWKSet, jwtVerify } from 'jose';
import { auth } from '../support/env.mjs';
import { verdict } from './python.mjs';
import { keySet } from './token.mjs';

const { protocol, port } = new URL(auth);
// Loopback by number: Python asks the system's resolver, which often does not know `*.localhost`. Any Host is answered here.
const jwksUrl = `${protocol}//127.0.0.1:${port || 80}/.well-known/jwks.json`;

async function jose({ token, issuer, audience, leeway }) {
  const keys = createLocalJWKSet(await keySet());
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt', clockTolerance: leeway });
    return { claims: payload };
  } catch (refusal) {
    return { refused: refusal.code ?? refusal.name };
  }
}

const pyjwt = async (question) => verdict('pyjwt_verifies.py', { ...question, jwks: await keySet() });
const simplejwt = async (question) => verdict('simplejwt_verifies.py', { ...question, jwks_url: jwksUrl });

export const libraries = { jose, PyJWT: pyjwt, 'djangorestframework-simplejwt': simplejwt };
