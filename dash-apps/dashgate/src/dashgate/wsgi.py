"""The gate in front of a Flask server."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

import flask
from werkzeug.test import Client

from .errors import NotAllowed
from .gate import NOT_ALLOWED, Gate, Refusal
from .identity import ENVIRON_KEY

logger = logging.getLogger("dashgate")

WsgiApp = Callable[..., Iterable[bytes]]


class WsgiGate:
    """Wraps ``Flask.wsgi_app``, so that no route, error handler or extension comes before it."""

    def __init__(self, app: WsgiApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate
        self._warm = False
        self._warming = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self._warm_up()
        path = environ.get("PATH_INFO", "")
        environ.pop(ENVIRON_KEY, None)
        if not self.gate.is_for_everyone(environ["REQUEST_METHOD"], path):
            # WSGI folds X_Tenant_Token into the same key and joins doubles with a comma; neither
            # is a valid token then.
            token = environ.get("HTTP_X_TENANT_TOKEN")
            judged = self.gate.judge(path, [token] if token else [])
            if isinstance(judged, Refusal):
                return _refuse(judged, environ, start_response)
            environ[ENVIRON_KEY] = judged
        return self.app(environ, start_response)

    def _warm_up(self) -> None:
        """Let Dash finish its own set-up before the first request.

        Dash 4.4 does it inside the first request and marks it done before it is: the requests of
        a page that arrive together at a fresh worker would find half of the callbacks.
        """
        if self._warm:
            return
        with self._warming:
            if not self._warm:
                for app in self.gate.apps:
                    Client(self.app).get(app.prefix + "_dash-dependencies")
                self._warm = True


def _refuse(refusal: Refusal, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = refusal.body(environ.get("HTTP_X_REQUEST_ID"))
    phrase = {401: "Unauthorized"}.get(refusal.status, "Service Unavailable")
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(f"{refusal.status} {phrase}", [*headers, ("Cache-Control", "no-store")])
    return [body]


def answer_not_allowed_wsgi(error: NotAllowed) -> flask.Response:
    """What a callback refuses is no fault of the app: no trace of it in the log, and no 500."""
    body = NOT_ALLOWED.body(flask.request.headers.get("X-Request-Id"))
    logger.info("Refused %s: %s", flask.request.path, error)
    return flask.Response(
        body,
        NOT_ALLOWED.status,
        mimetype="application/json",
        headers={"Cache-Control": "no-store"},
    )
