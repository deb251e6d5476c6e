"""Makes `hashes.json` and `dump.json` by a real Django, for `cargo test`.

    python3 -m venv /tmp/django && /tmp/django/bin/pip install 'Django==5.2.19' argon2-cffi==25.1.0 bcrypt==5.0.0
    /tmp/django/bin/python auth-service/tests/it/django/make_fixtures.py

Every hasher is Django's own. Their costs are lowered, so that a test's time is spent on something else; one of each has the
cost that Django takes by itself.
"""

import io
import json
import pathlib
import uuid

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
    SECRET_KEY="only for making fixtures",
    PASSWORD_HASHERS=[
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
        "django.contrib.auth.hashers.BCryptPasswordHasher",
        "django.contrib.auth.hashers.ScryptPasswordHasher",
    ],
)
django.setup()

from datetime import datetime, timezone

import argon2
from django.contrib.auth import hashers
from django.contrib.auth.models import User
from django.core.management import call_command

FOLDER = pathlib.Path(__file__).parent
PASSWORDS = {
    "plain": "tumbling violets 7 in a slow brass door",
    "unicode": "пингвины 🦀 Grüße",
    "spaces": "  spaces before and after  ",
    "long": "x" * 72 + " and what bcrypt alone would not read: A",
    "short": "1",
}


def cheap(hasher, **costs):
    return type("Cheap", (hasher,), costs)()


def encoded(hasher, password):
    """`bcrypt$` of more than 72 bytes: releases before bcrypt 5 cut it, and such rows are in many databases."""
    if type(hasher).__mro__[1] is hashers.BCryptPasswordHasher or type(hasher) is hashers.BCryptPasswordHasher:
        password = password.encode()[:72].decode(errors="strict")
    return hasher.encode(password, hasher.salt())


def argon2_of(kind):
    class Variant(hashers.Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 1, 64, 2

        def params(self):
            params = super().params()
            return argon2.Parameters(
                type=kind, version=params.version, salt_len=params.salt_len, hash_len=params.hash_len,
                time_cost=self.time_cost, memory_cost=self.memory_cost, parallelism=self.parallelism,
            )

        def encode(self, password, salt):
            p = self.params()
            data = argon2.low_level.hash_secret(
                password.encode(), salt.encode(), time_cost=p.time_cost, memory_cost=p.memory_cost,
                parallelism=p.parallelism, hash_len=p.hash_len, type=p.type,
            )
            return self.algorithm + data.decode("ascii")

    return Variant()


KINDS = {
    "pbkdf2_sha256": cheap(hashers.PBKDF2PasswordHasher, iterations=1000),
    "pbkdf2_sha1": cheap(hashers.PBKDF2SHA1PasswordHasher, iterations=1000),
    "argon2id": argon2_of(argon2.Type.ID),
    "argon2i": argon2_of(argon2.Type.I),
    "argon2d": argon2_of(argon2.Type.D),
    "bcrypt_sha256": cheap(hashers.BCryptSHA256PasswordHasher, rounds=4),
    "bcrypt": cheap(hashers.BCryptPasswordHasher, rounds=4),
    "scrypt": cheap(hashers.ScryptPasswordHasher, work_factor=2**6, block_size=4, parallelism=3),
}
DEFAULTS = {
    "pbkdf2_sha256": hashers.PBKDF2PasswordHasher(),
    "pbkdf2_sha1": hashers.PBKDF2SHA1PasswordHasher(),
    "argon2id": hashers.Argon2PasswordHasher(),
    "bcrypt_sha256": hashers.BCryptSHA256PasswordHasher(),
    "bcrypt": hashers.BCryptPasswordHasher(),
    "scrypt": hashers.ScryptPasswordHasher(),
}

made = []
for kind, hasher in KINDS.items():
    for name, password in PASSWORDS.items():
        made.append({"kind": kind, "name": name, "password": password, "hash": encoded(hasher, password)})
for kind, hasher in DEFAULTS.items():
    password = PASSWORDS["plain"]
    made.append({"kind": kind, "name": "default cost", "password": password, "hash": encoded(hasher, password)})
for one in made:
    # bcrypt 5 refuses what releases before it cut.
    password = one["password"].encode()[:72].decode() if one["kind"] == "bcrypt" else one["password"]
    assert hashers.check_password(password, one["hash"]), one
lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in made)
(FOLDER / "hashes.json").write_text(f'{{"django": "{django.__version__}", "hashes": [\n{lines}\n]}}\n')

call_command("migrate", verbosity=0)
for n, (kind, hasher) in enumerate(KINDS.items()):
    user = User(
        username=str(uuid.UUID(int=0x5EED0000_0000_4000_8000_000000000000 + n)), email=f"{kind.replace('_', '-')}@Example.org",
        first_name="Ada", last_name=kind, password=encoded(hasher, PASSWORDS["plain"]), is_staff=n == 0, is_superuser=n == 1,
        date_joined=datetime(2020, 1, 1 + n, 12, 30, 15, 123456, tzinfo=timezone.utc),
        last_login=datetime(2024, 5, 1 + n, tzinfo=timezone.utc) if n % 2 else None,
    )
    user.save()
for name, change in {
    "unusable": {"password": hashers.make_password(None)},
    "inactive": {"is_active": False, "password": encoded(KINDS["pbkdf2_sha256"], PASSWORDS["plain"])},
    "chosen-name": {"password": encoded(KINDS["pbkdf2_sha256"], PASSWORDS["plain"])},
    "old-md5": {"password": "md5$a$" + "0" * 32},
}.items():
    fields = {"username": name, "email": f"{name}@example.org", "date_joined": datetime(2020, 1, 1, tzinfo=timezone.utc)}
    User.objects.create(**(fields | change))
User.objects.create(username="no-address", email="", password="!", date_joined=datetime(2020, 1, 1, tzinfo=timezone.utc))
for format in ("json", "jsonl"):
    text = io.StringIO()
    call_command("dumpdata", "auth", format=format, indent=1 if format == "json" else None, stdout=text)
    (FOLDER / f"dump.{format}").write_text(text.getvalue())
print("made by Django", django.__version__)
