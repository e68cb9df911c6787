"""The tenant that the running code works for: who, and what the gateway says of it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .data_api import delete, get_json, put_json, segment
from .datasets import load_dataset
from .errors import DataUnavailable
from .identity import current_identity
from .tenant_token import Identity

if TYPE_CHECKING:
    import pandas as pd

# Name, branding and config change rarely; a page asks for them in each of its callbacks.
CONTEXT_SECONDS = 15


@dataclass(frozen=True)
class User:
    """The person who asks. ``sub`` is the stable id, ``role`` is ``admin`` or ``viewer``."""

    sub: str
    email: str
    role: str


@dataclass(frozen=True)
class Tenant:
    """The tenant of the verified token, with its data and its settings.

    id: stable slug. Everything that is fetched raises DataUnavailable when the gateway is silent.
    """

    id: str
    user: User
    dashboard: str
    _identity: Identity = field(repr=False)

    @property
    def role(self) -> str:
        """Role of the user: ``admin`` or ``viewer``."""
        return self.user.role

    @property
    def display_name(self) -> str:
        """Name for people to read, such as "Acme Corp"."""
        return str(self._context()["tenant"]["displayName"])

    @property
    def config(self) -> Mapping[str, Any]:
        """Settings of this dashboard for this tenant: the dashboard's, the tenant's, and the
        assignment's, merged in this order."""
        return self._context().get("config") or {}

    @property
    def branding(self) -> Mapping[str, Any]:
        """``displayName``, ``logo`` (a URL), ``colors.primary`` (#rrggbb); each may be missing."""
        return self._context().get("branding") or {}

    def visible(self, component: str) -> bool:
        """Whether config ``visible.<component>`` allows it; True unless it is set to false."""
        return dict(self.config.get("visible") or {}).get(component, True) is not False

    def options(self, name: str, available: Sequence[str]) -> list[str]:
        """Those of ``available`` that config ``options.<name>`` lists, all if it lists none."""
        allowed = dict(self.config.get("options") or {}).get(name)
        return [one for one in available if allowed is None or one in allowed]

    def dataset(self, name: str) -> pd.DataFrame:
        """A dataset of this tenant, your own copy. Raises DatasetNotFound, DataUnavailable."""
        return load_dataset(self._identity, name)

    async def dataset_async(self, name: str) -> pd.DataFrame:
        """The same for ``async`` callbacks: the event loop goes on meanwhile."""
        return await asyncio.to_thread(load_dataset, self._identity, name)

    def datasets(self) -> list[str]:
        """Names of the tenant's datasets."""
        return [one["name"] for one in (get_json(self._identity, "/datasets") or {})["datasets"]]

    def preference(self, name: str) -> dict[str, Any] | None:
        """What this user saved under this name for this tenant and dashboard; None if nothing."""
        row = get_json(self._identity, f"/preferences/{segment(name)}")
        return row["value"] if row else None

    def save_preference(self, name: str, value: dict[str, Any]) -> None:
        """Keep JSON values for this user, tenant and dashboard."""
        content = {"value": value, "isDefault": False}
        put_json(self._identity, f"/preferences/{segment(name)}", content)

    def delete_preference(self, name: str) -> None:
        """Forget it. Nothing happens if it is not there."""
        delete(self._identity, f"/preferences/{segment(name)}")

    def _context(self) -> dict[str, Any]:
        return contexts.get(self._identity)


class ContextCache:
    """What GET /context said, by tenant and dashboard, for a few seconds. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}

    def get(self, identity: Identity) -> dict[str, Any]:
        key = (identity.tenant_id, identity.dashboard)
        with self._lock:
            at, context = self._found.get(key, (float("-inf"), {}))
        if time.monotonic() - at < CONTEXT_SECONDS:
            return context
        context = get_json(identity, "/context")
        # A wrong answer here would put one tenant's name and colours on another's page.
        if not context or context["tenant"]["id"] != identity.tenant_id:
            raise DataUnavailable("The data API's context is not that of this tenant.")
        with self._lock:
            self._found[key] = (time.monotonic(), context)
        return context

    def clear(self) -> None:
        with self._lock:
            self._found.clear()


contexts = ContextCache()


def current_tenant() -> Tenant:
    """The tenant that the running layout function, callback or background job works for.

    Works in layout functions, HTTP callbacks, background callbacks, and WebSocket callbacks,
    synchronous or asynchronous. Raises NoTenantError where there is no verified tenant token:
    there is never a default.
    """
    identity = current_identity()
    user = User(identity.sub, identity.email, identity.role)
    return Tenant(identity.tenant_id, user, identity.dashboard, identity)
