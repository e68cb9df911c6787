"""The figures of the dashboard, as plain Plotly JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd
from ledger import Ledger

from dashgate import look


def ledger_figure(ledger: Ledger, highest: float) -> dict[str, Any]:
    """Payments by calendar year, one colour a line. The axes stay while the bars grow."""
    years = [str(year) for year in ledger.years]
    bars = [
        {
            "type": "bar",
            "name": line,
            "x": years,
            "y": amounts,
            "hovertemplate": "%{x}: %{y:,.0f}<extra>" + line + "</extra>",
        }
        for line, amounts in ledger.paid.items()
    ]
    layout = look.figure_layout(
        barmode="relative",
        bargap=0.3,
        xaxis={"type": "category", "showgrid": False},
        yaxis={"tickformat": ",.0f", "range": [0, highest * 1.06]},
    )
    return {"data": bars, "layout": layout}


def pattern_figure(frame: pd.DataFrame, line: str) -> dict[str, Any]:
    """How each accident year of a line was paid, cumulatively, by age in years."""
    rows = frame[frame["line_of_business"] == line].sort_values("calendar_year")
    curves = []
    for year, payments in rows.groupby("accident_year"):
        latest = year == rows["accident_year"].max()
        curves.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if len(payments) == 1 else "lines",
                "name": str(year),
                "x": (payments["calendar_year"] - year + 1).tolist(),
                "y": payments["paid"].cumsum().tolist(),
                "line": {"color": look.COLORS[2 if latest else 0], "width": 2},
                "opacity": 1 if latest else 0.3 + 0.06 * (year - 1988),
                "hovertemplate": f"{year}, year %{{x}}: %{{y:,.0f}}<extra></extra>",
            }
        )
    layout = look.figure_layout(
        showlegend=False,
        xaxis={"title": {"text": "Year of development"}, "dtick": 1},
        yaxis={"tickformat": ",.0f", "rangemode": "tozero"},
    )
    return {"data": curves, "layout": layout}
