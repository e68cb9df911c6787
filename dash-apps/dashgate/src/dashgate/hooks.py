"""What Dash runs by itself: it loads this module by the entry-point group ``dash_hooks``.

Hooks belong to the process, not to one app: each of them takes its app as an argument.
"""

from __future__ import annotations

import logging
import threading
from functools import wraps
from typing import Any

import dash
from dash import html

from .asgi import AsgiGate, answer_not_allowed_asgi
from .background import identity_for_job
from .errors import DashgateError, NotAllowed
from .filters import fill_saved_filters
from .gate import Gate
from .identity import JOB_NAMESPACE
from .wsgi import WsgiGate, answer_not_allowed_wsgi

logger = logging.getLogger("dashgate")

dash.hooks.custom_data(JOB_NAMESPACE)(identity_for_job)
dash.hooks.layout()(fill_saved_filters)


@dash.hooks.setup()
def secure(app: Any) -> None:
    """Put the gate before the app's server and switch off what leaks between tenants."""
    # Without it Dash runs layout functions at import and puts the first visitor's pages into
    # everybody's HTML.
    app.config.suppress_callback_exceptions = True
    # Dash 4.4 caches what its MCP tools answer across users.
    if app._enable_mcp:
        logger.warning("MCP stays off: its answers would be shared between tenants.")
        app._enable_mcp = False
    _keep_layout_for_visitors(app)
    _guard_when_served(app)


def _keep_layout_for_visitors(app: Any) -> None:
    """Do not run ``app.layout`` for Dash's own set-up, which belongs to no tenant."""
    setting_up = threading.local()
    set_up, layout_value = app._setup_server, app._layout_value

    @wraps(set_up)
    def setup_server() -> None:
        setting_up.now = True
        try:
            set_up()
        finally:
            setting_up.now = False

    @wraps(layout_value)
    def value() -> Any:
        if getattr(setting_up, "now", False) and callable(app.layout):
            return html.Div()
        return layout_value()

    app._setup_server, app._layout_value = setup_server, value


def _guard_when_served(app: Any) -> None:
    """Guard the server at ``init_app``, which an app made with ``server=False`` also reaches."""
    init_app = app.init_app

    @wraps(init_app)
    def guarded_init_app(*args: Any, **kwargs: Any) -> None:
        init_app(*args, **kwargs)
        gate = _gate_of(app.server)
        prefix = app.config.routes_pathname_prefix
        if all(guarded.prefix != prefix for guarded in gate.apps):
            gate.admit(prefix, app.config.assets_url_path)

    app.init_app = guarded_init_app


def _gate_of(server: Any) -> Gate:
    existing = getattr(server, "_dashgate_gate", None)
    if existing is not None:
        return existing
    gate = Gate()
    if hasattr(server, "wsgi_app"):
        server.wsgi_app = WsgiGate(server.wsgi_app, gate)
        server.register_error_handler(NotAllowed, answer_not_allowed_wsgi)
    elif hasattr(server, "asgi_app"):
        server.asgi_app = AsgiGate(server.asgi_app, gate)
    elif hasattr(server, "add_middleware"):
        # Added last, so it is the outermost: before Dash's own middleware and its routes.
        server.add_middleware(AsgiGate, gate=gate)
        server.add_exception_handler(NotAllowed, answer_not_allowed_asgi)
    else:
        raise DashgateError(f"Dashgate cannot guard a server of type {type(server).__name__}.")
    server._dashgate_gate = gate
    return gate
