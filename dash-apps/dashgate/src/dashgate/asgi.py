"""The gate in front of an ASGI server (FastAPI, Quart), for HTTP and for WebSockets."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx2

from .gate import NOT_ALLOWED, Gate, Refusal
from .identity import AsgiIdentity, asgi_identity
from .tenant_token import Identity

logger = logging.getLogger("dashgate")

# RFC 6455 section 7.4.1 leaves 1012 to "service restart": Dash's worker connects again, with the
# token of a new handshake. It would not after 1000 or 4001.
CLOSE_CONNECT_AGAIN = 1012
# "Policy violation".
CLOSE_REFUSED = 1008


class AsgiGate:
    """Pure ASGI middleware: it sees every scope, and what it sets is seen by what it calls."""

    def __init__(self, app: Any, gate: Gate) -> None:
        self.app = app
        self.gate = gate
        self._warm = False
        self._warming = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        await self._warm_up()
        judged = await self._judge(scope)
        if isinstance(judged, Refusal):
            await _refuse(judged, scope, send)
            return
        is_socket = scope["type"] == "websocket"
        # Also None is set: what an outer scope left there must not be seen.
        context = asgi_identity.set(AsgiIdentity(judged, is_socket) if judged else None)
        try:
            if is_socket and judged:
                receive = _until(judged.expires_at, receive, send)
            await self.app(scope, receive, send)
        finally:
            asgi_identity.reset(context)

    async def _judge(self, scope: Any) -> Identity | Refusal | None:
        path = scope["path"]
        if scope["type"] == "http" and self.gate.is_for_everyone(scope["method"], path):
            return None
        # Exactly this name: a twin with underscores is another header here, and not read.
        tokens = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-tenant-token"]
        if self.gate.needs_keys(tokens):
            return await asyncio.to_thread(self.gate.judge, path, tokens)
        return self.gate.judge(path, tokens)

    async def _warm_up(self) -> None:
        """Let Dash finish its own set-up before the first request.

        Without it a deep link that reaches a fresh worker first is answered without the app's
        assets: Dash 4.4 does its set-up for its own routes only.
        """
        if self._warm:
            return
        async with self._warming:
            if not self._warm:
                transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
                async with httpx2.AsyncClient(transport=transport, base_url="http://app") as client:
                    for app in self.gate.apps:
                        await client.get(app.prefix + "_dash-dependencies")
                self._warm = True


def _until(expires_at: float, receive: Any, send: Any) -> Any:
    """``receive`` that ends the WebSocket when the token of its handshake does."""

    async def receive_until() -> Any:
        remaining = expires_at - time.time()
        try:
            return await asyncio.wait_for(receive(), max(remaining, 0))
        except asyncio.TimeoutError:
            await send({"type": "websocket.close", "code": CLOSE_CONNECT_AGAIN})
            return {"type": "websocket.disconnect", "code": CLOSE_CONNECT_AGAIN}

    return receive_until


async def _refuse(refusal: Refusal, scope: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        # Before the handshake is accepted the server makes an HTTP 403 of it.
        await send({"type": "websocket.close", "code": CLOSE_REFUSED, "reason": refusal.code})
        return
    request_id = dict(scope["headers"]).get(b"x-request-id")
    body = refusal.body(request_id.decode("latin-1") if request_id else None)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer_not_allowed_asgi(request: Any, error: Exception) -> Any:
    """What a callback refuses is no fault of the app: no trace of it in the log, and no 500."""
    from starlette.responses import Response  # only a server that has it asks for this

    logger.info("Refused %s: %s", request.url.path, error)
    return Response(
        NOT_ALLOWED.body(request.headers.get("x-request-id")),
        NOT_ALLOWED.status,
        {"Cache-Control": "no-store"},
        "application/json",
    )
