// Shared login for Express: middleware that identifies the user, and responses to everybody else. Copy this file.
import { createRemoteJWKSet, jwtVerify } from "jose";

const { AUTH_URL, COOKIE_DOMAIN, SERVICE_URL, AUTH_JWKS } = process.env;
// jose skips the checks whose value is missing.
if (!AUTH_URL || !COOKIE_DOMAIN || !SERVICE_URL) throw new Error("set AUTH_URL, COOKIE_DOMAIN and SERVICE_URL");
const [auth, service] = [AUTH_URL, SERVICE_URL].map((url) => new URL(url).origin);
for (const { origin, hostname, protocol } of [new URL(auth), new URL(service)]) {
  if (`.${hostname}`.endsWith(`.${COOKIE_DOMAIN}`) && protocol === new URL(auth).protocol) continue;
  throw new Error(`${origin} must be on or below COOKIE_DOMAIN, with the scheme of AUTH_URL`);
}

// The public keys, fetched again every five minutes so that a withdrawn one is forgotten. If that fails, the last good
// ones stay: people who are logged in need no auth-service.
const jwks = new URL(AUTH_JWKS || `${auth}/.well-known/jwks.json`);
const keys = createRemoteJWKSet(jwks, { cacheMaxAge: Infinity });
const fetchKeys = () => keys.reload().catch((error) => console.warn(`keys not fetched from ${jwks}: ${error.cause ?? error}`));
setInterval(fetchKeys, 300_000).unref();

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
  if (payload.token_type !== "access") throw new Error("it was made for another purpose");
  return payload;
}

/** Logs why a token was refused. `%j` keeps a token from writing lines into the log. */
const refused = (error) => console.warn("token refused: %j", String(error).slice(0, 300));

/**
 * Whether this was sent by our own page, if it is more than a read: any page can make the browser send the login. A WebSocket comes as a
 * GET, and past all routes: ask this in `server.on("upgrade", …)` too, before anything else.
 */
export function sameOrigin({ method, headers }) {
  const isRead = ["GET", "HEAD", "OPTIONS"].includes(method) && !headers.upgrade;
  return isRead || ["same-origin", "none", service].includes(headers["sec-fetch-site"] || headers.origin);
}

const waitForKeys = (res) => res.status(503).set("Retry-After", "5").send("The keys could not be fetched yet. Try again in a few seconds.");

/** For all routes: `req.user` holds the claims of whoever is logged in, or is undefined. */
export async function sharedLogin(req, res, next) {
  res.set("Cache-Control", "no-store");
  if (!sameOrigin(req)) return res.status(403).send("This was not sent by a page of this service.");
  // Every cookie of the name counts: a sibling host can plant others, which must not hide the good one.
  const cookies = (req.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
  const tokens = cookies.filter(([name]) => name === "__Secure-sso_access").map(([, value]) => value);
  if (tokens.length && !keys.jwks()) await fetchKeys();
  if (tokens.length && !keys.jwks()) return waitForKeys(res);
  const claims = await Promise.all(tokens.map((token) => claimsOf(token).catch(refused)));
  const people = new Map(claims.filter(Boolean).map((person) => [person.sub, person]));
  if (people.size > 1) return res.status(409).send("Cookies of two people: clear the cookies of this domain.");
  [req.user] = people.values();
  next();
}

/** For routes that need a user. */
export async function loginRequired(req, res, next) {
  // A prefetched page could be shown after a logout, so it is refused. The click asks again.
  if (req.get("sec-purpose")) return res.status(403).send("Nobody has asked for this yet.");
  if (req.user) return next();
  // Without keys nobody can come back from the login, so nobody is sent there.
  if (!keys.jwks()) await fetchKeys();
  if (!keys.jwks()) return waitForKeys(res);
  // A request that no script sends is a person's, possibly by a service worker. If the browser does not say, `Accept` decides.
  const mode = req.get("sec-fetch-mode");
  const isScript = ["cors", "no-cors", "websocket"].includes(mode) || (mode !== "navigate" && req.accepts(["json", "html"]) !== "html");
  const isPage = req.method === "GET" && !isScript;
  // From SERVICE_URL, never from the Host header. A script's own URL is no page to come back to.
  const back = service + (isPage ? req.originalUrl : "/");
  const loginUrl = `${auth}/login?${new URLSearchParams({ next: back })}`;
  const { host = "" } = req.headers;
  if (isPage && host !== new URL(service).host && host.includes(COOKIE_DOMAIN)) console.warn("opened at %j, and the login leads back to SERVICE_URL, %s", host, service);
  if (isPage && !("sso_loop" in req.query)) return res.redirect(303, loginUrl);
  res.status(401).set("WWW-Authenticate", "Bearer");
  // Back from the login again and again: one more redirect would not help.
  if (isPage) return res.send(`<p>Logging in does not work here; the log of this service says why. <a href="${loginUrl}">Try again</a>`);
  const problem = { title: "Log in first", login_url: loginUrl, renew_url: `${auth}/api/session/renew` };
  res.type("application/problem+json").json(problem);
}
