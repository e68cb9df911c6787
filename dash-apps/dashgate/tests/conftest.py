"""A gateway stand-in and fresh Dash apps for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import dash
import pytest
from stub_gateway import ISSUER, StubGateway
from support import PREFIX, SLUG

from dashgate import context, datasets, filters, key_set


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubGateway]:
    with StubGateway() as stub:
        monkeypatch.setenv("DASHGATE_INTERNAL_URL", stub.url)
        monkeypatch.setenv("DASHGATE_ISSUER", ISSUER)
        monkeypatch.setenv("DASH_URL_BASE_PATHNAME", PREFIX)
        monkeypatch.setattr(datasets.frames, "_frames", type(datasets.frames._frames)())
        context.contexts.clear()
        key_set.key_set_of.cache_clear()
        yield stub


@pytest.fixture
def make_app(gateway: StubGateway) -> Iterator[Callable[..., dash.Dash]]:
    """Makes Dash apps without a trace of those of other tests: much of Dash is process-global."""
    _forget_dash()

    def make(**options: Any) -> dash.Dash:
        return dash.Dash("tests", add_log_handler=False, **options)

    yield make
    _forget_dash()


def _forget_dash() -> None:
    dash._callback.GLOBAL_CALLBACK_LIST.clear()
    dash._callback.GLOBAL_CALLBACK_MAP.clear()
    dash._callback.GLOBAL_API_PATHS.clear()
    dash._pages.PAGE_REGISTRY.clear()
    dash._get_app.app_context.set(None)
    filters.registered.clear()


@pytest.fixture
def headers(gateway: StubGateway) -> Callable[..., dict[str, str]]:
    """The headers of a request for a tenant."""

    def make(name: str, **changes: Any) -> dict[str, str]:
        return {"X-Tenant-Token": gateway.token(name, SLUG, **changes)}

    return make
