"""djangorestframework-simplejwt, set up as an existing consumer has it, judges one token.

The key set comes by JWK_URL, so simplejwt fetches it itself.
"""

import json
import sys

import django
from django.conf import settings


def main() -> None:
    question = json.load(sys.stdin)
    settings.configure(
        SECRET_KEY="unused by a consumer that only verifies" * 2,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "rest_framework",
            "rest_framework_simplejwt",
        ],
        SIMPLE_JWT={
            "ALGORITHM": "ES256",
            "SIGNING_KEY": None,
            "VERIFYING_KEY": None,
            "JWK_URL": question["jwks_url"],
            "ISSUER": question["issuer"],
            "AUDIENCE": question["audience"],
            "USER_ID_CLAIM": "user_uuid",
            "LEEWAY": question["leeway"],
        },
    )
    django.setup()

    from rest_framework.exceptions import AuthenticationFailed
    from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

    authentication = JWTStatelessUserAuthentication()
    try:
        token = authentication.get_validated_token(question["token"].encode())
        user = authentication.get_user(token)
    except AuthenticationFailed as refusal:
        json.dump({"refused": type(refusal).__name__}, sys.stdout)
    else:
        json.dump({"claims": token.payload, "user_id": str(user.id), "is_staff": user.is_staff}, sys.stdout)


main()
