"""A control with which users name the filters they have set, and come back to them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from . import views_look
from .errors import DataUnavailable, PreferenceChanged, PreferenceRefused
from .filter_sets import FilterSet, FilterSets
from .filters import SavedFilters
from .tenant import Tenant, current_tenant
from .views_look import Ids, Shown

logger = logging.getLogger("dashgate")

SILENT = "The views cannot be reached just now. Try again in a moment."


@dataclass(frozen=True)
class Outcome:
    """What an action leads to. shown: None leaves the control as it is. values: for the filters."""

    said: str
    shown: Shown | None = None
    values: dict[str, Any] | None = None
    clear_name: bool = False


class FilterViews:
    """Named sets of some filters, and the control for them. Made by ``filter_views``."""

    def __init__(self, filters: SavedFilters) -> None:
        self.filters = filters
        self.ids = Ids(filters.name)

    def control(self) -> Any:
        """Goes into a layout. It shows the set with which the dashboard opens as chosen."""
        try:
            sets = current_tenant().filter_sets.list()
        except DataUnavailable as error:
            logger.warning("Views of %s not shown: %s", self.filters.name, error)
            return views_look.control(self.ids, Shown((), None, None), SILENT)
        default = self.filters.default_of(sets)
        return views_look.control(self.ids, self._shown(sets, default), "")

    def act(self, action: Any, shown: Shown, name: str | None, values: dict[str, Any]) -> Outcome:
        """What a click leads to; in words where it cannot be done."""
        tenant = current_tenant()
        try:
            return self._chosen_action(action, shown)(tenant, shown, (name or "").strip(), values)
        except PreferenceRefused as error:
            return Outcome(str(error))
        except DataUnavailable as error:
            logger.warning("Views of %s: %s", self.filters.name, error)
            return Outcome(SILENT)

    def _chosen_action(self, action: Any, shown: Shown) -> Callable[..., Outcome]:
        if not isinstance(action, dict):
            return self._save_as
        if "index" in action:
            return lambda tenant, *_: self._open(tenant, shown.names[action["index"]])
        actions = {
            "update": self._update,
            "default": self._switch_default,
            "remove": self._remove,
        }
        return actions[action["do"]]

    def _open(self, tenant: Tenant, name: str) -> Outcome:
        sets = tenant.filter_sets.list()
        found = next((one for one in sets if one.name == name), None)
        if found is None:
            said = f"“{name}” has been deleted meanwhile."
            return Outcome(said, self._shown(sets, None))
        values = self.filters.permitted(tenant, found.values)
        dropped = len(values) < sum(id in found.values for id in self.filters.inputs)
        said = "Showing it without what is no longer offered." if dropped else f"Showing “{name}”."
        return Outcome(said, self._shown(sets, found), values)

    def _save_as(self, tenant: Tenant, shown: Shown, name: str, values: dict[str, Any]) -> Outcome:
        if not name:
            return Outcome("Give the view a name first.")
        if name == self.filters.name:
            return Outcome(f"“{name}” is the dashboard’s own. Take another name.")
        try:
            saved = tenant.filter_sets.save_as(name, values)
        except PreferenceChanged:
            return Outcome(
                f"There is a view “{name}” already. Choose it and save the changes, or take "
                "another name."
            )
        return self._done(tenant, saved, f"Saved as “{name}”.", clear_name=True)

    def _update(self, tenant: Tenant, shown: Shown, _name: str, values: dict[str, Any]) -> Outcome:
        name = str(shown.chosen)
        return self._unless_changed(
            tenant,
            name,
            lambda sets: sets.save(name, values, shown.version),
            f"Saved the changes of “{name}”.",
        )

    def _switch_default(self, tenant: Tenant, shown: Shown, *_: Any) -> Outcome:
        name, version = str(shown.chosen), shown.version
        if name == shown.default:
            said = "The dashboard opens as you leave it."
            return self._unless_changed(
                tenant, name, lambda sets: sets.drop_default(name, version), said
            )
        said = f"The dashboard opens with “{name}” from now on."
        return self._unless_changed(
            tenant, name, lambda sets: sets.choose_default(name, version), said
        )

    def _remove(self, tenant: Tenant, shown: Shown, *_: Any) -> Outcome:
        name = str(shown.chosen)

        def remove(sets: FilterSets) -> None:
            sets.remove(name, shown.version)

        return self._unless_changed(tenant, name, remove, f"Deleted “{name}”.")

    def _unless_changed(
        self,
        tenant: Tenant,
        name: str,
        change: Callable[[FilterSets], FilterSet | None],
        said: str,
    ) -> Outcome:
        try:
            return self._done(tenant, change(tenant.filter_sets), said)
        except PreferenceChanged:
            # The version stays the one that was read: saving again must not overwrite unseen.
            return Outcome(
                f"“{name}” was changed in another window since you opened it, and nothing is "
                "lost: choose it again to see it as it is now, or save yours under another name."
            )

    def _done(
        self, tenant: Tenant, chosen: FilterSet | None, said: str, clear_name: bool = False
    ) -> Outcome:
        shown = self._shown(tenant.filter_sets.list(), chosen)
        return Outcome(said, shown, clear_name=clear_name)

    def _shown(self, sets: list[FilterSet], chosen: FilterSet | None) -> Shown:
        named = [one for one in sets if one.name != self.filters.name]
        about = [one for one in named if self.filters.is_about(one)]
        default = next((one.name for one in about if one.is_default), None)
        shown = Shown(tuple(one.name for one in about), default, None)
        return replace(shown, chosen=chosen.name, version=chosen.version) if chosen else shown


def filter_views(filters: SavedFilters) -> FilterViews:
    """Let users name what they have set in some filters, choose among the names, and have the
    dashboard open with one of them. Put its ``control()`` into the layout.

    What two windows save under one name is not lost: the second is told.
    """
    views = FilterViews(filters)
    ids = views.ids
    properties = list(filters.inputs.items())

    @dash.callback(
        Output(ids.known, "data"),
        Output(ids.names, "children"),
        Output(ids.chosen, "children"),
        Output(ids.said, "children"),
        Output(ids.name, "value"),
        *(Output(*one, allow_duplicate=True) for one in properties),
        Input(ids.view(ALL), "n_clicks"),
        Input(ids.action(ALL), "n_clicks"),
        Input(ids.save_as, "n_clicks"),
        Input(ids.name, "n_submit"),
        State(ids.known, "data"),
        State(ids.name, "value"),
        *(State(*one) for one in properties),
        prevent_initial_call=True,
    )
    def act(*given: Any) -> tuple[Any, ...]:
        # Buttons that have just been drawn call as well, unclicked.
        if not any(one["value"] for one in ctx.triggered):
            raise PreventUpdate
        known, name, *values = given[4:]
        set_values = dict(zip(filters.inputs, values, strict=True))
        outcome = views.act(ctx.triggered_id, Shown.of(known), name, set_values)
        wanted = outcome.values or {}
        return (
            *_drawn(ids, outcome.shown),
            outcome.said,
            "" if outcome.clear_name else no_update,
            *(wanted.get(id, no_update) for id in filters.inputs),
        )

    return views


def _drawn(ids: Ids, shown: Shown | None) -> tuple[Any, ...]:
    if shown is None:
        return no_update, no_update, no_update
    return shown.to_store(), views_look.names(ids, shown), views_look.chosen(ids, shown)
