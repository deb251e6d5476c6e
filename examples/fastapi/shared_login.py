# Shared login for FastAPI: a dependency that identifies the user, and responses to everybody else. Copy this file.
import logging
import os
from urllib.parse import urlencode, urlsplit

import jwt
from fastapi import Depends, HTTPException, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

log = logging.getLogger("shared_login")
if missing := [name for name in ("AUTH_URL", "COOKIE_DOMAIN", "SERVICE_URL") if not os.environ.get(name)]:
    raise SystemExit("not set: " + ", ".join(missing))
AUTH_URL, SERVICE_URL, COOKIE_DOMAIN = (os.environ[name].rstrip("/") for name in ("AUTH_URL", "SERVICE_URL", "COOKIE_DOMAIN"))
for name, url in (("AUTH_URL", AUTH_URL), ("SERVICE_URL", SERVICE_URL)):
    if not f".{urlsplit(url).hostname}".endswith("." + COOKIE_DOMAIN) or urlsplit(url).scheme != urlsplit(AUTH_URL).scheme:
        raise SystemExit(f"{name} must be an address on or below COOKIE_DOMAIN, with the scheme of AUTH_URL")
NO_STORE, OURS = {"Cache-Control": "no-store"}, ("same-origin", "none", SERVICE_URL)
EXPECTED = {"algorithms": ["ES256"], "issuer": AUTH_URL, "audience": COOKIE_DOMAIN, "leeway": 5}
OPTIONS = {"require": ["iss", "aud", "sub", "iat", "nbf", "exp", "user_uuid", "token_type"], "strict_aud": True}


# The public keys, fetched again every five minutes so that a withdrawn one is forgotten. If that fails, the last good
# ones stay: people who are logged in need no auth-service.
class Keys(jwt.PyJWKClient):
    last = None

    def fetch_data(self):
        try:
            self.last = super().fetch_data()
        except Exception as error:
            log.warning("keys not fetched from %s: %s", self.uri, error)
        if self.last is None:
            raise HTTPException(503, "The keys could not be fetched yet. Try again in a few seconds.", {"Retry-After": "5"})
        return self.last


keys = Keys(os.environ.get("AUTH_JWKS") or f"{AUTH_URL}/.well-known/jwks.json", timeout=5)


# The claims of a valid token, or None. The log has the reason; `%r` keeps a token from writing lines there.
def claims_of(cookie):
    try:
        token = jwt.decode_complete(cookie, keys.get_signing_key_from_jwt(cookie), **EXPECTED, options=OPTIONS)
        if token["header"].get("typ") == "at+jwt" and token["payload"]["token_type"] == "access":
            return token["payload"]
        log.warning("token refused: it was made for another purpose")
    except jwt.PyJWTError as error:
        log.warning("token refused: %.300r", error)


# A dependency against CSRF: any page can make the browser send the cookie. So a change, or a WebSocket, must come from
# our own page. `user` includes it; a POST route that is open to all names it itself.
def same_origin(request: HTTPConnection):
    is_read = request.scope.get("method") in ("GET", "HEAD", "OPTIONS") and "upgrade" not in request.headers
    if not is_read and (request.headers.get("sec-fetch-site") or request.headers.get("origin")) not in OURS:
        raise HTTPException(403, "This was not sent by a page of this service.")


# A dependency, also for WebSockets: the claims of the user. Without a login, `log_in_first` answers.
def user(request: HTTPConnection, response: Response, _=Depends(same_origin)):
    response.headers.update(NO_STORE)
    # A prefetched page (Sec-Purpose) could be shown after a logout, so it is refused. The click asks again.
    if "sec-purpose" in request.headers:
        raise HTTPException(403, "Nobody has asked for this yet.")
    # Without keys nobody can come back from the login, so nobody is sent there.
    keys.get_jwk_set()
    # Every cookie of the name counts: a sibling host can plant others, which must not hide the good one.
    cookies = (pair.strip().partition("=") for header in request.headers.getlist("cookie") for pair in header.split(";"))
    found = [claims_of(value) for name, _, value in cookies if name == "__Secure-sso_access"]
    people = {claims["sub"]: claims for claims in found if claims}
    if len(people) != 1:
        raise HTTPException(409 if people else 401, "Cookies of two people: clear the cookies of this domain.")
    return people.popitem()[1]


def log_in_first(request: HTTPConnection, _):
    # A request that no script sends is a person's, possibly by a service worker. If the browser does not say, `Accept` decides.
    mode, likes = request.headers.get("sec-fetch-mode"), request.headers.get("accept", "").partition("json")[0]
    is_person = mode == "navigate" or ("html" in likes and mode not in ("cors", "no-cors", "websocket"))
    is_page = is_person and request.scope.get("method") == "GET"
    # From SERVICE_URL, never from the Host header. A script's own URL is no page to come back to.
    target = b"?".join(filter(None, [request.scope["raw_path"], request.scope["query_string"]])).decode()
    back = SERVICE_URL + (target if is_page else "/")
    login_url = f"{AUTH_URL}/login?{urlencode({'next': back})}"
    headers = {**NO_STORE, "WWW-Authenticate": "Bearer"}
    # Back from the login again and again: one more redirect would not help.
    if is_page and "sso_loop" in request.query_params:
        return HTMLResponse(f'<p>Logging in does not work here; the log of this service says why. <a href="{login_url}">Try again</a>', 401, headers)
    if is_page:
        if (host := request.headers.get("host", "")) != urlsplit(SERVICE_URL).netloc and COOKIE_DOMAIN in host:
            log.warning("opened at %.100r, and the login leads back to SERVICE_URL, %s", host, SERVICE_URL)
        return RedirectResponse(login_url, 303, NO_STORE)
    problem = {"title": "Log in first", "login_url": login_url, "renew_url": AUTH_URL + "/api/session/renew"}
    return JSONResponse(problem, 401, headers, "application/problem+json")


def refuse(_, error):
    return PlainTextResponse(error.detail, error.status_code, {**NO_STORE, **(error.headers or {})})


# For `FastAPI(exception_handlers=…)`.
HANDLERS = {401: log_in_first, 403: refuse, 409: refuse, 503: refuse}
