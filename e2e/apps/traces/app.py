"""Everything that Dash can draw: one graph of every trace type, and what else it loads late.

A browser allows a page sixteen WebGL contexts, of which a graph takes up to three: hence several
pages.
"""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, clientside_callback, dash_table, dcc, html
from traces import LAYOUTS, PAGES, TRACES

# What is shown comes with the page's callback: Dash would miss its parts in the first layout.
app = Dash(__name__, title="Traces", suppress_callback_exceptions=True)
server = app.server

app.layout = html.Div([dcc.Location(id="where"), html.Main(id="shown")])


def graph(trace: str) -> Any:
    data = TRACES[trace]
    return dcc.Graph(
        id=trace,
        figure={
            "data": data if isinstance(data, list) else [{"type": trace, **data}],
            "layout": {"width": 320, "height": 260, **LAYOUTS.get(trace, {})},
        },
        # Plotly would ask a host of its own for the outlines of countries.
        config={"topojsonURL": app.get_asset_url("maps/")},
    )


def parts() -> list[Any]:
    return [
        dcc.Markdown("Reserve $\\hat{R} = \\sum_i C_i$ and `code`", mathjax=True, id="formula"),
        dcc.Markdown("```python\nreserve = 1\n```", id="code"),
        dash_table.DataTable(
            [{"year": 2001, "paid": 12}, {"year": 2002, "paid": 7}],
            id="table-part",
            sort_action="native",
            export_format="csv",
        ),
        dcc.Upload(html.Button("Choose a file"), id="upload"),
        html.P(id="uploaded"),
        html.Button("Download", id="ask"),
        dcc.Download(id="download"),
        dcc.Store(id="kept", storage_type="local", data={"a": 1}),
        dcc.Store(id="kept-by-tab", storage_type="session", data={"b": 2}),
        html.P(id="counted"),
        dcc.Dropdown(["one", "two"], "one", id="choice"),
        dcc.Slider(0, 10, 1, value=3, id="slide"),
        dcc.DatePickerSingle(date="2001-01-01", id="day"),
    ]


@app.callback(Output("shown", "children"), Input("where", "search"))
def show(search: str | None) -> list[Any]:
    page = (search or "").removeprefix("?page=")
    return [graph(trace) for trace in PAGES[page]] if page in PAGES else parts()


@app.callback(Output("download", "data"), Input("ask", "n_clicks"), prevent_initial_call=True)
def download(_clicks: int) -> Any:
    return dcc.send_string("year,paid\n2001,12\n", "paid.csv")


@app.callback(
    Output("uploaded", "children"),
    Input("upload", "contents"),
    State("upload", "filename"),
    prevent_initial_call=True,
)
def upload(contents: str, filename: str) -> str:
    return f"{filename}: {len(contents.partition(',')[2])}"


clientside_callback(
    "function (kept, kept_by_tab) { return `sum ${kept.a + kept_by_tab.b}` }",
    Output("counted", "children"),
    Input("kept", "data"),
    Input("kept-by-tab", "data"),
)
