from __future__ import annotations

import json
import re
import time

import dash
import diskcache
import pytest
from dash import DiskcacheManager, Input, Output, dcc, html
from dashgate.background import separate_results
from support import PREFIX, callback_body

from dashgate import NoTenantError, current_tenant


@pytest.fixture
def app(make_app, tmp_path):
    manager = DiskcacheManager(diskcache.Cache(tmp_path))
    app = make_app(background_callback_manager=manager)
    app.layout = html.Div([dcc.Input(id="in"), html.P(id="out"), html.P(id="seen")])

    @app.callback(Output("out", "children"), Input("in", "value"), background=True)
    def job(value):
        tenant = current_tenant()
        total = int(tenant.dataset("triangles")["paid"].sum())
        return f"{value} {tenant.id} {tenant.user.sub} {total}"

    @app.callback(Output("seen", "children"), Input("in", "value"), background=True)
    def what_the_job_sees(_value):
        return {"headers": dash.ctx.headers, "cookies": dash.ctx.cookies}

    return app


@pytest.fixture
def client(app, gateway):
    import pandas as pd

    gateway.put_frame("acme-corp", "triangles", pd.DataFrame({"paid": [1]}))
    gateway.put_frame("globex", "triangles", pd.DataFrame({"paid": [2]}))
    return app.server.test_client()


def start(client, headers, output="out.children"):
    """Start the job as a page does. Answers what to poll for it."""
    page = client.get(PREFIX, headers=headers).text
    config = json.loads(re.search(r'id="_dash-config"[^>]*>(.*?)</script>', page)[1])
    query = {"endId": config["end_id"]}
    path = PREFIX + "_dash-update-component"
    body = callback_body(output, 7)
    handles = client.post(path, query_string=query, json=body, headers=headers).json
    return {**query, "cacheKey": handles["cacheKey"], "job": handles["job"]}


def result(client, headers, query, output="out.children"):
    path = PREFIX + "_dash-update-component"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        body = callback_body(output, None)
        answer = client.post(path, query_string=query, json=body, headers=headers)
        if answer.status_code == 200 and "response" in answer.json:
            return answer.json["response"][output.split(".")[0]]["children"]
        time.sleep(0.05)
    raise AssertionError(f"no result: {answer.status_code} {answer.text[:300]}")


def test_equal_inputs_of_two_tenants_share_no_result(client, headers):
    acme, globex = headers("acme-corp"), headers("globex")
    colleague = headers("globex", sub="a-colleague")
    started = [(one, start(client, one)) for one in (acme, globex, colleague)]
    keys = {query["cacheKey"].split("~")[0] for _, query in started}
    assert len(keys) == 3
    assert [result(client, *one) for one in started] == [
        "7 acme-corp user-of-acme-corp 1",
        "7 globex user-of-globex 2",
        "7 globex a-colleague 2",
    ]


def test_two_tabs_of_one_user_both_get_their_result(client, headers):
    ours = headers("globex")
    started = [start(client, ours), start(client, ours)]
    expected = "7 globex user-of-globex 2"
    assert [result(client, ours, query) for query in started] == [expected, expected]


def test_credentials_do_not_go_with_the_job(client, headers):
    client.set_cookie("session", "secret-cookie", path="/")
    ours = {**headers("globex"), "Authorization": "Bearer secret-bearer"}
    query = start(client, ours, "seen.children")
    seen = result(client, ours, query, "seen.children")
    assert seen["cookies"] == {}
    assert "Host" in seen["headers"]
    assert ours["X-Tenant-Token"] not in json.dumps(seen)
    assert "secret-" not in json.dumps(seen)


@pytest.fixture
def manager(tmp_path):
    return DiskcacheManager(diskcache.Cache(tmp_path), cache_by=[lambda: "release-1"])


def test_cached_results_are_shared_by_one_user_only(make_app, manager, headers):
    app = make_app()
    app.layout = html.Div()
    separate_results(manager)
    separate_results(manager)
    found = []
    app.server.add_url_rule(
        "/key/<int:value>",
        view_func=lambda value: (
            found.append(manager.build_cache_key(start, [value], [], None)) or ""
        ),
        endpoint="key",
    )
    client = app.server.test_client()
    for who in ("globex", "globex", "acme-corp"):
        client.get("/key/1", headers=headers(who))
    client.get("/key/1", headers=headers("globex", sub="a-colleague"))
    client.get("/key/2", headers=headers("globex"))
    assert found[0] == found[1]
    assert len(set(found)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in found)


def test_there_is_no_key_without_a_tenant(manager):
    separate_results(manager)
    with pytest.raises(NoTenantError):
        manager.build_cache_key(start, [1], [], None)
