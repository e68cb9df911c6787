from __future__ import annotations

import json

import dash
import flask
import pytest
from dash import Input, Output, dcc, html
from dashgate.gate import Gate
from dashgate.wsgi import WsgiGate
from support import PREFIX, SLUG, callback_body

from dashgate import DataUnavailable, NoTenantError, current_tenant, saved_filters


def whose_layout():
    return html.Div([html.H1(current_tenant().display_name), dcc.Input(id="in"), html.P(id="out")])


def whose_callback(value):
    tenant = current_tenant()
    return f"{value} for {tenant.id} by {tenant.user.email} as {tenant.role}"


@pytest.fixture
def app(make_app):
    app = make_app()
    app.layout = whose_layout
    app.callback(Output("out", "children"), Input("in", "value"))(whose_callback)
    return app


@pytest.fixture
def client(app):
    return app.server.test_client()


def test_a_layout_function_shows_each_tenant_its_own_name(client, headers):
    names = [
        client.get(PREFIX + "_dash-layout", headers=headers(tenant)).json["props"]["children"][0]
        for tenant in ("acme-corp", "globex", "acme-corp")
    ]
    assert [name["props"]["children"] for name in names] == ["Acme Corp", "Globex", "Acme Corp"]


def test_a_callback_works_for_the_tenant_that_asks(client, headers):
    for tenant in ("acme-corp", "globex"):
        answer = client.post(
            PREFIX + "_dash-update-component",
            json=callback_body("out.children", 7),
            headers=headers(tenant),
        )
        said = answer.json["response"]["out"]["children"]
        assert said == f"7 for {tenant} by viewer@{tenant}.test as viewer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PREFIX),
        ("GET", PREFIX + "page"),
        ("GET", PREFIX + "_dash-layout"),
        ("POST", PREFIX + "_dash-update-component"),
        ("GET", PREFIX + "_dash-update-component"),
        ("GET", PREFIX + "_reload-hash"),
        ("GET", PREFIX + "_mcp"),
        ("GET", "/"),
        ("GET", "/elsewhere"),
        ("GET", "/static/x"),
        ("POST", PREFIX + "_dash-dependencies"),
        ("GET", PREFIX + "_dash-component-suites/one-segment"),
        ("GET", PREFIX + "_dash-component-suites"),
        ("GET", PREFIX + "assets"),
        ("GET", PREFIX + "assets/"),
        ("GET", PREFIX + "_favicon.ico/x"),
        ("OPTIONS", PREFIX),
        ("HEAD", PREFIX),
    ],
)
def test_refuses_every_request_without_a_token(client, method, path):
    answer = client.open(path, method=method, headers={"X-Request-Id": "r-1"})
    assert answer.status_code == 401
    if method != "HEAD":
        assert answer.json["error"] == "tenant_token_missing"
        assert answer.json["requestId"] == "r-1"


@pytest.mark.parametrize("path", ["_dash-dependencies", "_favicon.ico"])
def test_serves_what_is_the_same_for_everyone(client, path):
    assert client.get(PREFIX + path).status_code == 200


def test_serves_component_suites_to_everyone(client, headers):
    html_page = client.get(PREFIX, headers=headers("globex")).text
    scripts = [part.split('"')[0] for part in html_page.split('src="')[1:]]
    assert len(scripts) > 3
    assert {client.get(script).status_code for script in scripts} == {200}


def test_only_the_signed_header_counts(client, headers):
    # CGI and WSGI fold X_Tenant_Id and X-Tenant-Id into one variable.
    forged = {"X-Tenant-Id": "acme-corp", "X_Tenant_Id": "acme-corp", "X-User-Role": "admin"}
    answer = client.post(
        PREFIX + "_dash-update-component?tenant_id=acme-corp",
        json=callback_body("out.children", 1),
        headers={**headers("globex"), **forged},
    )
    assert answer.json["response"]["out"]["children"].startswith("1 for globex")
    assert "as viewer" in answer.json["response"]["out"]["children"]


def test_a_twin_of_the_header_is_never_believed(client, headers, gateway):
    ours, theirs = gateway.token("globex", SLUG), gateway.token("acme-corp", SLUG)
    for twin in ("X_Tenant_Token", "X-Tenant_Token", "X-Tenant-Token"):
        both = [("X-Tenant-Token", ours), (twin, theirs)]
        assert client.get(PREFIX + "_dash-layout", headers=both).status_code == 401


def test_refuses_a_token_for_another_dashboard(client, gateway):
    token = gateway.token("globex", "reserve-variability")
    answer = client.get(PREFIX, headers={"X-Tenant-Token": token})
    assert (answer.status_code, answer.json["error"]) == (401, "tenant_token_invalid")


def test_says_503_and_serves_nothing_when_the_keys_cannot_be_had(client, gateway, headers):
    gateway.failing = True
    answer = client.get(PREFIX + "_dash-layout", headers=headers("globex"))
    assert (answer.status_code, answer.json["error"]) == (503, "tenant_keys_unavailable")


def test_refuses_everything_when_the_gateway_is_not_configured(client, headers, monkeypatch):
    monkeypatch.delenv("DASHGATE_INTERNAL_URL")
    answer = client.get(PREFIX + "_dash-layout", headers=headers("globex"))
    assert (answer.status_code, answer.json["error"]) == (503, "app_not_configured")


def test_refuses_everything_under_a_prefix_that_names_no_dashboard(make_app, headers, monkeypatch):
    monkeypatch.setenv("DASH_URL_BASE_PATHNAME", "/")
    app = make_app()
    app.layout = html.Div()
    answer = app.server.test_client().get("/_dash-layout", headers=headers("globex"))
    assert answer.status_code == 401


def test_there_is_no_tenant_outside_a_request():
    with pytest.raises(NoTenantError):
        current_tenant()


def test_no_tenant_is_left_behind_after_a_request(client, headers):
    assert client.get(PREFIX + "_dash-layout", headers=headers("globex")).status_code == 200
    with pytest.raises(NoTenantError):
        current_tenant()


def test_a_forged_environ_entry_is_dropped():
    seen = []

    def inner(environ, start_response):
        seen.append("dashgate.identity" in environ)
        start_response("200 OK", [])
        return [b""]

    gate = Gate()
    gate.admit(PREFIX, "assets")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": PREFIX + "_favicon.ico"}
    gated = WsgiGate(inner, gate)
    gated({**environ, "dashgate.identity": "forged"}, lambda *_: None)
    assert seen[-1] is False


def test_guards_an_app_that_gets_its_server_later(make_app, headers):
    server = flask.Flask("later")
    app = make_app(server=False)
    app.layout = whose_layout
    app.init_app(server)
    client = server.test_client()
    assert client.get(PREFIX + "_dash-layout").status_code == 401
    assert client.get(PREFIX + "_dash-layout", headers=headers("globex")).status_code == 200


def test_two_apps_on_one_server_take_only_their_own_tokens(make_app, headers, gateway):
    server = flask.Flask("both")
    first = make_app(server=server)
    other = "/dashboard/second/"
    second = dash.Dash("second", server=server, url_base_pathname=other, add_log_handler=False)
    first.layout = second.layout = whose_layout
    client = server.test_client()
    ours = headers("globex")
    theirs = {"X-Tenant-Token": gateway.token("globex", "second")}
    assert client.get(PREFIX + "_dash-layout", headers=ours).status_code == 200
    assert client.get(other + "_dash-layout", headers=theirs).status_code == 200
    assert client.get(PREFIX + "_dash-layout", headers=theirs).status_code == 401
    assert client.get(other + "_dash-layout", headers=ours).status_code == 401


def test_the_html_holds_no_layout_of_the_first_visitor(make_app, headers):
    app = make_app(use_pages=True, pages_folder="")
    dash.register_page("home", path="/", layout=whose_layout)
    app.layout = lambda: html.Div([whose_layout(), dash.page_container])
    client = app.server.test_client()
    client.get(PREFIX, headers=headers("acme-corp"))
    page = client.get(PREFIX, headers=headers("globex")).text
    assert "validation_layout" not in page
    assert "Acme" not in page


def test_a_page_is_made_for_the_tenant_that_opens_it(make_app, headers):
    app = make_app(use_pages=True, pages_folder="")
    dash.register_page("home", path="/", layout=whose_layout)
    app.layout = dash.page_container
    client = app.server.test_client()
    for tenant, name in (("acme-corp", "Acme Corp"), ("globex", "Globex")):
        dependencies = client.get(PREFIX + "_dash-dependencies").json
        router = next(one for one in dependencies if "_pages_content" in one["output"])
        body = {
            "output": router["output"],
            "outputs": [
                {"id": "_pages_content", "property": "children"},
                {"id": "_pages_store", "property": "data"},
            ],
            "inputs": [
                {"id": "_pages_location", "property": "pathname", "value": PREFIX},
                {"id": "_pages_location", "property": "search", "value": ""},
            ],
            "changedPropIds": ["_pages_location.pathname"],
        }
        answer = client.post(PREFIX + "_dash-update-component", json=body, headers=headers(tenant))
        assert name in json.dumps(answer.json)


def test_the_first_request_may_be_one_for_everyone(client, headers):
    assert client.get(PREFIX + "_favicon.ico").status_code == 200
    dependencies = client.get(PREFIX + "_dash-dependencies").json
    assert [one["output"] for one in dependencies] == ["out.children"]
    assert client.get(PREFIX + "_dash-layout", headers=headers("globex")).status_code == 200


def test_keeps_the_token_from_the_callback_context(make_app, headers):
    app = make_app()
    app.layout = whose_layout

    @app.callback(Output("out", "children"), Input("in", "value"))
    def names(_):
        return sorted(name.lower() for name in dash.ctx.headers)

    answer = app.server.test_client().post(
        PREFIX + "_dash-update-component",
        json=callback_body("out.children", 1),
        headers=headers("globex"),
    )
    assert "x-tenant-token" not in answer.json["response"]["out"]["children"]
    assert "host" in answer.json["response"]["out"]["children"]


def test_a_context_of_another_tenant_is_refused(client, headers, gateway, monkeypatch):
    with client:
        client.get(PREFIX + "_favicon.ico")
        client.get(PREFIX + "_reload-hash", headers=headers("globex"))
        wrong = {"tenant": {"id": "acme-corp", "displayName": "Acme Corp"}}
        monkeypatch.setattr(gateway, "context", lambda _claims: wrong)
        with pytest.raises(DataUnavailable):
            _ = current_tenant().display_name


def filtered_layout():
    return html.Div(
        [
            html.Header([dcc.Dropdown(["auto", "property"], "auto", id="line")]),
            dcc.RadioItems([{"label": "Paid", "value": "paid"}], "paid", id="basis"),
            html.P(id="status"),
            html.Button(id="save"),
        ]
    )


FILTERS = {"line": "value", "basis": "value"}


def saved_values(client, headers, tenant, **changes):
    layout = client.get(PREFIX + "_dash-layout", headers=headers(tenant, **changes)).json
    header, basis, *_ = layout["props"]["children"]
    return header["props"]["children"][0]["props"]["value"], basis["props"]["value"]


def save(client, headers, tenant, line, output="status.children", **changes):
    inputs = [
        {"id": "line", "property": "value", "value": line},
        {"id": "basis", "property": "value", "value": "paid"},
    ]
    body = {
        "output": output,
        "outputs": {"id": "status", "property": "children"},
        "inputs": inputs,
        "changedPropIds": ["line.value"],
    }
    path = PREFIX + "_dash-update-component"
    return client.post(path, json=body, headers=headers(tenant, **changes))


@pytest.mark.parametrize("layout", [filtered_layout, filtered_layout()], ids=["function", "object"])
def test_filters_stay_as_each_user_of_each_tenant_left_them(make_app, headers, layout):
    app = make_app()
    saved_filters("main", FILTERS, status="status")
    app.layout = layout
    client = app.server.test_client()
    assert saved_values(client, headers, "globex") == ("auto", "paid")
    said = save(client, headers, "globex", "property").json["response"]["status"]["children"]
    assert said == "Filters saved"
    assert saved_values(client, headers, "globex") == ("property", "paid")
    assert saved_values(client, headers, "acme-corp") == ("auto", "paid")
    assert saved_values(client, headers, "globex", sub="a-colleague") == ("auto", "paid")


def test_a_saved_value_that_is_no_longer_offered_is_left_out(make_app, headers):
    app = make_app()
    saved_filters("main", FILTERS, status="status")
    app.layout = filtered_layout
    client = app.server.test_client()
    save(client, headers, "globex", "aviation")
    assert saved_values(client, headers, "globex") == ("auto", "paid")


def test_filters_do_without_the_gateway_and_say_so(make_app, headers, gateway):
    app = make_app()
    saved_filters("main", FILTERS, status="status")
    app.layout = filtered_layout
    client = app.server.test_client()
    assert saved_values(client, headers, "globex") == ("auto", "paid")
    gateway.failing = True
    said = save(client, headers, "globex", "property").json["response"]["status"]["children"]
    assert said == "Filters could not be saved"
    assert saved_values(client, headers, "globex") == ("auto", "paid")


def test_filters_can_be_saved_by_a_button(make_app, headers, gateway):
    app = make_app()
    filters = saved_filters("main", FILTERS, button="save")
    app.layout = filtered_layout
    client = app.server.test_client()
    dependencies = client.get(PREFIX + "_dash-dependencies").json
    saving = next(one for one in dependencies if one["inputs"][0]["id"] == "save")
    assert [state["id"] for state in saving["state"]] == ["line", "basis"]
    with client:
        client.get(PREFIX + "_reload-hash", headers=headers("globex"))
        filters.save(["property", "paid"])
        assert filters.values() == {"line": "property", "basis": "paid"}
        assert filters.fill(html.P("a page")).children == "a page"
        current_tenant().delete_preference("main")
        assert filters.values() == {}
