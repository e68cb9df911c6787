"""The smallest figure of each trace type of plotly.js."""

from __future__ import annotations

from typing import Any

XY = {"x": [1, 2, 3], "y": [2, 1, 3]}
GRID = {"z": [[1, 2, 3], [3, 1, 2], [2, 3, 1]]}
CUBE: dict[str, Any] = {
    "x": [0, 0, 0, 0, 1, 1, 1, 1],
    "y": [0, 0, 1, 1, 0, 0, 1, 1],
    "z": [0, 1, 0, 1, 0, 1, 0, 1],
}
VALUES = {"value": [1, 2, 3, 4, 5, 6, 7, 8]}
WIND = {"u": [1, 0, 1, 0, 1, 0, 1, 0], "v": [1] * 8, "w": [0, 1] * 4}
PARTS = {"labels": ["all", "a", "b"], "parents": ["", "all", "all"], "values": [0, 2, 1]}
SHARES = {"labels": ["a", "b"], "values": [2, 1]}
PRICES = {
    "x": ["2001-01-01", "2001-01-02"],
    "open": [1, 2],
    "high": [3, 4],
    "low": [0, 1],
    "close": [2, 3],
}
PLACES = {"lat": [5, 8], "lon": [5, 8]}
DIMENSIONS = [{"label": "a", "values": [1, 2, 3]}, {"label": "b", "values": [3, 1, 2]}]
CARPET: dict[str, Any] = {
    "type": "carpet",
    "carpet": "c",
    "a": [4, 4, 4, 5, 5, 5, 6, 6, 6],
    "b": [1, 2, 3, 1, 2, 3, 1, 2, 3],
    "y": [2, 3.5, 4, 3, 4.5, 5, 5.5, 6.5, 7.5],
}
COUNTRY: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": "a",
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]],
            },
        }
    ],
}

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)

# A scale beside a picture has colours, too: a test looks for those of the picture.
BARE = {"showscale": False}

# Figures that need a second trace beside the one they are for are lists.
PAGES: dict[str, dict[str, Any]] = {
    "plain": {
        "bar": XY,
        "barpolar": {"r": [1, 2], "theta": [0, 90]},
        "box": {"y": [1, 2, 3, 9]},
        "candlestick": PRICES,
        "carpet": CARPET,
        "contour": GRID,
        "contourcarpet": [
            CARPET,
            {
                "type": "contourcarpet",
                "carpet": "c",
                "a": CARPET["a"],
                "b": CARPET["b"],
                "z": list(range(9)),
            },
        ],
        "funnel": {"y": ["a", "b"], "x": [2, 1]},
        "funnelarea": SHARES,
        "heatmap": GRID,
        "histogram": {"x": [1, 1, 2]},
        "histogram2d": XY,
        "histogram2dcontour": XY,
        "icicle": PARTS,
        "image": {"source": PICTURE},
        "indicator": {"mode": "number+gauge+delta", "value": 3, "delta": {"reference": 2}},
        "ohlc": PRICES,
        "parcats": {"dimensions": DIMENSIONS},
        "pie": SHARES,
        "quiver": {**XY, "u": [1, 1, 0], "v": [0, 1, 1]},
        "sankey": {
            "node": {"label": ["a", "b"]},
            "link": {"source": [0], "target": [1], "value": [1]},
        },
        "scatter": XY,
        "scattercarpet": [
            CARPET,
            {"type": "scattercarpet", "carpet": "c", "a": [4, 5], "b": [1.5, 2.5]},
        ],
        "scatterpolar": {"r": [1, 2], "theta": [0, 90]},
        "scattersmith": {"real": [0.5, 1], "imag": [1, 2]},
        "scatterternary": {"a": [1, 2], "b": [2, 1], "c": [1, 1]},
        "sunburst": PARTS,
        "table": {"header": {"values": ["a"]}, "cells": {"values": [[1, 2]]}},
        "treemap": PARTS,
        "violin": {"y": [1, 2, 3, 9]},
        "waterfall": {"x": ["a", "b"], "y": [1, 2]},
    },
    "solid": {
        "cone": {**CUBE, **WIND, **BARE},
        "isosurface": {**CUBE, **VALUES, "isomin": 2, "isomax": 6, **BARE},
        "mesh3d": CUBE,
        "scatter3d": CUBE,
        "streamtube": {**CUBE, **WIND, **BARE},
        "surface": {**GRID, **BARE},
        "volume": {**CUBE, **VALUES, "isomin": 2, "isomax": 6, **BARE},
    },
    "fast": {
        "scattergl": {**XY, "mode": "markers"},
        "splom": {"dimensions": DIMENSIONS},
        "parcoords": {"dimensions": DIMENSIONS},
        "scatterpolargl": {"r": [1, 2], "theta": [0, 90], "mode": "markers"},
    },
    "maps": {
        "choropleth": {"locations": ["FRA"], "z": [1], **BARE},
        "scattergeo": PLACES,
        "choroplethmap": {"locations": ["a"], "z": [1], "geojson": COUNTRY, **BARE},
        "densitymap": {**PLACES, **BARE},
        "scattermap": PLACES,
    },
}

TRACES = {trace: data for page in PAGES.values() for trace, data in page.items()}

# Without tiles, which only a host of somebody else has.
WHITE = {"map": {"style": "white-bg", "center": {"lat": 5, "lon": 5}, "zoom": 3}}
LAYOUTS: dict[str, dict[str, Any]] = {
    "choroplethmap": WHITE,
    "densitymap": WHITE,
    "scattermap": WHITE,
}
