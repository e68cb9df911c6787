"""A stand-in for the gateway's internal listener, on a real socket, with keys of its own.

It is not the gateway: it answers as the contract says, so that an app can be tried alone.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import jwt
import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

ISSUER = "http://localhost:8080"
NAMES = {"acme-corp": "Acme Corp", "globex": "Globex", "initech": "Initech"}
COLORS = {"acme-corp": "#2563eb", "globex": "#0d9488", "initech": "#b45309"}


class StubGateway:
    """Signs tokens, and answers what the internal listener answers. Use it with ``with``."""

    def __init__(self) -> None:
        self.kid = "key-1"
        self.private_key = Ed25519PrivateKey.generate()
        self.published = True
        self.datasets: dict[tuple[str, str], bytes] = {}
        self.preferences: dict[tuple[str, str, str], dict[str, dict[str, Any]]] = {}
        # By tenant; a tenant without its own gets ``config``.
        self.configs: dict[str, dict[str, Any]] = {}
        self.config: dict[str, Any] = {}
        self.config_fits = True
        self._versions = itertools.count(100)
        self.requests: list[tuple[str, str, int]] = []
        self.failing = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StubGateway:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def claims(self, tenant: str, dashboard: str, /, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "dashgate-internal",
            "sub": f"user-of-{tenant}",
            "tenant_id": tenant,
            "role": "viewer",
            "email": f"viewer@{tenant}.test",
            "dashboard": dashboard,
            "sid": "opaque",
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + 600,
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, tenant: str, dashboard: str, /, **changes: Any) -> str:
        claims = self.claims(tenant, dashboard, **changes)
        return jwt.encode(claims, self.private_key, "EdDSA", {"kid": self.kid})

    def put_frame(self, tenant: str, name: str, frame: pd.DataFrame) -> None:
        file = io.BytesIO()
        frame.to_parquet(file)
        self.datasets[(tenant, name)] = file.getvalue()

    def jwks(self) -> dict[str, Any]:
        key = OKPAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        entry = {**key, "kid": self.kid, "use": "sig", "alg": "EdDSA"}
        return {"keys": [entry] if self.published else []}

    def answer(
        self, method: str, path: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if self.failing:
            return 503, {"X-Request-Id": "stub-request"}, b"{}"
        if path == "/.well-known/jwks.json":
            return 200, {}, json.dumps(self.jwks()).encode()
        bearer = (headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            public_key = self.private_key.public_key()
            claims = jwt.decode(bearer, public_key, ["EdDSA"], audience="dashgate-internal")
        except jwt.InvalidTokenError:
            return 401, {}, b'{"error":"tenant_token_invalid"}'
        resource, _, name = path.lstrip("/").partition("/")
        if resource == "context":
            return self.answer_context(claims, headers)
        if resource == "datasets":
            return self.dataset(claims["tenant_id"], unquote(name), headers)
        owner = (claims["tenant_id"], claims["sub"], claims["dashboard"])
        sets = self.preferences.setdefault(owner, {})
        if method == "GET" and not name:
            rows = [sets[one] for one in sorted(sets)]
            return 200, {}, json.dumps({"preferences": rows}).encode()
        return self.preference(method, sets, unquote(name), headers, body)

    def answer_context(
        self, claims: dict[str, Any], headers: Any
    ) -> tuple[int, dict[str, str], bytes]:
        if not self.config_fits:
            return refusal(500, "config_invalid")
        content = json.dumps(self.context(claims)).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if headers.get("If-None-Match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag}, content

    def context(self, claims: dict[str, Any]) -> dict[str, Any]:
        tenant = claims["tenant_id"]
        name = NAMES.get(tenant, tenant)
        return {
            "tenant": {"id": tenant, "displayName": name},
            "user": {key: claims[key] for key in ("sub", "email", "role")},
            "dashboard": {"slug": claims["dashboard"], "title": claims["dashboard"]},
            "branding": {"displayName": name, "colors": {"primary": COLORS.get(tenant)}},
            "config": self.configs.get(tenant, self.config),
        }

    def dataset(self, tenant: str, name: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        if not name:
            names = [{"name": one} for owner, one in sorted(self.datasets) if owner == tenant]
            return 200, {}, json.dumps({"datasets": names}).encode()
        content = self.datasets.get((tenant, name))
        if content is None:
            return 404, {}, b'{"error":"dataset_not_found"}'
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if headers.get("If-None-Match") == etag:
            return 304, {"ETag": etag}, b""
        return 200, {"ETag": etag}, content

    def preference(
        self, method: str, sets: dict[str, dict[str, Any]], name: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        present = sets.get(name)
        expected = headers.get("If-Match")
        if expected is not None and (not present or expected != f'"{present["version"]}"'):
            return refusal(412, "preference_changed")
        if headers.get("If-None-Match") == "*" and present:
            return refusal(412, "preference_changed")
        if method == "DELETE":
            return (204, {}, b"") if sets.pop(name, None) else refusal(404, "preference_not_found")
        if method == "PUT":
            if len(sets) >= 50 and not present:
                return refusal(409, "too_many_preferences")
            sent = json.loads(body)
            is_default = sent.get("isDefault", present["isDefault"] if present else False)
            for other in sets.values():
                if is_default and other["isDefault"]:
                    other |= {"isDefault": False, "version": next(self._versions)}
            version = next(self._versions)
            row = {"name": name, "value": sent["value"], "isDefault": is_default}
            sets[name] = {**row, "version": version}
        if name not in sets:
            return refusal(404, "preference_not_found")
        row = sets[name]
        return 200, {"ETag": f'"{row["version"]}"'}, json.dumps(row).encode()


def refusal(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    content = {"error": code, "message": f"Refused: {code}."}
    return status, {"X-Gateway-Error": code}, json.dumps(content).encode()


def _handler(stub: StubGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = stub.answer(self.command, self.path, self.headers, body)
            stub.requests.append((self.command, self.path, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if status not in (204, 304):
                self.wfile.write(content)

        do_GET = do_PUT = do_DELETE = respond

        def log_message(self, *_: object) -> None:
            pass

    return Handler
