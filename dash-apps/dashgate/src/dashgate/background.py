"""Background callbacks: the tenant goes with the job, credentials do not, results stay apart."""

from __future__ import annotations

import hashlib
import json
import uuid
from functools import wraps
from typing import Any

from .errors import NoTenantError
from .identity import identity_of_request

CREDENTIALS = ("x-tenant-token", "cookie", "authorization")


def identity_for_job(context: Any) -> dict[str, Any] | None:
    """Called by Dash before each callback; what it answers is ``ctx.custom_data["dashgate"]``.

    The identity was verified with the request, so a job may wait in a queue for longer than the
    token lives. The token itself goes along because the data API asks for it.
    """
    # Callbacks on a WebSocket ask for their identity themselves: for synchronous ones Dash runs
    # this hook on a pooled thread that knows nothing of the connection.
    if context.get("dash_websocket") is not None:
        return None
    _forget_credentials(context, _is_background(context))
    if not _is_background(context):
        return None
    identity = identity_of_request()
    if identity is None:
        raise NoTenantError("A background callback needs a verified tenant token.")
    if context.background_callback_manager is not None:
        separate_results(context.background_callback_manager)
    return identity.to_job()


def _is_background(context: Any) -> bool:
    return bool(context.get("ignore_register_page"))


def _forget_credentials(context: Any, background: bool) -> None:
    forget = CREDENTIALS if background else CREDENTIALS[:1]
    headers = context.headers.items()
    context.headers = {k: v for k, v in headers if k.lower().replace("_", "-") not in forget}
    if background:
        context.cookies = {}


def separate_results(manager: Any) -> None:
    """Make the manager's result keys differ by tenant and user.

    Dash 4.4 builds them from the arguments alone, so equal inputs of two tenants would share one
    result. Without ``cache_by`` nothing is meant to be shared at all: then each run has its own,
    or the second of two tabs would wait for a result that the first has taken away.
    """
    if getattr(manager.build_cache_key, "separates_tenants", False):
        return
    original = manager.build_cache_key

    @wraps(original)
    def build_cache_key(*args: Any, **kwargs: Any) -> str:
        identity = identity_of_request()
        if identity is None:
            raise NoTenantError("A background callback needs a verified tenant token.")
        run = uuid.uuid4().hex if manager.cache_by is None else ""
        whose = [identity.tenant_id, identity.sub, identity.dashboard, run]
        parts = json.dumps([original(*args, **kwargs), *whose])
        return hashlib.sha256(parts.encode()).hexdigest()

    build_cache_key.separates_tenants = True  # type: ignore[attr-defined]
    manager.build_cache_key = build_cache_key
