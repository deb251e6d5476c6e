// Shared login for Express: middleware that identifies the user, and responses to everybody else. Copy this file.
import { createRemoteJWKSet, jwtVerify } from "jose";

const { AUTH_URL, COOKIE_DOMAIN, SERVICE_URL, AUTH_JWKS } = process.env;
// jose skips the checks whose value is missing.
if (!AUTH_URL || !COOKIE_DOMAIN || !SERVICE_URL) throw new Error("set AUTH_URL, COOKIE_DOMAIN and SERVICE_URL");
const [auth, service] = [AUTH_URL, SERVICE_URL].map((url) => new URL(url).origin);

// The public keys, fetched again every five minutes so that a withdrawn one is forgotten. If that fails, the last good
// ones stay: people who are logged in need no auth-service.
const keys = createRemoteJWKSet(new URL(AUTH_JWKS || `${auth}/.well-known/jwks.json`), { cacheMaxAge: Infinity });
setInterval(() => keys.reload().catch(() => {}), 300_000).unref();

/** The claims of a valid token, or undefined. */
async function claimsOf(token) {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ["ES256"],
    typ: "at+jwt",
    issuer: auth,
    audience: COOKIE_DOMAIN,
    clockTolerance: 5,
    requiredClaims: ["sub", "iat", "nbf", "exp", "user_uuid"],
  });
  return payload.token_type === "access" ? payload : undefined;
}

/**
 * Whether another site's page may have made the browser send this, with the login in it: whatever is not just read. A WebSocket comes as
 * a GET, and past all routes: ask this in `server.on("upgrade", …)` too, before anything else.
 */
export function isForged({ method, headers }) {
  const isRead = ["GET", "HEAD", "OPTIONS"].includes(method) && !headers.upgrade;
  return !isRead && !["same-origin", "none", service].includes(headers["sec-fetch-site"] || headers.origin);
}

/** For all routes: `req.user` holds the claims of whoever is logged in, or is undefined. */
export async function sharedLogin(req, res, next) {
  res.set("Cache-Control", "no-store");
  if (isForged(req)) return res.status(403).send("This was not sent by a page of this service.");
  // Every cookie of the name counts: a sibling host can plant others, which must not hide the good one.
  const cookies = (req.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  const tokens = cookies.filter(([name]) => name === "__Secure-sso_access").map(([, value]) => value);
  const claims = await Promise.all(tokens.map((token) => claimsOf(token).catch(() => undefined)));
  const people = new Map(claims.filter(Boolean).map((person) => [person.sub, person]));
  if (tokens.length && !keys.jwks()) return res.status(503).set("Retry-After", "5").send("The keys could not be fetched yet.");
  if (people.size > 1) return res.status(409).send("Cookies of two people: clear the cookies of this domain.");
  [req.user] = people.values();
  next();
}

/** For routes that need a user. */
export function loginRequired(req, res, next) {
  // A prefetched page could be shown after a logout, so it is refused. The click asks again.
  if (req.get("sec-purpose")) return res.status(403).send("Nobody has asked for this yet.");
  if (req.user) return next();
  // A request that no script sends is a person's, possibly by a service worker. If the browser does not say, `Accept` decides.
  const mode = req.get("sec-fetch-mode");
  const isScript = ["cors", "no-cors", "websocket"].includes(mode) || (mode !== "navigate" && req.accepts(["json", "html"]) !== "html");
  const isPage = req.method === "GET" && !isScript;
  // From SERVICE_URL, never from the Host header. A script's own URL is no page to come back to.
  const back = service + (isPage ? req.originalUrl : "/");
  const loginUrl = `${auth}/login?${new URLSearchParams({ next: back })}`;
  if (isPage) return res.redirect(303, loginUrl);
  const problem = { title: "Log in first", login_url: loginUrl, renew_url: `${auth}/api/session/renew` };
  res.status(401).set("WWW-Authenticate", "Bearer").type("application/problem+json").json(problem);
}
