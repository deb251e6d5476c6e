# Shared login for Django: middleware that identifies the user, and responses to everybody else. Copy this file.
import logging
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, JsonResponse
from rest_framework_simplejwt import exceptions, models, state, tokens

log = logging.getLogger("shared_login")


# The public keys, fetched again every five minutes so that a withdrawn one is forgotten. If that fails, the last good
# ones stay: people who are logged in need no auth-service.
class Keys(jwt.PyJWKClient):
    last = {}

    def fetch_data(self):
        try:
            self.last = super().fetch_data()
        except Exception as error:
            log.warning("keys not fetched from %s: %s", self.uri, error)
        return self.last


keys = state.token_backend.jwks_client = Keys(settings.SIMPLE_JWT["JWK_URL"], timeout=5)


# The user of a valid token, or None. The log has the reason; `%r` keeps a token from writing lines there.
def person_of(cookie):
    try:
        person = models.TokenUser(tokens.AccessToken(cookie))
        person.uuid, person.email, person.is_staff = (person.token["user_" + name] for name in ("uuid", "email", "is_staff"))
        if jwt.get_unverified_header(cookie).get("typ") == "at+jwt":
            return person
        log.warning("token refused: it was made for another purpose")
    except (exceptions.TokenError, jwt.PyJWKSetError) as error:
        while error.__cause__:
            error = error.__cause__
        log.warning("token refused: %.300r", error)


# Whether this was sent by our own page, if it is more than a read: any page can make the browser send the login, and
# open a WebSocket, by GET. `SharedLogin` asks it for every request.
def same_origin(request):
    is_read = request.method in ("GET", "HEAD", "OPTIONS") and "Upgrade" not in request.headers
    came_from = request.headers.get("Sec-Fetch-Site") or request.headers.get("Origin")
    return is_read or came_from in ("same-origin", "none", settings.SERVICE_URL)


# Gives every request its `user`. Views are for people who are logged in, unless marked with `login_not_required`.
class SharedLogin(LoginRequiredMiddleware):
    def process_request(self, request):
        # A prefetched page (Sec-Purpose) could be shown after a logout, so it is refused. The click asks again.
        if "Sec-Purpose" in request.headers or not same_origin(request):
            return HttpResponse("This was not sent by a page of this service, or nobody has asked for it yet.", status=403)
        # Every cookie of the name counts: a sibling host can plant others, which must not hide the good one.
        cookies = (pair.strip().partition("=") for pair in request.META.get("HTTP_COOKIE", "").split(";"))
        people = {person_of(value) for name, _, value in cookies if name == "__Secure-sso_access"} - {None}
        request.user = people.pop() if people else AnonymousUser()
        if people:
            return HttpResponse("Cookies of two people: clear the cookies of this domain.", status=409)

    def handle_no_permission(self, request, view_func):
        # Without keys nobody can be let in, and a redirect to the login would come straight back.
        if settings.SIMPLE_JWT["ALGORITHM"] != "HS512" and not (keys.last or keys.fetch_data()):
            return HttpResponse("The keys could not be fetched yet. Try again in a few seconds.", status=503, headers={"Retry-After": "5"})
        # A request that no script sends is a person's, possibly by a service worker. If the browser does not say, `Accept` decides.
        mode, likes = request.headers.get("Sec-Fetch-Mode"), request.get_preferred_type(["application/json", "text/html"])
        is_page = request.method == "GET" and (mode == "navigate" or (likes == "text/html" and mode not in ("cors", "no-cors", "websocket")))
        # From SERVICE_URL, never from the Host header. A script's own URL is no page to come back to.
        back = settings.SERVICE_URL + (request.get_full_path() if is_page else "/")
        login_url = f"{settings.AUTH_URL}/login?{urlencode({'next': back})}"
        # Back from the login again and again: one more redirect would not help.
        if is_page and "sso_loop" in request.GET:
            page = f'<p>Logging in does not work here; the log of this service says why. <a href="{login_url}">Try again</a>'
            return HttpResponse(page, status=401, headers={"WWW-Authenticate": "Bearer"})
        if is_page:
            if (host := request.headers.get("Host", "")) != urlsplit(settings.SERVICE_URL).netloc and settings.SIMPLE_JWT["AUDIENCE"] in host:
                log.warning("opened at %.100r, and the login leads back to SERVICE_URL, %s", host, settings.SERVICE_URL)
            return HttpResponse(status=303, headers={"Location": login_url})
        problem = {"title": "Log in first", "login_url": login_url, "renew_url": settings.AUTH_URL + "/api/session/renew"}
        return JsonResponse(problem, status=401, content_type="application/problem+json", headers={"WWW-Authenticate": "Bearer"})
