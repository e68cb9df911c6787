"""The figures of the dashboard, as plain Plotly JSON."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dashgate import look


def marked(value: float, text: str, color: str, height: float) -> tuple[dict, dict]:
    """A vertical line and its label."""
    line = {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper"}
    label = {"x": value, "y": height, "yref": "paper", "text": text, "showarrow": False}
    label |= {"xanchor": "left", "xshift": 6}
    return {**line, "line": {"color": color, "width": 2, "dash": "dot"}}, label


def distribution_figure(result: dict[str, Any]) -> dict[str, Any]:
    """Histogram of the simulated total reserve with its mean and two percentiles."""
    edges = result["edges"]
    bars = {
        "type": "bar",
        "x": [(left + right) / 2 for left, right in pairwise(edges)],
        "y": [count / result["simulations"] for count in result["counts"]],
        "width": edges[1] - edges[0],
        "marker": {"color": look.COLORS[0], "line": {"width": 0}},
        "hovertemplate": "about %{x:,.0f}: %{y:.1%} of simulations<extra></extra>",
    }
    marks = [
        marked(result["mean"], "Mean", look.COLORS[2], 0.98),
        marked(result["percentiles"]["75"], "75%", look.COLORS[1], 0.86),
        marked(result["percentiles"]["99.5"], "99.5%", look.COLORS[4], 0.74),
    ]
    layout = look.figure_layout(
        bargap=0.06,
        showlegend=False,
        xaxis={"title": {"text": "Reserve, thousand USD"}, "tickformat": ",.0f", "showgrid": False},
        yaxis={"tickformat": ".0%", "title": {"text": "Share of simulations"}},
        shapes=[line for line, _ in marks],
        annotations=[label for _, label in marks],
    )
    return {"data": [bars], "layout": layout}


def reserves_figure(estimates: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Best estimate by line of business with one Mack standard error."""
    lines = sorted(estimates, key=lambda line: estimates[line]["reserve"])
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": lines,
        "x": [estimates[line]["reserve"] for line in lines],
        "marker": {"color": look.COLORS[0]},
        "error_x": {
            "type": "data",
            "array": [estimates[line]["error"] for line in lines],
            "color": "#8a93a3",
            "thickness": 1.5,
            "width": 5,
        },
        "hovertemplate": "%{y}: %{x:,.0f} thousand USD<extra></extra>",
    }
    layout = look.figure_layout(
        bargap=0.4,
        showlegend=False,
        xaxis={"tickformat": ",.0f", "title": {"text": "Unpaid, thousand USD"}},
        yaxis={"showgrid": False},
    )
    return {"data": [bars], "layout": layout}
