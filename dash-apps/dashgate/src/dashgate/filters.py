"""Filters that stay as a user left them, per tenant and dashboard."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State
from dash.development.base_component import Component

from .errors import DataUnavailable
from .identity import identity_of_request
from .tenant import current_tenant

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
        """Saved values by component id; empty when nothing is saved or the gateway is silent.

        A dashboard without last week's filters is better than none.
        """
        try:
            saved = current_tenant().preference(self.name) or {}
        except DataUnavailable as error:
            logger.warning("Saved filters %s not restored: %s", self.name, error)
            return {}
        return {id: saved[id] for id in self.inputs if id in saved}

    def fill(self, layout: Any) -> Any:
        """A copy of the layout with the saved values in it. For layouts of pages; the layout of
        the app is filled by itself."""
        values = self.values()
        return _filled(layout, self.inputs, values) if values else layout

    def save(self, values: list[Any]) -> str:
        """Keep the values, in the order of ``inputs``. Answers a sentence for the user."""
        try:
            current_tenant().save_preference(self.name, dict(zip(self.inputs, values, strict=True)))
        except DataUnavailable as error:
            logger.warning("Filters %s not saved: %s", self.name, error)
            return NOT_SAVED
        return SAVED


def saved_filters(
    name: str, inputs: Mapping[str, str], *, button: str | None = None, status: str | None = None
) -> SavedFilters:
    """Keep the values of some components for each user, tenant and dashboard.

    name: 1 to 64 characters; under it the values are found in the preferences.
    inputs: component id to property, such as ``{"line-of-business": "value"}``.
    button: id of a button; values are kept when it is clicked. Without it, at each change.
    status: id of an element whose text says how it went.

    Saved values are put into ``app.layout`` before it is sent, so the first paint shows them;
    a page's layout goes through ``fill``. Values that are no longer among a component's
    ``options`` are left out.
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
    for filters in registered.values():
        layout = filters.fill(layout)
    return layout


def _filled(node: Any, inputs: Mapping[str, str], values: Mapping[str, Any]) -> Any:
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
