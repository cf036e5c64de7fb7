"""A second real issuer of access tokens: the Python package `idpyoidc` with the client credentials grant (RFC 6749,
section 4.4), introspection (RFC 7662) and revocation (RFC 7009).

Its tokens are opaque: encrypted for itself alone. Prints its port on a line of its own, and ends when its standard input
does. Beside the package's endpoints it answers `GET /test/asked`: how often it was asked about a token.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from idpyoidc.server import Server
from idpyoidc.server.configure import ASConfiguration

# The client that asks about tokens, and those that they are issued to: the package fails at the second token for one
# client by this grant.
ASKING = "edge"
ROBOTS = [f"robot-{number}" for number in range(8)]
SCOPES = ["read", "profile"]
LIFETIME = 600


def endpoint(name, path, **more):
    methods = {"client_authn_method": ["client_secret_basic"], **more}
    return {"path": path, "class": f"idpyoidc.server.oauth2.{name}", "kwargs": methods}


def started(issuer):
    # A key for each kind of token, so that one does not open another; they live as long as this process.
    def handler():
        keys = {"keys": {"key_defs": [
            {"type": "OCT", "use": ["enc"], "kid": "password"},
            {"type": "OCT", "use": ["enc"], "kid": "salt"},
        ]}}
        return {"lifetime": LIFETIME, "kwargs": {"crypt_conf": {"kwargs": keys}}}

    server = Server(ASConfiguration(
        conf={
            "issuer": issuer,
            "httpc_params": {"verify": True},
            "key_conf": {"key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}]},
            "token_handler_args": {"code": handler(), "token": handler()},
            "session_params": {"encrypter": handler()["kwargs"]["crypt_conf"]},
            "endpoint": {
                "token": endpoint("token.Token", "token"),
                "introspection": endpoint("introspection.Introspection", "introspection",
                                          enforce_audience_restriction=False),
                "token_revocation": endpoint("token_revocation.TokenRevocation", "revocation"),
            },
        },
        base_path="",
    ))
    for name in [ASKING, *ROBOTS]:
        server.context.cdb[name] = {
            "client_id": name,
            "client_secret": f"{name}-secret",
            "allowed_scopes": SCOPES,
            "grant_types_supported": [] if name == ASKING else ["client_credentials"],
        }
    return server


class Answers(BaseHTTPRequestHandler):
    server_version = "issuer"
    protocol_version = "HTTP/1.1"
    asked = 0
    # The package keeps its sessions without locks.
    lock = threading.Lock()

    def do_GET(self):
        self.say(200, json.dumps({"said": Answers.asked}), "application/json")

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        with Answers.lock:
            if self.path == "/introspection":
                Answers.asked += 1
            for one in self.server.issuer.endpoint.values():
                if self.path == f"/{one.endpoint_path}":
                    return self.by(one, form)
        return self.say(404, "{}", "application/json")

    def by(self, one, form):
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            request = one.parse_request(form, http_info={"headers": headers})
        except Exception as error:  # It has an error of its own for each way not to know a client.
            print(f"{one.name}: {error!r}", file=sys.stderr)
            return self.say(401, '{"error":"invalid_client"}', "application/json")
        try:
            made = request if "error" in request else one.process_request(request)
        except Exception as error:  # As a framework around the package does.
            print(f"{one.name}: {error!r}", file=sys.stderr)
            return self.say(500, "<h1>Server error</h1>", "text/html")
        if "error" in made:
            return self.say(400, made.to_json(), "application/json")
        answer = one.do_response(request=request, **made)
        kind = dict(answer["http_headers"]).get("Content-type", "application/json")
        return self.say(200, answer["response"], kind)

    def say(self, status, text, kind):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: what it prints is read by the suite."""


listening = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
listening.daemon_threads = True
port = listening.server_address[1]
listening.issuer = started(f"http://localhost:{port}")
threading.Thread(target=listening.serve_forever, daemon=True).start()
print(port, flush=True)
sys.stdin.read()
