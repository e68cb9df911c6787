"""Loss development: triangle, age-to-age factors, chain-ladder ultimates with Mack's error."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import dash
from dash import Dash, Input, Output, State, dcc, html, no_update
from development import ALL_LINES, BASES, Development, develop, lines_of, results, within
from figures import amount, factors_figure, triangle_figure, ultimates_figure

from dashgate import (
    DashgateError,
    NotAllowed,
    Tenant,
    current_tenant,
    look,
    saved_filters,
)

if TYPE_CHECKING:
    import pandas as pd

app = Dash(__name__, title="Loss development", update_title=None)
server = app.server
look.use(app)

# The ids are also the names of the filters in a tenant's settings.
saved_filters("main", {"line-of-business": "value", "basis": "value"}, status="filters-status")


def layout() -> Any:
    try:
        tenant = current_tenant()
        return look.page(
            tenant,
            tenant.dashboard_title,
            filters(tenant, lines_of(triangles_of(tenant))),
            look.tiles(id="summary"),
            look.grid(*cards(tenant.visible)),
            dcc.Download(id="csv"),
            subtitle="Schedule P, thousand USD",
        )
    except DashgateError as error:
        return look.problem(error)


def triangles_of(tenant: Tenant) -> pd.DataFrame:
    """The triangles of the lines that the tenant may choose: the sum of all is the sum of these."""
    return tenant.restrict(tenant.dataset("triangles"), "line_of_business", "line-of-business")


def filters(tenant: Tenant, available: list[str]) -> Any:
    lines = tenant.options("line-of-business", available)
    line = dcc.Dropdown(
        lines,
        tenant.default("line-of-business", among=lines),
        id="line-of-business",
        clearable=False,
        searchable=False,
    )
    bases = tenant.options("basis", list(BASES))
    basis = dcc.RadioItems(
        [{"label": BASES[basis], "value": basis} for basis in bases],
        tenant.default("basis", among=bases),
        id="basis",
        className="dg-choice",
        inline=True,
    )
    download = html.Button(
        "Download CSV",
        id="download-csv",
        type="button",
        className="dg-button dg-quiet",
        hidden=not tenant.visible("download"),
    )
    return look.controls(
        look.field("Line of business", line),
        look.field("Basis", basis),
        download,
        html.P(id="filters-status", className="dg-status", role="status"),
    )


def cards(visible: Any) -> list[Any]:
    triangle = look.card(
        "Triangle",
        look.graph("triangle", "Heat map of the loss triangle", height=400, min_width=620),
        note="Cumulative amounts; the colour shows how much of the ultimate has emerged.",
        wide=True,
    )
    # Where one of the two is hidden, the other has the whole line.
    alone = not (visible("factors") and visible("ultimates"))
    factors = look.card(
        "Age-to-age factors",
        look.graph("factors", "Age-to-age factors by development period"),
        wide=alone,
    )
    ultimates = look.card(
        "Ultimates",
        look.graph("ultimates", "Ultimate by accident year with Mack's standard error"),
        note="Whiskers: one Mack standard error.",
        wide=alone,
    )
    table = look.card("Chain ladder by accident year", html.Div(id="results"), wide=True)
    named = {"triangle": triangle, "factors": factors, "ultimates": ultimates, "results": table}
    # What is not for this tenant stays in the page for the callbacks, unseen and empty.
    return [card if visible(name) else html.Div(card, hidden=True) for name, card in named.items()]


app.layout = layout


@dash.callback(
    Output("summary", "children"),
    Output("triangle", "figure"),
    Output("factors", "figure"),
    Output("ultimates", "figure"),
    Output("results", "children"),
    Input("line-of-business", "value"),
    Input("basis", "value"),
)
def show(line: str, basis: str) -> tuple[Any, ...]:
    tenant = current_tenant()
    development = develop_allowed(tenant, line, basis)
    head, rows = results(development, basis)
    caption = f"{line}, {BASES[basis].lower()}"
    made = {
        "triangle": triangle_figure(development),
        "factors": factors_figure(development),
        "ultimates": ultimates_figure(development, head[1], head[4]),
        "results": look.table(caption, head, [shown(row) for row in rows], "table"),
    }
    # What is hidden is not sent either.
    seen = [one if tenant.visible(name) else no_update for name, one in made.items()]
    return (summary(head, rows[-1]), *seen)


def develop_allowed(tenant: Tenant, line: str, basis: str) -> Development:
    """The values come from the browser, which may send others than the page offers."""
    triangles = triangles_of(tenant)
    line = tenant.allowed("line-of-business", line, among=lines_of(triangles))
    return develop(triangles, line, tenant.allowed("basis", basis, among=list(BASES)))


def summary(head: list[str], total: list[Any]) -> list[Any]:
    _, latest, _, ultimate, outstanding, error, share = total
    return [
        look.tile(head[1], amount(latest), "thousand USD", id="total-latest"),
        look.tile("Ultimate", amount(ultimate), "chain ladder", id="total-ultimate"),
        look.tile(head[4], amount(outstanding), "ultimate less to date", id="total-outstanding"),
        look.tile("Standard error", amount(error), f"Mack; {percent(share)} of {within(head[4])}"),
    ]


def shown(row: list[Any]) -> list[str]:
    year, latest, factor, ultimate, outstanding, error, share = row
    amounts = [amount(one) for one in (ultimate, outstanding, error)]
    return [year, amount(latest), f"{factor:.3f}", *amounts, percent(share)]


def percent(share: float) -> str:
    return "–" if share != share else f"{share:.0%}"


@dash.callback(
    Output("csv", "data"),
    Input("download-csv", "n_clicks"),
    State("line-of-business", "value"),
    State("basis", "value"),
    prevent_initial_call=True,
)
def download(_clicks: int, line: str, basis: str) -> dict[str, Any]:
    tenant = current_tenant()
    if not tenant.visible("download"):
        raise NotAllowed("This tenant has no download.")
    head, rows = results(develop_allowed(tenant, line, basis), basis)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Tenant", "Line of business", *head])
    for row in rows:
        numbers = ["" if one != one else round(one, 4) for one in row[1:]]
        writer.writerow([tenant.display_name, line, row[0], *numbers])
    name = "all-lines" if line == ALL_LINES else line.lower().replace(" ", "-").replace("'", "")
    return dcc.send_string(text.getvalue(), f"{tenant.id}-{name}-{basis}.csv")
