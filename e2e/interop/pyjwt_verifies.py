"""PyJWT, given the key set and what a consumer expects, judges one token."""

import json
import sys

import jwt


def main() -> None:
    question = json.load(sys.stdin)
    keys = jwt.PyJWKSet.from_dict(question["jwks"])
    try:
        kid = jwt.get_unverified_header(question["token"])["kid"]
        claims = jwt.decode(
            question["token"],
            keys[kid],
            algorithms=["ES256"],
            issuer=question["issuer"],
            audience=question["audience"],
            leeway=question["leeway"],
            options={"require": ["exp", "nbf", "iat", "iss", "aud", "sub", "jti"]},
        )
    except jwt.InvalidTokenError as refusal:
        json.dump({"refused": type(refusal).__name__}, sys.stdout)
    else:
        json.dump({"claims": claims}, sys.stdout)


main()
