# Shared login for Django: middleware that identifies the user, and responses to everybody else. Copy this file.
from contextlib import suppress
from urllib.parse import urlencode

import jwt
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, JsonResponse
from rest_framework_simplejwt import exceptions, models, state, tokens


# The public keys, fetched again every five minutes so that a withdrawn one is forgotten. If that fails, the last good
# ones stay: people who are logged in need no auth-service. If it never succeeded, checking a cookie is an error.
class Keys(jwt.PyJWKClient):
    last = {}

    def fetch_data(self):
        with suppress(Exception):
            self.last = super().fetch_data()
        return self.last


state.token_backend.jwks_client = Keys(settings.SIMPLE_JWT["JWK_URL"], timeout=5)


# The user of a valid token, or None. A token of another `typ` is for another purpose.
def person_of(cookie):
    with suppress(exceptions.TokenError):
        person = models.TokenUser(tokens.AccessToken(cookie))
        person.uuid, person.email, person.is_staff = (person.token["user_" + name] for name in ("uuid", "email", "is_staff"))
        return person if jwt.get_unverified_header(cookie).get("typ") == "at+jwt" else None


# Gives every request its `user`. Views are for people who are logged in, unless marked with `login_not_required`.
class SharedLogin(LoginRequiredMiddleware):
    def process_request(self, request):
        # A prefetched page (Sec-Purpose) could be shown after a logout, so it is refused. The click asks again.
        # Any page can open a WebSocket, by GET, and only forms have a CSRF token.
        if "Sec-Purpose" in (sent := request.headers) or ("Upgrade" in sent and (sent.get("Sec-Fetch-Site") or sent.get("Origin")) not in ("same-origin", settings.SERVICE_URL)):
            return HttpResponse("This was not sent by a page of this service, or nobody has asked for it yet.", status=403)
        # Every cookie of the name counts: a sibling host can plant others, which must not hide the good one.
        cookies = (pair.strip().partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
        people = {person_of(value) for name, _, value in cookies if name == "__Secure-sso_access"} - {None}
        request.user = people.pop() if people else AnonymousUser()
        if people:
            return HttpResponse("Cookies of two people: clear the cookies of this domain.", status=409)

    def handle_no_permission(self, request, view_func):
        # A request that no script sends is a person's, possibly by a service worker. If the browser does not say, `Accept` decides.
        mode, likes = request.headers.get("Sec-Fetch-Mode"), request.get_preferred_type(["application/json", "text/html"])
        is_page = request.method == "GET" and (mode == "navigate" or (likes == "text/html" and mode not in ("cors", "no-cors", "websocket")))
        # From SERVICE_URL, never from the Host header. A script's own URL is no page to come back to.
        back = settings.SERVICE_URL + (request.get_full_path() if is_page else "/")
        login_url = f"{settings.AUTH_URL}/login?{urlencode({'next': back})}"
        if is_page:
            return HttpResponse(status=303, headers={"Location": login_url})
        problem = {"title": "Log in first", "login_url": login_url, "renew_url": settings.AUTH_URL + "/api/session/renew"}
        return JsonResponse(problem, status=401, content_type="application/problem+json", headers={"WWW-Authenticate": "Bearer"})
