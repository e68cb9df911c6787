"""A quiet look for dashboards that goes with the gateway's shell, light and dark. Optional.

    from dashgate import look

    look.use(app)
    app.layout = lambda: look.page(current_tenant(), "Loss development", look.card("Triangle", …))

Figures get a transparent background and mid-tone lines; the stylesheet colours their text, so that
one figure suits both schemes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from .errors import ConfigInvalid, DataUnavailable
from .tenant import Tenant

ACCENT = "#2b50c8"
# Told apart in both schemes and by people who do not see all colours.
COLORS = ["#4c7be8", "#12a594", "#e08a1e", "#9b6bdf", "#d9527b", "#6f8196"]
FAINT = "rgba(127,137,153,0.28)"
CLEAR = "rgba(0,0,0,0)"
FONT = "Inter, -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Arial, sans-serif"

GRAPH_CONFIG = {"displayModeBar": False, "responsive": True}

AXIS = {
    "gridcolor": FAINT,
    "linecolor": FAINT,
    "zerolinecolor": FAINT,
    "automargin": True,
    "ticks": "",
    "title": {"standoff": 10, "font": {"size": 13}},
    "fixedrange": True,
}


def use(app: Any, language: str = "en") -> None:
    """Add the stylesheet to a Dash app, and say what language its pages are in."""
    app.index_string = app.index_string.replace("<html>", f'<html lang="{language}">', 1)
    app.css.append_css({"relative_package_path": "look.css", "namespace": "dashgate"})


def figure_layout(**changes: Any) -> dict[str, Any]:
    """Layout of a Plotly figure. ``changes`` go over it; axes are merged, not replaced."""
    layout: dict[str, Any] = {
        # Without an own template Plotly sends seven kilobytes of its default with each figure.
        "template": {"layout": {}},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "colorway": COLORS,
        "font": {"family": FONT, "size": 13, "color": "#7b8698"},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {}},
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
    for name, value in changes.items():
        layout[name] = _merged(layout.get(name), value)
    return layout


def _merged(base: Any, change: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{name: _merged(base.get(name), value) for name, value in change.items()}}


def page(tenant: Tenant, title: str, *content: Any, subtitle: str = "", nav: Any = None) -> Any:
    """The whole of a dashboard, in the tenant's colour and with its name."""
    about = [html.Span(tenant.display_name, id="tenant-name", className="dg-tenant")]
    heading = [html.P([*about, html.Span(subtitle)], className="dg-about"), html.H1(title)]
    return html.Main(
        [html.Header([html.Div(heading), nav], className="dg-header"), *content],
        className="dg-page",
        style=accent_of(tenant),
    )


def accent_of(tenant: Tenant) -> dict[str, str]:
    """The tenant's primary colour, and what can be read on it, as CSS variables."""
    colors = tenant.branding.get("colors") or {}
    accent = str(colors.get("primary") or "")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", accent):
        accent = ACCENT
    return {"--accent": accent, "--on-accent": "#000000" if _is_light(accent) else "#ffffff"}


def _is_light(color: str) -> bool:
    # WCAG 2.2 relative luminance; at 0.179 black and white text contrast alike.
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179


def problem(error: Exception) -> Any:
    """What a page shows in place of its content when the data cannot be had."""
    request_id = error.request_id if isinstance(error, DataUnavailable) else None
    title, advice = "The data cannot be shown just now", "Reload the page in a moment."
    if isinstance(error, ConfigInvalid):
        title = "This dashboard is not set up for you as it should be"
        advice = "Its settings have to be put right by those who run it."
    return html.Main(
        [
            html.H1(title),
            html.P(f"{advice} If it stays so, tell us what you see here."),
            html.P(f"Request {request_id}", className="dg-note") if request_id else None,
        ],
        className="dg-page",
        role="alert",
    )


def card(title: str, *content: Any, note: str = "", wide: bool = False) -> Any:
    """A titled section."""
    heading = [html.H2(title)]
    if note:
        heading.append(html.P(note, className="dg-note"))
    wide_class = " dg-wide" if wide else ""
    return html.Section([html.Header(heading), *content], className="dg-card" + wide_class)


def grid(*cards: Any) -> Any:
    """Cards side by side where there is room."""
    return html.Div(list(cards), className="dg-grid")


def tile(label: str, value: Any, note: str = "", id: str = "") -> Any:
    """One number that matters, with its name."""
    number = html.Dd(value, **({"id": id} if id else {}))
    return html.Div([html.Dt(label), number, html.Dd(note, className="dg-note")])


def tiles(*content: Any, id: str = "") -> Any:
    """Numbers in a row."""
    return html.Dl(list(content), className="dg-tiles", **({"id": id} if id else {}))


def field(label: str, control: Any) -> Any:
    """A control under its visible name."""
    return html.Div(
        [html.Span(label, className="dg-label"), control],
        className="dg-field",
        role="group",
        **{"aria-label": label},
    )


def controls(*content: Any) -> Any:
    """Filters and buttons in a row that wraps."""
    return html.Div(list(content), className="dg-controls")


def graph(id: str, label: str, figure: Any = None, height: int = 360, min_width: int = 0) -> Any:
    """A figure of fixed height, so that nothing jumps when it arrives.

    label: its name for people who do not see it. height, min_width: pixels; on a narrower screen
    than min_width the figure scrolls sideways.
    """
    plot = dcc.Graph(
        id=id,
        figure=figure or {"data": [], "layout": figure_layout()},
        config=GRAPH_CONFIG,
        style={"height": f"{height}px", "minWidth": f"{min_width}px"},
    )
    # What scrolls must be reachable by keyboard.
    scrolls = {"role": "region", "tabIndex": 0} if min_width else {"role": "img"}
    return html.Div(plot, className="dg-graph", **scrolls, **{"aria-label": label})


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], id: str) -> Any:
    """A table whose first column names the row and whose last row is the total."""
    body = [
        html.Tr([html.Th(first, scope="row"), *(html.Td(one) for one in rest)])
        for first, *rest in rows
    ]
    return html.Div(
        html.Table(
            [
                html.Caption(caption),
                html.Thead(html.Tr([html.Th(one, scope="col") for one in head])),
                html.Tbody(body[:-1]),
                html.Tfoot(body[-1:]),
            ],
            id=id,
        ),
        className="dg-table",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )
