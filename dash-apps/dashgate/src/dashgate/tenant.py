"""The tenant that the running code works for: who, and what the gateway says of it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from .config import allowed_options, check_allowed, default_of, is_allowed, is_visible
from .context import contexts
from .data_api import get_json
from .datasets import load_dataset
from .filter_sets import FilterSets
from .identity import current_identity
from .tenant_token import Identity

if TYPE_CHECKING:
    import pandas as pd


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
    def dashboard_title(self) -> str:
        """What this dashboard is called for this tenant."""
        return str(self._context()["dashboard"]["title"])

    @property
    def config(self) -> Mapping[str, Any]:
        """Settings of this dashboard for this tenant, read-only: the dashboard's own, over them
        the tenant's, over these the assignment's (RFC 7396). What lies in it is your own copy.

        Raises ConfigInvalid when what is stored does not fit the dashboard's schema.
        """
        return MappingProxyType(copy.deepcopy(self._config()))

    @property
    def branding(self) -> Mapping[str, Any]:
        """``displayName``, ``logo`` (a URL), ``colors.primary`` (#rrggbb); each may be missing."""
        return MappingProxyType(copy.deepcopy(self._context().get("branding") or {}))

    def visible(self, component: str) -> bool:
        """Whether config ``visible.<component>`` allows it; True unless it is set to false.

        Do not send what is hidden: what the browser has, a person can look at.
        """
        return is_visible(self._config(), component)

    @overload
    def options(self, name: str, available: Sequence[Any]) -> list[Any]: ...
    @overload
    def options(self, name: str, available: None = None) -> list[Any] | None: ...
    def options(self, name: str, available: Sequence[Any] | None = None) -> list[Any] | None:
        """What may be chosen in a filter: config ``filters.<name>.options``.

        available: what there is to choose from; those of them that are allowed come back, in
            their order, and all where nothing is restricted. Without it the allowed values come
            back, or None where nothing is restricted.
        """
        return allowed_options(self._config(), name, available)

    def default(
        self, name: str, fallback: Any = None, *, among: Sequence[Any] | None = None
    ) -> Any:
        """What a filter shows first: config ``filters.<name>.default``.

        fallback: comes back where there is none.
        among: what can be chosen. A default that is not among it does not count; without a
            fallback the first of these comes back then.
        """
        return default_of(self._config(), name, fallback, among)

    def allows(self, name: str, value: Any) -> bool:
        """Whether the filter's options, if it has any, hold the value, or each value of a list."""
        return is_allowed(self._config(), name, value)

    def allowed(
        self, name: str, value: Any, *, among: Sequence[Any] | None = None, many: bool = False
    ) -> Any:
        """The value, if this tenant may choose it in the filter. Raises NotAllowed.

        Ask it of every value that decides about data: the list that a page offers keeps nobody
        from sending another value.

        among: what there is to choose from; other values are not allowed either.
        many: for a filter in which several can be chosen; each value of the list must be allowed.
        """
        return check_allowed(self._config(), name, value, among, many)

    def restrict(self, frame: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
        """The rows whose column holds what may be chosen in the filter; all rows where nothing is
        restricted.

        Do it before anything else: then no sum and no total holds what may not be seen.
        """
        options = self.options(name)
        return frame if options is None else frame[frame[column].isin(options)]

    def dataset(self, name: str) -> pd.DataFrame:
        """A dataset of this tenant, your own copy. Raises DatasetNotFound, DataUnavailable."""
        return load_dataset(self._identity, name)

    async def dataset_async(self, name: str) -> pd.DataFrame:
        """The same for ``async`` callbacks: the event loop goes on meanwhile."""
        return await asyncio.to_thread(load_dataset, self._identity, name)

    def datasets(self) -> list[str]:
        """Names of the tenant's datasets."""
        return [one["name"] for one in (get_json(self._identity, "/datasets") or {})["datasets"]]

    @property
    def filter_sets(self) -> FilterSets:
        """Named sets of filters that this user keeps for this tenant and dashboard."""
        return FilterSets(self._identity)

    def preference(self, name: str) -> dict[str, Any] | None:
        """What this user saved under this name for this tenant and dashboard; None if nothing."""
        found = self.filter_sets.load(name)
        return dict(found.values) if found else None

    def save_preference(self, name: str, value: dict[str, Any]) -> None:
        """Keep JSON values for this user, tenant and dashboard. Raises PreferenceRefused."""
        self.filter_sets.save(name, value)

    def delete_preference(self, name: str) -> None:
        """Forget it. Nothing happens if it is not there."""
        self.filter_sets.remove(name)

    def _context(self) -> dict[str, Any]:
        return contexts.get(self._identity)

    def _config(self) -> dict[str, Any]:
        return self._context().get("config") or {}


def current_tenant() -> Tenant:
    """The tenant that the running layout function, callback or background job works for.

    Works in layout functions, HTTP callbacks, background callbacks, and WebSocket callbacks,
    synchronous or asynchronous. Raises NoTenantError where there is no verified tenant token:
    there is never a default.
    """
    identity = current_identity()
    user = User(identity.sub, identity.email, identity.role)
    return Tenant(identity.tenant_id, user, identity.dashboard, identity)
