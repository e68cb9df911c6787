"""What several test files say in the same words."""

from __future__ import annotations

from typing import Any

SLUG = "loss-development"
PREFIX = f"/dashboard/{SLUG}/"


def callback_body(output: str, value: Any, component: str = "in") -> dict[str, Any]:
    """What Dash's renderer posts for a callback with one output and one input."""
    id, prop = output.split(".")
    return {
        "output": output,
        "outputs": {"id": id, "property": prop},
        "inputs": [{"id": component, "property": "value", "value": value}],
        "changedPropIds": [f"{component}.value"],
    }
