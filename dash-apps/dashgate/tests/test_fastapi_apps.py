from __future__ import annotations

import time
from contextlib import contextmanager

import dash
import pytest
from dash import Input, Output, dcc, html, set_props
from dashgate.asgi import CLOSE_CONNECT_AGAIN, CLOSE_REFUSED
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from support import PREFIX, SLUG, callback_body

from dashgate import NoTenantError, current_tenant

SOCKET = PREFIX + "_dash-ws-callback"


def whose_layout():
    outputs = [html.P(id=id) for id in ("out", "slow", "sync", "async", "streamed")]
    return html.Div([html.H1(current_tenant().display_name), dcc.Input(id="in"), *outputs])


@pytest.fixture
def app(make_app):
    app = make_app(backend="fastapi")
    app.layout = whose_layout

    @app.callback(Output("out", "children"), Input("in", "value"))
    def over_http(value):
        return f"{value} {current_tenant().id}"

    @app.callback(Output("slow", "children"), Input("in", "value"))
    async def over_http_async(value):
        return f"{value} {current_tenant().id}"

    @app.callback(Output("sync", "children"), Input("in", "value"), websocket=True)
    def over_socket(value):
        time.sleep(0.02)
        return f"{value} {current_tenant().id} {list(dash.ctx.custom_data.values())}"

    @app.callback(Output("async", "children"), Input("in", "value"), websocket=True)
    async def over_socket_async(value):
        set_props("streamed", {"children": current_tenant().id})
        frame = await current_tenant().dataset_async("triangles")
        return f"{value} {current_tenant().id} {int(frame['paid'].sum())}"

    return app


@pytest.fixture
def client(app):
    with TestClient(app.server, base_url="http://testserver") as client:
        yield client


@contextmanager
def socket(client, headers):
    handshake = {"Origin": "http://testserver", **headers}
    with client.websocket_connect(SOCKET, headers=handshake) as connected:
        yield connected


def ask(connected, output, value="7"):
    request = {
        "type": "callback_request",
        "rendererId": "r",
        "requestId": f"{output}-{value}",
        "payload": callback_body(output, value),
    }
    connected.send_json(request)
    return f"{output}-{value}"


def answers(connected, *requests):
    """Payloads of the callback responses, by request id, and all props that were set meanwhile."""
    found, props = {}, []
    while set(requests) - set(found):
        messages = connected.receive_json()
        for message in messages if isinstance(messages, list) else [messages]:
            if message["type"] == "callback_response":
                found[message["requestId"]] = message["payload"]
            elif message["type"] == "set_props":
                props.append(message["payload"])
    return found, props


def test_layout_and_http_callbacks_work_for_the_tenant_that_asks(client, headers):
    for tenant, name in (("acme-corp", "Acme Corp"), ("globex", "Globex")):
        layout = client.get(PREFIX + "_dash-layout", headers=headers(tenant)).json()
        assert layout["props"]["children"][0]["props"]["children"] == name
        for output in ("out", "slow"):
            answer = client.post(
                PREFIX + "_dash-update-component",
                json=callback_body(f"{output}.children", 7),
                headers=headers(tenant),
            )
            assert answer.json()["response"][output]["children"] == f"7 {tenant}"


@pytest.mark.parametrize(
    "path",
    [
        PREFIX,
        PREFIX + "page",
        PREFIX + "_dash-layout",
        PREFIX + "_dash-component-suites/one",
        PREFIX + "assets/",
        "/",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/_dash-layout",
    ],
)
def test_refuses_every_request_without_a_token(client, path):
    answer = client.get(path, headers={"X-Request-Id": "r-1"})
    assert answer.status_code == 401
    expected = {"error": "tenant_token_missing", "requestId": "r-1"}
    assert expected.items() <= answer.json().items()


def test_serves_what_is_the_same_for_everyone(client):
    assert client.get(PREFIX + "_favicon.ico").status_code == 200
    assert len(client.get(PREFIX + "_dash-dependencies").json()) == 4


def test_a_deep_link_to_a_fresh_process_has_the_apps_scripts(app, headers):
    with TestClient(app.server) as client:
        page = client.get(PREFIX + "some/page", headers=headers("globex")).text
    assert "_dash-component-suites" in page


def test_a_twin_of_the_header_is_not_read(client, gateway):
    theirs = gateway.token("acme-corp", SLUG)
    ours = gateway.token("globex", SLUG)
    both = {"X-Tenant-Token": ours, "X_Tenant_Token": theirs}
    layout = client.get(PREFIX + "_dash-layout", headers=both).json()
    assert layout["props"]["children"][0]["props"]["children"] == "Globex"
    alone = client.get(PREFIX + "_dash-layout", headers={"X_Tenant_Token": theirs})
    assert alone.status_code == 401
    doubled = [("X-Tenant-Token", ours), ("x-tenant-token", theirs)]
    assert client.get(PREFIX + "_dash-layout", headers=doubled).status_code == 401


def test_socket_callbacks_work_for_the_tenant_that_connected(client, headers, gateway):
    import pandas as pd

    gateway.put_frame("acme-corp", "triangles", pd.DataFrame({"paid": [1]}))
    gateway.put_frame("globex", "triangles", pd.DataFrame({"paid": [2]}))
    # Both at once, on one pool of threads, in turns.
    with socket(client, headers("acme-corp")) as acme, socket(client, headers("globex")) as globex:
        for round in range(5):
            value = str(round)
            sent = [
                (one, tenant, [ask(one, f"{kind}.children", value) for kind in ("sync", "async")])
                for one, tenant in ((acme, "acme-corp"), (globex, "globex"))
            ]
            for one, tenant, (sync, asynchronous) in sent:
                found, props = answers(one, sync, asynchronous)
                total = {"acme-corp": 1, "globex": 2}[tenant]
                # The hook ran on a pooled thread: it must know nobody, rather than somebody else.
                expected = f"{value} {tenant} [None]"
                assert response(found[sync], "sync") == expected
                assert response(found[asynchronous], "async") == f"{value} {tenant} {total}"
                assert props == [{"componentId": "streamed", "props": {"children": tenant}}]


def response(payload, id):
    assert payload["status"] == "ok", payload
    return payload["data"]["response"][id]["children"]


@pytest.mark.parametrize("changes", [None, {"aud": "other"}, {"dashboard": "another"}])
def test_a_socket_without_a_valid_token_is_refused(client, headers, changes):
    ours = {} if changes is None else headers("globex", **changes)
    with pytest.raises(WebSocketDisconnect) as refusal, socket(client, ours):
        pass
    assert refusal.value.code == CLOSE_REFUSED
    assert refusal.value.reason.startswith("tenant_token_")


def test_a_socket_ends_with_its_token_and_asks_to_connect_again(client, headers):
    ours = headers("globex", exp=int(time.time()) + 2)
    with socket(client, ours) as connected, pytest.raises(WebSocketDisconnect) as closed:
        connected.receive_json()
    assert closed.value.code == CLOSE_CONNECT_AGAIN


def test_there_is_no_tenant_after_a_request(client, headers):
    assert client.get(PREFIX + "_dash-layout", headers=headers("globex")).status_code == 200
    with pytest.raises(NoTenantError):
        current_tenant()


def test_guards_a_fastapi_server_of_the_author(make_app, headers):
    from fastapi import FastAPI

    server = FastAPI()

    @server.get("/whose")
    def whose():
        return current_tenant().id

    app = make_app(server=server)
    app.layout = whose_layout
    with TestClient(server) as client:
        assert client.get("/whose").status_code == 401
        assert client.get("/whose", headers=headers("globex")).json() == "globex"
