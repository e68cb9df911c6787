"""A component library as Dash's generator makes one: scripts that pages name, or load late."""

from __future__ import annotations

from dash.development.base_component import Component

__version__ = "1.0.0"

_js_dist = [
    {"relative_package_path": "bundle.js", "namespace": "own_parts"},
    {"relative_package_path": "async-part.js", "namespace": "own_parts", "async": True},
]


class Part(Component):
    """Nothing of it is drawn: its library is in the page because it exists."""

    _js_dist = _js_dist
    _namespace = "own_parts"
    _type = "Part"
