"""The demo dashboards as they run: gunicorn or uvicorn, on a port, behind a stand-in gateway."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from stub_gateway import ISSUER, StubGateway

APPS = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TENANTS = {"acme-corp": "Acme Corp", "globex": "Globex"}
START_SECONDS = 90


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo-data")
    script = APPS.parent / "dev" / "demo-data" / "make_datasets.py"
    subprocess.run([sys.executable, script, out], check=True)
    again = subprocess.run([sys.executable, script, out], check=True, capture_output=True)
    assert again.stdout.strip() == b"up to date"
    return out


@pytest.fixture(scope="module")
def stub(demo_data):
    with StubGateway() as gateway:
        for file in demo_data.glob("*/*.parquet"):
            gateway.datasets[(file.parent.name, file.stem)] = file.read_bytes()
        yield gateway


class RunningApp:
    """A demo dashboard in a process of its own."""

    def __init__(self, slug, base, gateway):
        self.slug = slug
        self.gateway = gateway
        self.prefix = f"{base}/dashboard/{slug}/"
        self.client = httpx2.Client(timeout=30, trust_env=False)

    def headers(self, tenant):
        return {"X-Tenant-Token": self.gateway.token(tenant, self.slug)}

    def get(self, path, tenant):
        return self.client.get(self.prefix + path, headers=self.headers(tenant))

    def callback(self, tenant, output, inputs, state=(), query=""):
        outputs = [dict(zip(("id", "property"), one.split("."), strict=True)) for one in output]
        body = {
            "output": f"..{'...'.join(output)}.." if len(output) > 1 else output[0],
            "outputs": outputs if len(outputs) > 1 else outputs[0],
            "inputs": [properties(*one) for one in inputs],
            "state": [properties(*one) for one in state],
            "changedPropIds": [inputs[0][0]],
        }
        url = f"{self.prefix}_dash-update-component{query}"
        return self.client.post(url, json=body, headers=self.headers(tenant))


def properties(name, value):
    id, prop = name.split(".")
    return {"id": id, "property": prop, "value": value}


@contextlib.contextmanager
def running(slug, gateway, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "DASH_URL_BASE_PATHNAME": f"/dashboard/{slug}/",
        "DASHGATE_INTERNAL_URL": gateway.url,
        "DASHGATE_ISSUER": ISSUER,
        "DASHGATE_CACHE_DIR": str(folder),
    }
    serve = [BIN / "gunicorn", "app:server", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    if slug == "claims-monitor":
        serve = [BIN / "uvicorn", "app:server", "--port", str(port), "--log-level", "warning"]
    log = (folder / "log").open("w+")
    process = subprocess.Popen(serve, cwd=APPS / slug, env=env, stdout=log, stderr=log)
    app = RunningApp(slug, f"http://127.0.0.1:{port}", gateway)
    try:
        wait_for(app, process, folder / "log")
        yield app
    finally:
        app.client.close()
        process.terminate()
        process.wait(20)
        log.close()


def wait_for(app, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx2.HTTPError):
            if app.client.get(app.prefix + "_favicon.ico").status_code == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"{app.slug} did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def loss_development(stub, tmp_path_factory):
    with running("loss-development", stub, tmp_path_factory.mktemp("ld")) as app:
        yield app


@pytest.fixture(scope="module")
def reserve_variability(stub, tmp_path_factory):
    with running("reserve-variability", stub, tmp_path_factory.mktemp("rv")) as app:
        yield app


@pytest.fixture(scope="module")
def claims_monitor(stub, tmp_path_factory):
    with running("claims-monitor", stub, tmp_path_factory.mktemp("cm")) as app:
        yield app


@pytest.mark.parametrize("slug", ["loss-development", "reserve-variability", "claims-monitor"])
def test_each_dashboard_names_its_tenant_and_refuses_others(slug, request):
    app = request.getfixturevalue(slug.replace("-", "_"))
    for tenant, name in TENANTS.items():
        layout = app.get("_dash-layout", tenant).json()
        assert find(layout, "tenant-name")["children"] == name
        page = app.get("", tenant).text
        assert "dashgate/look" in page
        assert '<html lang="en">' in page
        assert re.search(r"(?:src|href)=\"(?:https?:)?//", page) is None
    assert app.client.get(app.prefix + "_dash-layout").status_code == 401
    assert app.client.get(app.prefix).status_code == 401


def find(node, id):
    """Properties of a component in a layout."""
    if isinstance(node, list):
        return next((found for one in node if (found := find(one, id))), None)
    if not isinstance(node, dict):
        return None
    if node.get("props", {}).get("id") == id:
        return node["props"]
    return find(node.get("props", {}).get("children"), id)


SHOWN = [
    "summary.children",
    "triangle.figure",
    "factors.figure",
    "ultimates.figure",
    "results.children",
]


def test_loss_development_shows_each_tenant_its_own_triangle(loss_development):
    ultimates = {}
    for tenant in TENANTS:
        chosen = [("line-of-business.value", "Commercial auto"), ("basis.value", "paid")]
        shown = loss_development.callback(tenant, SHOWN, chosen).json()["response"]
        assert len(shown["triangle"]["figure"]["data"][0]["text"]) == 10
        ultimates[tenant] = find(shown["summary"]["children"], "total-ultimate")["children"]
    assert ultimates == {"acme-corp": "113,609", "globex": "90,188"}


def test_loss_development_downloads_what_it_shows(loss_development):
    state = [("line-of-business.value", "All lines"), ("basis.value", "incurred")]
    clicked = [("download-csv.n_clicks", 1)]
    answer = loss_development.callback("globex", ["csv.data"], clicked, state)
    data = answer.json()["response"]["csv"]["data"]
    assert data["filename"] == "globex-all-lines-incurred.csv"
    rows = data["content"].splitlines()
    assert rows[0].startswith("Tenant,Line of business,Accident year,Incurred to date")
    assert len(rows) == 12
    assert {row.split(",")[0] for row in rows[1:]} == {"Globex"}


def test_loss_development_keeps_filters_for_one_tenant(loss_development):
    chosen = [("line-of-business.value", "Other liability"), ("basis.value", "incurred")]
    said = loss_development.callback("globex", ["filters-status.children"], chosen).json()
    assert said["response"]["filters-status"]["children"] == "Filters saved"
    kept = loss_development.get("_dash-layout", "globex").json()
    assert find(kept, "line-of-business")["value"] == "Other liability"
    assert find(kept, "basis")["value"] == "incurred"
    other = loss_development.get("_dash-layout", "acme-corp").json()
    assert find(other, "line-of-business")["value"] == "All lines"


def test_reserve_variability_runs_for_each_tenant_with_progress(reserve_variability):
    app = reserve_variability
    state = [("line-of-business.value", "Commercial auto"), ("simulations.value", 1000)]
    means, progress = {}, []
    for tenant in TENANTS:
        config = re.search(r'id="_dash-config"[^>]*>(.*?)</script>', app.get("", tenant).text)[1]
        query = f"?endId={json.loads(config)['end_id']}"
        clicked = [("start.n_clicks", 1)]
        started = app.callback(tenant, ["finished-run.data"], clicked, state, query).json()
        poll = f"{query}&cacheKey={started['cacheKey']}&job={started['job']}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and tenant not in means:
            answer = app.callback(tenant, ["finished-run.data"], clicked, state, poll).json()
            progress.append(answer.get("progress"))
            if "response" in answer:
                result = answer["response"]["finished-run"]["data"]
                means[tenant] = round(result["mean"])
                assert result["simulations"] == 1000
                assert len(result["rows"]) == 11
            time.sleep(0.05)
    assert means["acme-corp"] != means["globex"]
    assert 30000 < means["acme-corp"] < 38000
    assert any(one and one["run-status.children"].endswith("simulations") for one in progress)


def test_reserve_variability_has_its_pages_at_their_own_addresses(reserve_variability):
    router = ["_pages_content.children", "_pages_store.data"]
    for path, id in (("", "overview-summary"), ("bootstrap", "start"), ("method", "method")):
        here = f"/dashboard/reserve-variability/{path}"
        inputs = [("_pages_location.pathname", here), ("_pages_location.search", "")]
        answer = reserve_variability.callback("acme-corp", router, inputs).json()
        assert find(answer["response"]["_pages_content"]["children"], id)


def test_claims_monitor_starts_empty_with_the_tenants_lines(claims_monitor):
    for tenant in TENANTS:
        layout = claims_monitor.get("_dash-layout", tenant).json()
        bars = find(layout, "live")["figure"]["data"]
        assert len(bars) == 5
        assert {amount for bar in bars for amount in bar["y"]} == {0}


MOTOR = ["All lines", "Commercial auto", "Private passenger auto"]


@pytest.fixture
def motor_only(stub):
    """A tenant with the data of Globex that may choose motor lines and incurred amounts only."""
    for (tenant, name), content in list(stub.datasets.items()):
        if tenant == "globex":
            stub.datasets[("hooli", name)] = content
    stub.configs["hooli"] = {
        "filters": {
            "line-of-business": {"options": MOTOR, "default": "Private passenger auto"},
            "basis": {"options": ["incurred"], "default": "incurred"},
            "simulations": {"options": [1000, 5000], "default": 1000},
        },
        "visible": {"factors": False, "download": False, "most-uncertain": False, "feed": False},
    }


def latest(app, tenant, line, basis):
    chosen = [("line-of-business.value", line), ("basis.value", basis)]
    shown = app.callback(tenant, SHOWN, chosen).json()["response"]
    return find(shown["summary"]["children"], "total-latest")["children"]


@pytest.mark.usefixtures("motor_only")
def test_loss_development_offers_what_the_tenant_may_choose(loss_development):
    layout = loss_development.get("_dash-layout", "hooli").json()
    assert find(layout, "line-of-business")["options"] == MOTOR
    assert find(layout, "line-of-business")["value"] == "Private passenger auto"
    assert [one["value"] for one in find(layout, "basis")["options"]] == ["incurred"]
    assert find(layout, "download-csv")["hidden"]
    other = loss_development.get("_dash-layout", "acme-corp").json()
    assert len(find(other, "line-of-business")["options"]) == 6
    assert find(other, "line-of-business")["value"] == "All lines"


@pytest.mark.usefixtures("motor_only")
@pytest.mark.parametrize(
    ("line", "basis"),
    [
        ("Other liability", "incurred"),
        ("All lines", "paid"),
        ("Aviation", "incurred"),
        (None, "incurred"),
        (["All lines"], "incurred"),
        ({"$ne": 1}, "incurred"),
    ],
)
def test_loss_development_gives_no_figures_for_a_made_up_value(loss_development, line, basis):
    chosen = [("line-of-business.value", line), ("basis.value", basis)]
    answer = loss_development.callback("hooli", SHOWN, chosen)
    assert answer.status_code == 403
    assert "figure" not in answer.text
    clicked = [("download-csv.n_clicks", 1)]
    assert loss_development.callback("hooli", ["csv.data"], clicked, chosen).status_code == 403


@pytest.mark.usefixtures("motor_only")
def test_loss_development_sums_and_sends_only_what_may_be_seen(loss_development):
    motor = [latest(loss_development, "hooli", line, "incurred") for line in MOTOR]
    together, *each = [int(amount.replace(",", "")) for amount in motor]
    assert together == pytest.approx(sum(each), abs=1)
    chosen = [("line-of-business.value", "All lines"), ("basis.value", "incurred")]
    shown = loss_development.callback("hooli", SHOWN, chosen).json()["response"]
    assert "factors" not in shown
    assert shown["triangle"]["figure"]["data"]
    assert "factors" in loss_development.callback("acme-corp", SHOWN, chosen).json()["response"]


def test_loss_development_opens_with_the_set_that_was_chosen(loss_development, stub):
    owner = ("acme-corp", "user-of-acme-corp", "loss-development")
    values = {"line-of-business": "Commercial auto", "basis": "incurred"}
    row = {"name": "Year end", "value": values, "isDefault": True, "version": 7}
    stub.preferences[owner] = {"Year end": row}
    layout = loss_development.get("_dash-layout", "acme-corp").json()
    assert find(layout, "line-of-business")["value"] == "Commercial auto"
    assert find(layout, "basis")["value"] == "incurred"
    stub.preferences.clear()


@pytest.mark.usefixtures("motor_only")
def test_reserve_variability_simulates_only_what_may_be_chosen(reserve_variability):
    router = ["_pages_content.children", "_pages_store.data"]

    def page(path):
        here = f"/dashboard/reserve-variability/{path}"
        inputs = [("_pages_location.pathname", here), ("_pages_location.search", "")]
        answer = reserve_variability.callback("hooli", router, inputs).json()
        return answer["response"]["_pages_content"]["children"]

    bootstrap = page("bootstrap")
    assert find(bootstrap, "line-of-business")["options"] == MOTOR[1:]
    assert find(bootstrap, "line-of-business")["value"] == "Private passenger auto"
    assert [one["value"] for one in find(bootstrap, "simulations")["options"]] == [1000, 5000]
    assert find(bootstrap, "simulations")["value"] == 1000
    overview = json.dumps(page(""))
    assert "Most uncertain" not in overview
    assert "Other liability" not in overview


@pytest.mark.usefixtures("motor_only")
def test_claims_monitor_shows_only_the_lines_that_may_be_chosen(claims_monitor):
    layout = claims_monitor.get("_dash-layout", "hooli").json()
    assert [bar["name"] for bar in find(layout, "live")["figure"]["data"]] == MOTOR[1:]
    assert find(layout, "line-of-business")["options"] == MOTOR[1:]
    assert "Other liability" not in json.dumps(layout)
    other = claims_monitor.get("_dash-layout", "acme-corp").json()
    assert len(find(other, "live")["figure"]["data"]) == 5
