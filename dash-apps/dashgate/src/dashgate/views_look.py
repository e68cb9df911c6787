"""How the control for named filters looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dash import dcc, html

NEW = "Name of a new view"


class Ids:
    """Ids of the parts of one control."""

    def __init__(self, name: str) -> None:
        self._prefix = f"{name}-views"
        self.known = f"{self._prefix}-known"
        self.names = f"{self._prefix}-names"
        self.chosen = f"{self._prefix}-chosen"
        self.name = f"{self._prefix}-name"
        self.save_as = f"{self._prefix}-save-as"
        self.said = f"{self._prefix}-said"

    def view(self, index: Any) -> dict[str, Any]:
        """The button of one view. By its place: a name may hold what an id may not."""
        return {"type": f"{self._prefix}-view", "index": index}

    def action(self, do: Any) -> dict[str, Any]:
        """A button for the chosen view: ``update``, ``default`` or ``remove``."""
        return {"type": f"{self._prefix}-action", "do": do}


@dataclass(frozen=True)
class Shown:
    """What a control shows. version: of the chosen view, as this page has read it."""

    names: tuple[str, ...]
    default: str | None
    chosen: str | None
    version: int | None = None

    def to_store(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def of(stored: Mapping[str, Any]) -> Shown:
        return Shown(**{**stored, "names": tuple(stored["names"])})


def control(ids: Ids, shown: Shown, said: str) -> Any:
    return html.Section(
        [
            dcc.Store(id=ids.known, data=shown.to_store()),
            html.H2("Views", className="dg-label"),
            html.Div(names(ids, shown), id=ids.names, className="dg-chips"),
            html.Div(chosen(ids, shown), id=ids.chosen, className="dg-views-chosen"),
            html.Div(
                [
                    html.Label([html.Span(NEW, className="dg-unseen"), name_field(ids)]),
                    button("Save view", id=ids.save_as),
                ],
                className="dg-views-new",
            ),
            html.P(said, id=ids.said, className="dg-status", role="status"),
        ],
        className="dg-views",
        **{"aria-label": "Views"},
    )


def name_field(ids: Ids) -> Any:
    return dcc.Input(
        id=ids.name,
        type="text",
        maxLength=100,
        placeholder=NEW,
        autoComplete="off",
        className="dg-text",
    )


def names(ids: Ids, shown: Shown) -> list[Any]:
    """A button for each view; the one that the dashboard opens with has a mark."""
    if not shown.names:
        return [html.P("Set the filters, then save them under a name.", className="dg-note")]
    return [
        html.Button(
            [name, *(_opens_with_it() if name == shown.default else [])],
            id=ids.view(index),
            type="button",
            className="dg-chip",
            **{"aria-pressed": str(name == shown.chosen).lower()},
        )
        for index, name in enumerate(shown.names)
    ]


def _opens_with_it() -> list[Any]:
    return [
        html.Span("★", className="dg-star", **{"aria-hidden": "true"}),
        html.Span(" (the dashboard opens with it)", className="dg-unseen"),
    ]


def chosen(ids: Ids, shown: Shown) -> list[Any]:
    """What can be done with the view that is chosen."""
    if shown.chosen is None:
        return []
    is_default = shown.chosen == shown.default
    return [
        button("Save changes", ids.action("update")),
        button("Unset default" if is_default else "Make default", ids.action("default")),
        button("Delete", ids.action("remove")),
    ]


def button(label: str, id: Any) -> Any:
    return html.Button(label, id=id, type="button", className="dg-button dg-quiet dg-small")
