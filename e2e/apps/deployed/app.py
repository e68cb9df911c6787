"""A Dash app with a component library of its own, whose files a test changes while it runs."""

from __future__ import annotations

from dash import Dash, html
from own_parts import Part

app = Dash(__name__, title="Deployed", suppress_callback_exceptions=True)
server = app.server

app.layout = html.Div([html.H1("Deployed"), html.Div(Part.__name__)])
