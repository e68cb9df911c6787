"""Named sets of filters: what one user keeps for one tenant and dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .data_api import delete, get_json, put_json, segment
from .errors import PreferenceChanged
from .tenant_token import Identity

PATH = "/preferences"


@dataclass(frozen=True)
class FilterSet:
    """Values under a name. ``version`` is another one after each change, whoever makes it."""

    name: str
    values: Mapping[str, Any]
    is_default: bool
    version: int


class FilterSets:
    """The sets of the user who asks; no one else's can be reached.

    Give the ``version`` that you have read when you change a set: then what somebody saved
    meanwhile, in another window perhaps, is not lost but PreferenceChanged is raised. All methods
    raise DataUnavailable when the gateway is silent, and those that save PreferenceRefused with a
    message for the user: 50 names, 32 KiB each.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def list(self) -> list[FilterSet]:
        """All sets, by name."""
        rows = (get_json(self._identity, PATH) or {}).get("preferences") or []
        return [_filter_set(row) for row in rows]

    def load(self, name: str) -> FilterSet | None:
        """One set; None if there is none of that name."""
        row = get_json(self._identity, _path(name))
        return _filter_set(row) if row else None

    def default(self) -> FilterSet | None:
        """The set that the dashboard opens with."""
        return next((one for one in self.list() if one.is_default), None)

    def save_as(self, name: str, values: Mapping[str, Any]) -> FilterSet:
        """Keep values under a new name. Raises PreferenceChanged when the name is taken."""
        return self._put(name, {"value": dict(values)}, {"If-None-Match": "*"})

    def save(self, name: str, values: Mapping[str, Any], version: int | None = None) -> FilterSet:
        """Keep values under a name, in place of those it has."""
        return self._put(name, {"value": dict(values)}, _unchanged_since(version))

    def choose_default(self, name: str, version: int | None = None) -> FilterSet:
        """Open the dashboard with this set from now on, and with no other."""
        return self._mark(name, version, True)

    def drop_default(self, name: str, version: int | None = None) -> FilterSet:
        """Open the dashboard as it was left, if it opened with this set."""
        return self._mark(name, version, False)

    def remove(self, name: str, version: int | None = None) -> None:
        """Forget a set. Nothing happens if it is not there."""
        delete(self._identity, _path(name), _unchanged_since(version))

    def _mark(self, name: str, version: int | None, is_default: bool) -> FilterSet:
        found = self.load(name)
        if found is None or version not in (None, found.version):
            raise PreferenceChanged("preference_changed", f"{name} was changed or removed.")
        content = {"value": dict(found.values), "isDefault": is_default}
        return self._put(name, content, _unchanged_since(found.version))

    def _put(self, name: str, content: Any, conditions: dict[str, str]) -> FilterSet:
        return _filter_set(put_json(self._identity, _path(name), content, conditions))


def _path(name: str) -> str:
    return f"{PATH}/{segment(name)}"


def _unchanged_since(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _filter_set(row: Mapping[str, Any]) -> FilterSet:
    return FilterSet(row["name"], row["value"], row["isDefault"], row["version"])
