"""A real Django that people leave for auth-service, and one that they come to from there.

    django_moves.py leave <database> <dump>      makes people with each of Django's hashers, and dumps them
    django_moves.py arrive <database> <export>   loads people, and prints who may log in

Reads `{"people": [{"email", "password"}]}` on standard input, and prints JSON.
"""

import json
import sys
import uuid

import django
from django.conf import settings

HASHERS = ["PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt"]

task, database, path = sys.argv[1:]
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
    USE_TZ=True,
    SECRET_KEY="only for this test",
    PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}PasswordHasher" for name in HASHERS],
)
django.setup()

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command

people = json.load(sys.stdin)["people"]
call_command("migrate", verbosity=0)
if task == "leave":
    made = []
    for n, person in enumerate(people):
        # The names that `auth-service` has for the hashers, one for each person in turn.
        algorithm = ["pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "scrypt"][n % 6]
        user = User(username=str(uuid.uuid4()), email=person["email"], first_name="Ada", last_name=algorithm)
        user.password = make_password(person["password"], hasher=algorithm)
        user.save()
        made.append({"uuid": user.username, "email": user.email, "hash": user.password})
    call_command("dumpdata", "auth.user", output=path, verbosity=0)
    print(json.dumps({"django": django.__version__, "made": made}))
else:
    call_command("loaddata", path, verbosity=0)
    let_in = []
    for person in people:
        user = User.objects.get(email=person["email"])
        right = authenticate(username=user.username, password=person["password"])
        wrong = authenticate(username=user.username, password=person["password"] + "!")
        let_in.append({"uuid": user.username, "hash": User.objects.get(pk=user.pk).password, "right": right == user, "wrong": wrong is not None})
    print(json.dumps(let_in))
