import os
from urllib.parse import urlsplit

if missing := [name for name in ("AUTH_URL", "COOKIE_DOMAIN", "SERVICE_URL") if not os.environ.get(name)]:
    raise SystemExit("not set: " + ", ".join(missing))
AUTH_URL, SERVICE_URL = (os.environ[name].rstrip("/") for name in ("AUTH_URL", "SERVICE_URL"))
for name, url in (("AUTH_URL", AUTH_URL), ("SERVICE_URL", SERVICE_URL)):
    if not f".{urlsplit(url).hostname}".endswith("." + os.environ["COOKIE_DOMAIN"]) or urlsplit(url).scheme != urlsplit(AUTH_URL).scheme:
        raise SystemExit(f"{name} must be an address on or below COOKIE_DOMAIN, with the scheme of AUTH_URL")

SIMPLE_JWT = {
    # If auth-service runs with TOKEN_ALGORITHM=HS512, set that here too, and the same JWT_SIGNING_KEY.
    "ALGORITHM": os.environ.get("TOKEN_ALGORITHM") or "ES256", "SIGNING_KEY": os.environ.get("JWT_SIGNING_KEY", ""),
    "JWK_URL": os.environ.get("AUTH_JWKS") or f"{AUTH_URL}/.well-known/jwks.json",
    "ISSUER": AUTH_URL, "AUDIENCE": os.environ["COOKIE_DOMAIN"], "LEEWAY": 5, "USER_ID_CLAIM": "user_uuid",
}

# Pages that depend on who asks must not be cached. Forms need Django's CSRF token.
MIDDLEWARE = ["django.views.decorators.cache.never_cache", "shared_login.SharedLogin", "django.middleware.csrf.CsrfViewMiddleware"]
# Django's check requires its AuthenticationMiddleware, which needs sessions and a database.
SILENCED_SYSTEM_CHECKS = ["auth.E013"]
# simplejwt imports the models of these. There is no database.
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]

ALLOWED_HOSTS, ROOT_URLCONF = ["." + os.environ["COOKIE_DOMAIN"]], "urls"
# Nothing is signed with it here. Your project has its own.
SECRET_KEY = os.urandom(32).hex()
