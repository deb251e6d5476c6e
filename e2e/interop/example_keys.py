"""The key client of a Python example, while its key set changes and then cannot be fetched any more.

Answers which keys it knows at the start, after a change, and after the server has gone.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class KeyServer(BaseHTTPRequestHandler):
    keys: list = []

    def do_GET(self) -> None:
        body = json.dumps({"keys": self.keys}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    question = json.load(sys.stdin)
    sys.path.insert(0, question["folder"])
    os.environ.update(question["environment"])
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        import django

        django.setup()
    from shared_login import Keys

    server = ThreadingHTTPServer(("127.0.0.1", 0), KeyServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keys = Keys(f"http://127.0.0.1:{server.server_port}/", timeout=5)
    # As if five minutes passed between any two requests.
    keys.jwk_set_cache.lifespan = 0

    def known() -> list:
        return [key.key_id for key in keys.get_signing_keys()]

    KeyServer.keys = [{**question["key"], "kid": "old"}]
    answer = {"start": known()}
    KeyServer.keys = [{**question["key"], "kid": "new"}]
    answer["changed"] = known()
    server.shutdown()
    server.server_close()
    answer["gone"] = known()
    json.dump(answer, sys.stdout)


main()
