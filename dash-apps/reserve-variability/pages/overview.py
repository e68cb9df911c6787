"""All lines of business at a glance."""

from __future__ import annotations

from typing import Any

import dash
from dash import dcc, html
from figures import reserves_figure
from reserves import lines_of, mack, paid_triangle, triangles_of

from dashgate import DashgateError, current_tenant, look

dash.register_page(__name__, path="/", title="Overview · Reserve variability")


def layout(**_query: str) -> Any:
    try:
        tenant = current_tenant()
        frame = triangles_of(tenant)
        has_most_uncertain = tenant.visible("most-uncertain")
    except DashgateError as error:
        return look.problem(error)
    estimates = {line: mack(paid_triangle(frame, line)) for line in lines_of(frame)}
    reserve = sum(one["reserve"] for one in estimates.values())
    tiles = [
        look.tile("Best estimate", f"{reserve:,.0f}", "of these lines, thousand USD"),
        look.tile("Lines of business", str(len(estimates)), "each on its own triangle"),
    ]
    if has_most_uncertain:
        tiles.append(most_uncertain(estimates))
    return html.Div(
        [
            look.tiles(*tiles, id="overview-summary"),
            look.card(
                "Reserve by line of business",
                look.graph(
                    "reserves", "Best estimate by line of business", reserves_figure(estimates)
                ),
                html.P(
                    [
                        "Whiskers: one Mack standard error. For the whole distribution, ",
                        dcc.Link(
                            "run a bootstrap",
                            href=dash.get_relative_path("/bootstrap"),
                            id="run-a-bootstrap",
                        ),
                        ".",
                    ],
                    className="dg-note",
                ),
            ),
        ],
        className="stack",
    )


def most_uncertain(estimates: dict[str, dict[str, float]]) -> Any:
    widest = max(estimates, key=lambda line: estimates[line]["error"])
    return look.tile("Most uncertain", widest, f"± {estimates[widest]['error']:,.0f} (Mack)")
