"""The bootstrap: started here, run in the background, with progress and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dash
from dash import Input, Output, State, dash_table, dcc, html
from dash.exceptions import PreventUpdate
from figures import distribution_figure
from reserves import bootstrap, lines_of, paid_triangle, summarise, triangles_of

from dashgate import DashgateError, current_tenant, look

dash.register_page(__name__, path="/bootstrap", title="Bootstrap · Reserve variability")

SIMULATIONS = [1000, 5000, 20000]
SEED = 1997
COLUMNS = {
    "year": "Accident year",
    "mean": "Mean reserve",
    "deviation": "Standard deviation",
    "cv": "Deviation / mean",
    "p75": "75%",
    "p95": "95%",
    "p99_5": "99.5%",
}


def layout(line: str | None = None, **_query: str) -> Any:
    """``?line=…`` opens the page with that line of business chosen."""
    try:
        tenant = current_tenant()
        lines = tenant.options("line-of-business", lines_of(triangles_of(tenant)))
        chosen = line if line in lines else tenant.default("line-of-business", among=lines)
        sizes = tenant.options("simulations", SIMULATIONS)
        size = tenant.default("simulations", among=sizes)
    except DashgateError as error:
        return look.problem(error)
    # ``run`` writes to a store of this page, not to the one that stays: Dash calls a callback at
    # once, whatever prevent_initial_call says, when its input appears and its output was there.
    finished = dcc.Store(id="finished-run", storage_type="memory")
    filters = controls(lines, chosen, sizes, size)
    content = [filters, progress(), finished, html.Div(id="outcome")]
    return html.Div(content, className="stack")


def controls(lines: list[str], line: str, sizes: list[int], size: int) -> Any:
    numbers = [{"label": f"{one:,}", "value": one} for one in sizes]
    choice = dcc.Dropdown(lines, line, id="line-of-business", clearable=False, searchable=False)
    count = dcc.RadioItems(numbers, size, id="simulations", className="dg-choice", inline=True)
    start = html.Button("Run bootstrap", id="start", type="button", className="dg-button")
    cancel = html.Button(
        "Cancel", id="cancel", type="button", className="dg-button dg-quiet", disabled=True
    )
    return look.controls(
        look.field("Line of business", choice), look.field("Simulations", count), start, cancel
    )


def progress() -> Any:
    return html.Div(
        [
            html.P("Not run yet", id="run-status", className="dg-status", role="status"),
            html.Progress(
                id="progress", value="0", max="100", **{"aria-label": "Progress of the bootstrap"}
            ),
        ],
        className="run",
    )


@dash.callback(
    Output("finished-run", "data"),
    Input("start", "n_clicks"),
    State("line-of-business", "value"),
    State("simulations", "value"),
    background=True,
    interval=400,
    running=[
        (Output("start", "disabled"), True, False),
        (Output("cancel", "disabled"), False, True),
        (Output("progress", "className"), "busy", "idle"),
    ],
    cancel=[Input("cancel", "n_clicks")],
    progress=[Output("progress", "value"), Output("run-status", "children")],
    prevent_initial_call=True,
)
def run(
    set_progress: Callable[[tuple[str, str]], None], _clicks: int, line: str, simulations: int
) -> dict[str, Any]:
    """Runs in a process of its own, for the tenant that clicked."""
    tenant = current_tenant()
    frame = triangles_of(tenant)
    # The values come from the browser, which may send others than the page offers.
    line = tenant.allowed("line-of-business", line, among=lines_of(frame))
    simulations = tenant.allowed("simulations", simulations, among=SIMULATIONS)
    triangle = paid_triangle(frame, line)
    years = [period.year for period in triangle.origin]

    def report(done: int) -> None:
        set_progress((str(100 * done // simulations), f"{done:,} of {simulations:,} simulations"))

    report(0)
    simulated = bootstrap(triangle, simulations, SEED, report)
    return summarise(simulated, years, line)


@dash.callback(
    Output("run-status", "children", allow_duplicate=True),
    Output("progress", "value", allow_duplicate=True),
    Input("cancel", "n_clicks"),
    prevent_initial_call=True,
)
def cancelled(_clicks: int) -> tuple[str, str]:
    return "Cancelled", "0"


@dash.callback(
    Output("bootstrap-result", "data"),
    Input("finished-run", "data"),
    prevent_initial_call=True,
)
def keep(result: dict[str, Any] | None) -> dict[str, Any]:
    if not result:
        raise PreventUpdate
    return result


@dash.callback(
    Output("outcome", "children"),
    Output("run-status", "children", allow_duplicate=True),
    Output("progress", "value", allow_duplicate=True),
    Input("finished-run", "data"),
    State("bootstrap-result", "data"),
    prevent_initial_call="initial_duplicate",
)
def show(finished: dict[str, Any] | None, kept: dict[str, Any] | None) -> tuple[Any, str, str]:
    """The run that has just finished, or on a page that is opened again the one before."""
    result = finished or kept
    if not result:
        raise PreventUpdate
    done = f"Finished: {result['simulations']:,} simulations of {result['line']}"
    return outcome(result), done, "100"


def outcome(result: dict[str, Any]) -> Any:
    percentiles = result["percentiles"]
    note = f"{result['simulations']:,} simulations"
    return html.Div(
        [
            look.tiles(
                look.tile("Mean reserve", f"{result['mean']:,.0f}", result["line"], id="mean"),
                look.tile("Standard deviation", f"{result['deviation']:,.0f}", note),
                look.tile("75%", f"{percentiles['75']:,.0f}", "percentile"),
                look.tile("99.5%", f"{percentiles['99.5']:,.0f}", "percentile"),
            ),
            look.card(
                "Distribution of the reserve",
                look.graph(
                    "distribution", "Histogram of simulated reserves", distribution_figure(result)
                ),
            ),
            look.card("By accident year", table(result["rows"])),
        ],
        className="stack",
    )


def table(rows: list[dict[str, Any]]) -> Any:
    whole = {"specifier": ",.0f"}
    formats = {"year": {}, "cv": {"specifier": ".1%"}}
    return dash_table.DataTable(
        rows,
        [
            {
                "id": id,
                "name": name,
                "type": "text" if id == "year" else "numeric",
                "format": formats.get(id, whole),
            }
            for id, name in COLUMNS.items()
        ],
        id="results",
        sort_action="native",
        style_as_list_view=True,
        style_table={"overflowX": "auto"},
        style_cell={"padding": "8px 12px", "fontSize": "15px", "border": "0"},
        style_cell_conditional=[{"if": {"column_id": "year"}, "textAlign": "left"}],
    )
