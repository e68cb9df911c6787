"""What a tenant's settings of a dashboard say: of filters and of components."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ConfigInvalid, NotAllowed


def is_visible(config: Mapping[str, Any], component: str) -> bool:
    """False only where ``visible.<component>`` is false."""
    return _section(config, "visible").get(component, True) is not False


def options_of(config: Mapping[str, Any], name: str) -> list[Any] | None:
    """``filters.<name>.options``; None where there is no such restriction."""
    options = _filter(config, name).get("options")
    return list(options) if options is not None else None


def is_allowed(config: Mapping[str, Any], name: str, value: Any) -> bool:
    """Whether the options of a filter, if it has any, hold the value, or each value of a list."""
    options = options_of(config, name)
    return options is None or _all_in(value, options)


def allowed_options(
    config: Mapping[str, Any], name: str, available: Sequence[Any] | None
) -> list[Any] | None:
    """Those of ``available`` that may be chosen, in its order."""
    options = options_of(config, name)
    if available is None:
        return options
    return [one for one in available if options is None or _is_in(one, options)]


def default_of(
    config: Mapping[str, Any], name: str, fallback: Any, among: Sequence[Any] | None
) -> Any:
    """``filters.<name>.default`` if it can be chosen; otherwise the fallback, or the first."""
    default = _filter(config, name).get("default")
    if default is not None and (among is None or _all_in(default, among)):
        return copy.copy(default)
    if fallback is None and among:
        return among[0]
    return fallback


def check_allowed(
    config: Mapping[str, Any], name: str, value: Any, among: Sequence[Any] | None, many: bool
) -> Any:
    """The value itself. Raises NotAllowed."""
    fits = isinstance(value, list) == many
    if fits and is_allowed(config, name, value) and (among is None or _all_in(value, among)):
        return value
    raise NotAllowed(f"The filter {name!r} does not offer this value.")


def _section(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = config.get(name, {})
    # The gateway checks this; what restricts must not turn into nothing if it ever did not.
    if not isinstance(section, Mapping):
        raise ConfigInvalid(f"The settings {name!r} are not of the form that was agreed.")
    return section


def _filter(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _section(_section(config, "filters"), name)


def _all_in(value: Any, options: Sequence[Any]) -> bool:
    values = value if isinstance(value, (list, tuple)) else [value]
    return all(_is_in(one, options) for one in values)


def _is_in(value: Any, options: Sequence[Any]) -> bool:
    # For Python True is 1, for JSON it is not.
    return any(one == value and isinstance(one, bool) == isinstance(value, bool) for one in options)
