# The shared login for FastAPI: who is asking, and what nobody is answered. Copy this file.
import os
from contextlib import suppress
from urllib.parse import urlencode

import jwt
from fastapi import HTTPException, Response
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse, RedirectResponse

AUTH_URL, SERVICE_URL = (os.environ[name].rstrip("/") for name in ("AUTH_URL", "SERVICE_URL"))
NO_STORE, OURS = {"Cache-Control": "no-store"}, ("same-origin", "none", SERVICE_URL)
EXPECTED = {"algorithms": ["ES256"], "issuer": AUTH_URL, "audience": os.environ["COOKIE_DOMAIN"], "leeway": 5}
OPTIONS = {"require": ["iss", "aud", "sub", "iat", "nbf", "exp", "user_uuid", "token_type"], "strict_aud": True}


# The public keys, fetched anew every five minutes so that a withdrawn one is forgotten. Where that fails, the last good
# ones stay: people who are logged in need no auth-service.
class Keys(jwt.PyJWKClient):
    last = None

    def fetch_data(self):
        with suppress(Exception):
            self.last = super().fetch_data()
        if self.last is None:
            raise HTTPException(503, "The keys could not be fetched yet.", {"Retry-After": "5"})
        return self.last


keys = Keys(os.environ.get("AUTH_JWKS") or f"{AUTH_URL}/.well-known/jwks.json", timeout=5)


# The claims of a token that holds, or None.
def claims_of(cookie):
    with suppress(jwt.PyJWTError):
        token = jwt.decode_complete(cookie, keys.get_signing_key_from_jwt(cookie), **EXPECTED, options=OPTIONS)
        if token["header"].get("typ") == "at+jwt" and token["payload"]["token_type"] == "access":
            return token["payload"]


# A dependency, of WebSockets too: the claims of whoever is logged in. To nobody, `log_in_first` answers.
def user(request: HTTPConnection, response: Response):
    response.headers.update(NO_STORE)
    # The login comes with whatever any page makes the browser send. What is not just read, a WebSocket too, must come from a page of ours.
    is_read = request.scope.get("method") in ("GET", "HEAD", "OPTIONS") and "upgrade" not in request.headers
    # What is fetched before anybody has clicked (Sec-Purpose) could be shown after a logout: the click asks again.
    if "sec-purpose" in request.headers or (not is_read and (request.headers.get("sec-fetch-site") or request.headers.get("origin")) not in OURS):
        raise HTTPException(403, "This was not sent by a page of this service, or nobody has asked for it yet.")
    # Every cookie of the name counts: a sibling host can plant more of them, and must not hide the good one.
    cookies = (pair.strip().partition("=") for header in request.headers.getlist("cookie") for pair in header.split(";"))
    found = [claims_of(value) for name, _, value in cookies if name == "__Secure-sso_access"]
    people = {claims["sub"]: claims for claims in found if claims}
    if len(people) != 1:
        raise HTTPException(409 if people else 401, "Cookies of two people: clear the cookies of this domain.")
    return people.popitem()[1]


def log_in_first(request: HTTPConnection, _):
    # What no script sends is a person's, who may have a service worker between: where the browser does not say, whoever asks for HTML.
    mode, likes = request.headers.get("sec-fetch-mode"), request.headers.get("accept", "").partition("json")[0]
    is_person = mode == "navigate" or ("html" in likes and mode not in ("cors", "no-cors", "websocket"))
    is_page = is_person and request.scope.get("method") == "GET"
    # By SERVICE_URL, never by the Host header. A script's own address is no page to come back to.
    target = b"?".join(filter(None, [request.scope["raw_path"], request.scope["query_string"]])).decode()
    back = SERVICE_URL + (target if is_page else "/")
    login_url = f"{AUTH_URL}/login?{urlencode({'next': back})}"
    if is_page:
        return RedirectResponse(login_url, 303, NO_STORE)
    problem = {"title": "Log in first", "login_url": login_url, "renew_url": AUTH_URL + "/api/session/renew"}
    return JSONResponse(problem, 401, {**NO_STORE, "WWW-Authenticate": "Bearer"}, "application/problem+json")
