"""Filters that stay as a user left them, or open with a set that the user has named."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State
from dash.development.base_component import Component

from .errors import DataUnavailable, PreferenceRefused
from .filter_sets import FilterSet
from .identity import identity_of_request
from .tenant import Tenant, current_tenant

logger = logging.getLogger("dashgate")

SAVED = "Filters saved"
NOT_SAVED = "Filters could not be saved"

# What fill_saved_filters restores in ``app.layout``. It names components, never values: those are
# fetched for each request.
registered: dict[str, SavedFilters] = {}


class SavedFilters:
    """A named set of component properties, made by ``saved_filters``."""

    def __init__(self, name: str, inputs: Mapping[str, str]) -> None:
        self.name = name
        self.inputs = dict(inputs)

    def values(self) -> dict[str, Any]:
        """What the filters open with, by component id: the set that the user has chosen for it,
        or else how they were left.

        Empty when nothing is saved or the gateway is silent: a dashboard without last week's
        filters is better than none.
        """
        try:
            tenant = current_tenant()
            return self.of_sets(tenant, tenant.filter_sets.list())
        except DataUnavailable as error:
            logger.warning("Saved filters %s not restored: %s", self.name, error)
            return {}

    def of_sets(self, tenant: Tenant, sets: Sequence[FilterSet]) -> dict[str, Any]:
        """The same out of sets that are known already."""
        left = next((one for one in sets if one.name == self.name), None)
        found = self.default_of(sets) or left
        return self.permitted(tenant, found.values) if found else {}

    def default_of(self, sets: Sequence[FilterSet]) -> FilterSet | None:
        """The set to open with, if it is about these filters."""
        return next((one for one in sets if one.is_default and self.is_about(one)), None)

    def is_about(self, found: FilterSet) -> bool:
        """Whether a set holds a value for any of these filters."""
        return any(id in found.values for id in self.inputs)

    def permitted(self, tenant: Tenant, saved: Mapping[str, Any]) -> dict[str, Any]:
        """Values for these filters that the tenant may still choose."""
        known = {id: saved[id] for id in self.inputs if id in saved}
        return {id: value for id, value in known.items() if tenant.allows(id, value)}

    def fill(self, layout: Any) -> Any:
        """A copy of the layout with the saved values in it. For layouts of pages; the layout of
        the app is filled by itself."""
        return _filled(layout, self.inputs, self.values())

    def save(self, values: list[Any]) -> str:
        """Keep the values, in the order of ``inputs``. Answers a sentence for the user."""
        try:
            current_tenant().save_preference(self.name, dict(zip(self.inputs, values, strict=True)))
        except (DataUnavailable, PreferenceRefused) as error:
            logger.warning("Filters %s not saved: %s", self.name, error)
            return NOT_SAVED
        return SAVED


def saved_filters(
    name: str, inputs: Mapping[str, str], *, button: str | None = None, status: str | None = None
) -> SavedFilters:
    """Keep the values of some components for each user, tenant and dashboard.

    name: 1 to 100 characters; under it the values are found in the preferences.
    inputs: component id to property, such as ``{"line-of-business": "value"}``. An id is also the
        name of the filter in the tenant's config: what its options no longer hold is left out.
    button: id of a button; values are kept when it is clicked. Without it, at each change.
    status: id of an element whose text says how it went.

    Saved values are put into ``app.layout`` before it is sent, so the first paint shows them;
    a page's layout goes through ``fill``. Values that are no longer among a component's
    ``options`` are left out. Where the user has named a set and chosen it to open with
    (``tenant.filter_sets``), that one is shown instead.
    """
    filters = SavedFilters(name, inputs)
    registered[name] = filters
    properties = list(filters.inputs.items())
    if button:
        triggers = [Input(button, "n_clicks"), *(State(*one) for one in properties)]
    else:
        triggers = [Input(*one) for one in properties]
    outputs = [Output(status, "children")] if status else []

    @dash.callback(*outputs, *triggers, prevent_initial_call=True)
    def save(*values: Any) -> str | None:
        said = filters.save(list(values[1:] if button else values))
        return said if status else None

    return filters


def fill_saved_filters(layout: Any) -> Any:
    """Dash's layout hook: all registered filters of the tenant that asks."""
    if not registered or identity_of_request() is None:
        return layout
    try:
        tenant = current_tenant()
        sets = tenant.filter_sets.list()
        for filters in registered.values():
            layout = _filled(layout, filters.inputs, filters.of_sets(tenant, sets))
    except DataUnavailable as error:
        logger.warning("Saved filters not restored: %s", error)
    return layout


def _filled(node: Any, inputs: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    if not values:
        return node
    # Copies, because a layout that is no function is one object for all tenants.
    if isinstance(node, (list, tuple)):
        return [_filled(one, inputs, values) for one in node]
    if not isinstance(node, Component):
        return node
    filled = copy.copy(node)
    id = getattr(node, "id", None)
    if isinstance(id, str) and id in values and _offers(node, values[id]):
        setattr(filled, inputs[id], values[id])
    if getattr(node, "children", None) is not None:
        filled.children = _filled(node.children, inputs, values)
    return filled


def _offers(component: Component, value: Any) -> bool:
    options = getattr(component, "options", None)
    if not isinstance(options, (list, tuple)):
        return True
    offered = [one.get("value") if isinstance(one, dict) else one for one in options]
    return all(one in offered for one in (value if isinstance(value, list) else [value]))
