"""The figures of the dashboard, as plain Plotly JSON."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from development import Development

from dashgate import look

# From open to closed. White labels can be read on it, and it stands out from both backgrounds.
SCALE = [[0, "#4576de"], [0.5, "#2d59ba"], [1, "#17337c"]]


def amount(value: float) -> str:
    return f"{value:,.0f}"


def triangle_figure(development: Development) -> dict[str, Any]:
    """Heat map: the colour is the share of the ultimate, the text the amount."""
    share = development.cells / development.ultimate[:, None]
    text = [["" if np.isnan(cell) else amount(cell) for cell in row] for row in development.cells]
    heat = {
        "type": "heatmap",
        "z": _json(share),
        "x": [str(age) for age in development.ages],
        "y": [str(year) for year in development.years],
        "text": text,
        "texttemplate": "%{text}",
        "hovertemplate": "Accident year %{y}, %{x} months<br>%{text} thousand USD<br>"
        "%{z:.1%} of ultimate<extra></extra>",
        "colorscale": SCALE,
        "zmin": 0,
        "zmax": 1,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "colorbar": {
            "thickness": 10,
            "len": 0.9,
            "tickformat": ".0%",
            "outlinewidth": 0,
            "title": {"text": "of ultimate", "side": "right", "font": {"size": 13}},
        },
    }
    layout = look.figure_layout(
        xaxis={"title": {"text": "Age in months"}, "type": "category", "showgrid": False},
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False},
    )
    return {"data": [heat], "layout": layout}


def factors_figure(development: Development) -> dict[str, Any]:
    """Age-to-age factors of each accident year, and the selected ones as a line."""
    ages = development.ages
    steps = [f"{start}–{end}" for start, end in pairwise(ages)]
    points: dict[str, list[Any]] = {"x": [], "y": [], "text": [], "color": []}
    for year, row in zip(development.years, development.ratios, strict=False):
        for step, ratio in zip(steps, row, strict=False):
            if not np.isnan(ratio):
                points["x"].append(step)
                points["y"].append(float(ratio))
                points["text"].append(str(year))
                points["color"].append(year)
    single = {
        "type": "scatter",
        "mode": "markers",
        "name": "Accident years",
        "x": points["x"],
        "y": points["y"],
        "text": points["text"],
        "hovertemplate": "%{text}, %{x} months: %{y:.3f}<extra></extra>",
        "marker": {"size": 9, "color": look.COLORS[0], "opacity": 0.45},
    }
    selected = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Volume-weighted, selected",
        "x": steps,
        "y": _json(development.selected),
        "hovertemplate": "Selected, %{x} months: %{y:.3f}<extra></extra>",
        "line": {"color": look.COLORS[2], "width": 2.5},
        "marker": {"size": 7},
    }
    layout = look.figure_layout(
        xaxis={"title": {"text": "Development, months"}, "type": "category"},
        yaxis={"tickformat": ".2f"},
    )
    return {"data": [single, selected], "layout": layout}


def ultimates_figure(development: Development, to_date: str, to_come: str) -> dict[str, Any]:
    """Ultimates by accident year, with one Mack standard error up and down."""
    years = [str(year) for year in development.years]
    known = {
        "type": "bar",
        "name": to_date,
        "x": years,
        "y": _json(development.latest),
        "marker": {"color": look.COLORS[0]},
        "hovertemplate": "%{x}: %{y:,.0f}<extra>" + to_date + "</extra>",
    }
    estimated = {
        "type": "bar",
        "name": to_come,
        "x": years,
        "y": _json(development.outstanding),
        "marker": {"color": look.COLORS[2], "opacity": 0.85},
        "hovertemplate": "%{x}: %{y:,.0f}<extra>" + to_come + "</extra>",
        "error_y": {
            "type": "data",
            "array": _json(development.error),
            "color": "#8a93a3",
            "thickness": 1.5,
            "width": 4,
        },
    }
    layout = look.figure_layout(
        barmode="relative",
        bargap=0.3,
        xaxis={"type": "category", "showgrid": False},
        yaxis={"tickformat": ",.0f", "title": {"text": "Thousand USD"}},
    )
    return {"data": [known, estimated], "layout": layout}


def _json(values: np.ndarray) -> list[Any]:
    plain = np.asarray(values, dtype=float)
    return np.where(np.isnan(plain), None, plain).tolist()
