"""What is computed, in words that a reviewer can check."""

from __future__ import annotations

import dash
from dash import html

from dashgate import look

dash.register_page(__name__, path="/method", title="Method · Reserve variability")

STEPS = [
    "The chain ladder is fitted to the cumulative paid triangle with volume-weighted factors over "
    "all years. Ten years of development are taken as complete: there is no tail factor.",
    "The fitted incremental payments are compared with the actual ones. The differences, divided "
    "by the square root of the fitted payment, are the Pearson residuals; they are adjusted for "
    "degrees of freedom.",
    "Residuals are drawn with replacement and put back on the fitted payments. That gives one "
    "pseudo-triangle, to which the chain ladder is fitted again: this is the parameter error.",
    "Each future payment is then drawn from a gamma distribution with the mean that was "
    "projected, and a variance in proportion to it: this is the process error.",
    "The sum of the future payments is one simulated reserve. The table and the figure show many.",
]


def layout(**_query: str) -> html.Div:
    steps = html.Ol([html.Li(step) for step in STEPS])
    limits = html.P(
        "The distribution is that of the model. It knows nothing of changes in case reserving, in "
        "the mix of business, or in inflation, and lines of business are simulated one by one: "
        "their results must not be added as if they moved together or apart."
    )
    source = html.P(
        "England and Verrall, Analytic and bootstrap estimates of prediction errors in claims "
        "reserving (1999); Mack, Distribution-free calculation of the standard error of chain "
        "ladder reserve estimates (1993). Computed with the package chainladder."
    )
    cards = look.grid(
        look.card("The bootstrap", html.Div([steps], className="dg-prose"), wide=True),
        look.card("What it does not say", html.Div([limits], className="dg-prose")),
        look.card("Sources", html.Div([source], className="dg-prose")),
    )
    return html.Div(cards, id="method")
