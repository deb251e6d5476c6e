"""Puts a real account behind some of the generated requests, and checks what a description cannot say."""

import collections
import json
import os
import socket
import zlib

import schemathesis

from accounts import ACCOUNT, tokens

COOKIE = "__Host-sso_refresh"
RENEWAL = "/api/session/renew"
OUR_ORIGIN = os.environ["SERVICE_URL"]
OTHER_ORIGIN = "https://elsewhere.example"

# What we want to have met, of what is described; the rest needs a slow, a huge or an overloaded request.
WANTED = {200, 204, 400, 401, 403, 415, 422}

seen = collections.defaultdict(collections.Counter)
described = {}


def find_localhost(find=socket.getaddrinfo):
    """Many resolvers do not know `*.localhost` (RFC 6761, 6.3)."""

    def found(host, *rest, **named):
        return find("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)

    socket.getaddrinfo = found


find_localhost()


def share(case, parts):
    """One of `parts`, always the same one for the same request: what failed once must fail again."""
    text = json.dumps([case.method, case.path, case.body, dict(case.headers or {})], default=repr)
    return zlib.crc32(text.encode()) % parts


def is_object_of(body, *names):
    return isinstance(body, dict) and set(body) == set(names) and all(isinstance(value, str) for value in body.values())


@schemathesis.hook
def after_load_schema(ctx, schema):
    described.update(schema.raw_schema["paths"])


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Half of the well-formed requests get what really is somebody's, and a few come from elsewhere or are broken."""
    part = share(case, 16)
    if case.path == RENEWAL:
        if part < 12 and "Origin" in (case.headers or {}):
            case.headers["Origin"] = OUR_ORIGIN
        return
    if case.method != "POST":
        return
    if part == 0:
        case.headers["Origin"] = OTHER_ORIGIN
    if part < 2 or part >= 9:
        return
    if is_object_of(case.body, "email", "password"):
        case.body = ACCOUNT if part < 8 else {**ACCOUNT, "password": "a wrong password indeed"}
    elif is_object_of(case.body, "refresh"):
        case.body = {"refresh": tokens.now()["refresh"]}
    elif is_object_of(case.body, "token"):
        case.body = {"token": tokens.now()["access" if part < 6 else "refresh"]}


@schemathesis.hook
def after_call(ctx, case, response):
    label, status = f"{case.method.upper()} {case.path}", response.status_code
    seen[label][status] += 1
    if status == 200 and case.path in ("/api/token/", "/api/token/refresh/"):
        tokens.keep(**response.json())
    elif (label, status) == (f"POST {RENEWAL}", 204):
        tokens.keep(refresh=cookie_of(response))
    elif status == 401 or (status == 200 and case.path == "/api/token/blacklist/"):
        # Whether it was our session that ended is not worth knowing.
        tokens.forget()


def cookie_of(response):
    lines = response.headers.get("set-cookie", [])
    return next(line.split("=", 1)[1].split(";")[0] for line in lines if line.startswith(f"{COOKIE}="))


@schemathesis.auth(refresh_interval=None).apply_to(path=RENEWAL)
class Browser:
    def get(self, case, ctx):
        return tokens.now()["refresh"]

    def set(self, case, data, ctx):
        case.cookies = {**(case.cookies or {}), COOKIE: data}


@schemathesis.check
def a_problem_says_its_status(ctx, response, case):
    if response.status_code >= 400:
        assert response.json()["status"] == response.status_code


@schemathesis.check
def nothing_with_a_token_is_stored(ctx, response, case):
    if case.path != "/api/openapi.json":
        assert response.headers["cache-control"] == ["no-store"]


@schemathesis.check
def nobody_reads_a_secret_back(ctx, response, case):
    assert ACCOUNT["password"].encode() not in response.content


@schemathesis.check
class EveryKindOfAnswerWasSeen:
    """So that a run of nothing but refusals does not pass."""

    def after_run(self, ctx):
        print_seen()
        missing = []
        for path, methods in described.items():
            for method, operation in methods.items():
                wanted = WANTED & {int(status) for status in operation["responses"]}
                missing += [f"{method.upper()} {path} {status}" for status in wanted - set(seen[f"{method.upper()} {path}"])]
            met = set().union(*(statuses for label, statuses in seen.items() if label.endswith(f" {path}")))
            missing += [f"any other method {path} 405"] if 405 not in met else []
        assert not missing, f"never seen: {', '.join(sorted(missing))}"


def print_seen():
    print("\nAnswers seen:")
    for label, statuses in sorted(seen.items()):
        print(f"  {label:32}", "  ".join(f"{status} x{count}" for status, count in sorted(statuses.items())))
