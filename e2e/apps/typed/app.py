"""A Dash app with a field to type into, and a callback beside it."""

from __future__ import annotations

from dash import Dash, Input, Output, callback, dcc, html

from dashgate import current_tenant

app = Dash(__name__, title="Typed")
server = app.server

app.layout = html.Main(
    [
        html.H1("Typed"),
        html.Label(["Note", dcc.Input(id="note", type="text", debounce=True)]),
        html.Button("Ask", id="ask", n_clicks=0),
        html.P(id="answer"),
    ],
)


@callback(Output("answer", "children"), Input("ask", "n_clicks"))
def answer(clicks: int) -> str:
    return f"Answer {clicks} for {current_tenant().display_name}"
