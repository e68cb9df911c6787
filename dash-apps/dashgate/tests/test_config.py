from __future__ import annotations

import json

import pandas as pd
import pytest
from dash import Input, Output, html
from starlette.testclient import TestClient
from support import PREFIX, callback_body

from dashgate import ConfigInvalid, DataUnavailable, NotAllowed, context, current_tenant, look

CONFIG = {
    "filters": {
        "line": {"options": ["auto", "home"], "default": "home"},
        "years": {"options": [1996, 1997]},
        "flag": {"options": [True]},
        "region": {"default": "north"},
    },
    "visible": {"table": False, "chart": True},
    "unit": {"name": "USD"},
}


@pytest.fixture
def client(make_app):
    app = make_app()
    app.layout = html.Div()
    return app.server.test_client()


@pytest.fixture
def tenant(client, headers, gateway):
    """The tenant of a request that is kept open."""
    gateway.config = CONFIG
    with client:
        client.get(PREFIX + "_dash-layout", headers=headers("globex"))
        yield current_tenant()


def test_a_component_is_visible_unless_it_is_set_to_false(tenant):
    assert not tenant.visible("table")
    assert tenant.visible("chart")
    assert tenant.visible("anything-else")


def test_options_are_what_may_be_chosen_of_what_there_is(tenant):
    assert tenant.options("line", ["property", "home", "auto"]) == ["home", "auto"]
    assert tenant.options("line") == ["auto", "home"]
    assert tenant.options("region", ["south", "north"]) == ["south", "north"]
    assert tenant.options("region") is None
    assert tenant.options("line", ["property"]) == []


def test_a_default_counts_only_where_it_can_be_chosen(tenant):
    assert tenant.default("line") == "home"
    assert tenant.default("line", among=["auto", "home"]) == "home"
    assert tenant.default("line", among=["auto", "property"]) == "auto"
    assert tenant.default("line", "property", among=["auto", "property"]) == "property"
    assert tenant.default("years", 1997) == 1997
    assert tenant.default("nothing") is None
    assert tenant.default("nothing", among=[]) is None


@pytest.mark.parametrize("value", ["auto", "home", ["auto", "home"], []])
def test_what_is_offered_is_allowed(tenant, value):
    many = isinstance(value, list)
    assert tenant.allowed("line", value, many=many) == value
    assert tenant.allows("line", value)
    with pytest.raises(NotAllowed):
        tenant.allowed("line", value, many=not many)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("line", "property"),
        ("line", ["auto", "property"]),
        ("line", None),
        ("line", {"auto": 1}),
        ("line", [["auto"]]),
        ("line", "AUTO"),
        ("years", "1996"),
        ("years", True),
        ("flag", 1),
    ],
)
def test_what_is_not_offered_is_refused(tenant, name, value):
    assert not tenant.allows(name, value)
    for many in (False, True):
        with pytest.raises(NotAllowed, match=name):
            tenant.allowed(name, value, many=many)


def test_what_there_is_not_is_refused_even_without_a_restriction(tenant):
    assert tenant.allowed("region", "anything") == "anything"
    assert tenant.allowed("region", "north", among=["north"]) == "north"
    with pytest.raises(NotAllowed):
        tenant.allowed("region", "south", among=["north"])


def test_the_config_is_read_only_and_everybodys_own(tenant):
    assert tenant.config["unit"]["name"] == "USD"
    with pytest.raises(TypeError):
        tenant.config["unit"] = 1
    tenant.config["filters"]["line"]["options"].append("property")
    tenant.options("line").append("property")
    tenant.branding["colors"]["primary"] = "red"
    assert not tenant.allows("line", "property")
    assert tenant.branding["colors"]["primary"] == "#0d9488"
    assert json.dumps(dict(tenant.config)) == json.dumps(CONFIG)


def ask(client, headers, tenant, read, **changes):
    with client:
        client.get(PREFIX + "_dash-layout", headers=headers(tenant, **changes))
        return read(current_tenant())


def unit(tenant):
    return tenant.config["unit"]


def asked(gateway):
    return [status for _, path, status in gateway.requests if path == "/context"]


def test_each_tenant_has_its_own_config(client, headers, gateway):
    gateway.configs = {"acme-corp": {"unit": 1}, "globex": {"unit": 2}}
    for name, own in (("acme-corp", 1), ("globex", 2), ("acme-corp", 1)):
        assert ask(client, headers, name, unit) == own


def test_a_change_counts_after_a_second_and_costs_nothing_before(
    client, headers, gateway, monkeypatch
):
    clock = [1000.0]
    monkeypatch.setattr(context.time, "monotonic", lambda: clock[0])
    gateway.config = {"unit": 1}
    ask(client, headers, "globex", unit)
    gateway.config = {"unit": 2}
    clock[0] += 0.99
    assert ask(client, headers, "globex", unit) == 1
    assert asked(gateway) == [200]
    clock[0] += 0.02
    assert ask(client, headers, "globex", unit) == 2
    clock[0] += 5
    assert ask(client, headers, "globex", unit) == 2
    assert asked(gateway) == [200, 200, 304]


def test_what_was_known_is_not_served_when_the_gateway_refuses(
    client, headers, gateway, monkeypatch
):
    clock = [1000.0]
    monkeypatch.setattr(context.time, "monotonic", lambda: clock[0])
    gateway.config = {"unit": 1}
    ask(client, headers, "globex", unit)
    clock[0] += 2
    gateway.config_fits = False
    with pytest.raises(ConfigInvalid):
        ask(client, headers, "globex", unit)
    gateway.failing = True
    with pytest.raises(DataUnavailable):
        ask(client, headers, "globex", unit)


def test_users_do_not_share_what_is_known(client, headers, gateway):
    gateway.config = {"unit": 1}
    ask(client, headers, "globex", unit)
    ask(client, headers, "globex", unit, sub="a-colleague")
    assert asked(gateway) == [200, 200]


def test_only_so_many_contexts_are_kept(client, headers, gateway, monkeypatch):
    monkeypatch.setattr(context, "MAX_CONTEXTS", 2)
    gateway.config = {"unit": 1}
    for sub in ("a", "b", "c", "a"):
        ask(client, headers, "globex", unit, sub=sub)
    assert asked(gateway) == [200, 200, 200, 200]
    assert len(context.contexts._known) == 2


@pytest.mark.parametrize(
    "config", [{"filters": [1]}, {"filters": {"line": ["auto"]}}, {"filters": None}]
)
def test_a_broken_restriction_is_never_none(client, headers, gateway, config):
    gateway.config = config
    with pytest.raises(ConfigInvalid):
        ask(client, headers, "globex", lambda tenant: tenant.options("line", ["auto"]))


def test_a_page_says_that_the_settings_are_at_fault(make_app, headers, gateway):
    gateway.config_fits = False
    app = make_app()

    def layout():
        try:
            return look.page(current_tenant(), "Losses")
        except ConfigInvalid as error:
            return look.problem(error)

    app.layout = layout
    page = app.server.test_client().get(PREFIX + "_dash-layout", headers=headers("globex")).text
    assert "not set up for you" in page
    assert "globex" not in page.lower()


@pytest.mark.parametrize("backend", ["flask", "fastapi"])
def test_a_made_up_value_is_answered_403_and_no_data(make_app, headers, gateway, backend):
    gateway.config = CONFIG
    app = make_app(backend=backend)
    app.layout = html.Div()

    @app.callback(Output("out", "children"), Input("in", "value"))
    def show(value):
        return f"figures of {current_tenant().allowed('line', value)}"

    client = app.server.test_client() if backend == "flask" else TestClient(app.server)
    path = PREFIX + "_dash-update-component"

    def post(value):
        asked = {**headers("globex"), "X-Request-Id": "r-1"}
        return client.post(path, json=callback_body("out.children", value), headers=asked)

    assert "figures of home" in post("home").text
    refused = post("property")
    answer = refused.json if backend == "flask" else refused.json()
    assert refused.status_code == 403
    assert (answer["error"], answer["requestId"]) == ("not_allowed", "r-1")
    assert refused.headers["Cache-Control"] == "no-store"
    assert "figures" not in refused.text


def test_rows_that_may_not_be_chosen_are_left_out(tenant):
    frame = pd.DataFrame({"line": ["auto", "property", "home", "auto"], "paid": [1, 2, 3, 4]})
    assert tenant.restrict(frame, "line", "line")["paid"].tolist() == [1, 3, 4]
    assert tenant.restrict(frame, "line", "region")["paid"].tolist() == [1, 2, 3, 4]
