"""The real account behind the generated requests, and the tokens it holds at the moment."""

import os
import time

import requests

AUTH_URL = os.environ["AUTH_URL"]
ACCOUNT = {"email": os.environ["FUZZ_EMAIL"], "password": os.environ["FUZZ_PASSWORD"]}

# Well below the grace, within which a token that was replaced is still taken.
GOOD_FOR_SECONDS = 10


class Tokens:
    """The last pair that was handed out. A new one is fetched when that one was used up."""

    def __init__(self):
        self.pair = None
        self.since = 0.0

    def keep(self, **pair):
        self.pair = {**(self.pair or {}), **pair}
        self.since = time.monotonic()

    def forget(self):
        self.pair = None

    def now(self):
        if self.pair is None or time.monotonic() - self.since > GOOD_FOR_SECONDS:
            answer = requests.post(f"{AUTH_URL}/api/token/", json=ACCOUNT, timeout=30)
            answer.raise_for_status()
            self.keep(**answer.json())
        return self.pair


tokens = Tokens()
