"""Whose request, background job or WebSocket the running code belongs to."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass

import dash
import flask
from dash.exceptions import MissingCallbackContextException

from .errors import NoTenantError
from .tenant_token import Identity

ENVIRON_KEY = "dashgate.identity"
JOB_NAMESPACE = "dashgate"


@dataclass(frozen=True)
class AsgiIdentity:
    """Identity of an ASGI scope. A WebSocket lives on, its token does not: ``ends`` says so."""

    identity: Identity
    ends: bool


asgi_identity: ContextVar[AsgiIdentity | None] = ContextVar("dashgate_identity", default=None)


def identity_of_request() -> Identity | None:
    """Who sent the HTTP request or opened the WebSocket that the running code serves."""
    if flask.has_request_context():
        return flask.request.environ.get(ENVIRON_KEY)
    found = asgi_identity.get()
    if found is None:
        return None
    if found.ends and time.time() >= found.identity.expires_at:
        raise NoTenantError("The tenant token of this WebSocket has expired; connect again.")
    return found.identity


def identity_of_job() -> Identity | None:
    """Who started the background job that the running code is."""
    try:
        values = dash.ctx.custom_data.get(JOB_NAMESPACE)
    except (MissingCallbackContextException, AttributeError, LookupError):
        return None
    return Identity.from_job(values) if values else None


def current_identity() -> Identity:
    """Raises NoTenantError when there is no verified token. There is no default."""
    identity = identity_of_request() or identity_of_job()
    if identity is None:
        raise NoTenantError(
            "No verified tenant token here. Ask for the tenant inside a layout function or a "
            "callback, not while the module is imported or in a thread of your own."
        )
    return identity
