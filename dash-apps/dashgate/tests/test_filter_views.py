from __future__ import annotations

import pytest
from dash import dcc, html
from support import PREFIX, SLUG

from dashgate import (
    DataUnavailable,
    PreferenceChanged,
    PreferenceRefused,
    current_tenant,
    filter_views,
    saved_filters,
)

FILTERS = {"line": "value", "basis": "value"}
OUTPUTS = ["known.data", "names.children", "chosen.children", "said.children", "name.value"]


@pytest.fixture
def app(make_app):
    app = make_app()
    filters = saved_filters("main", FILTERS)
    views = filter_views(filters)
    app.layout = lambda: html.Div(
        [
            views.control(),
            dcc.Dropdown(["auto", "home", "marine"], "auto", id="line"),
            dcc.RadioItems(["paid", "incurred"], "paid", id="basis"),
        ]
    )
    return app


class Page:
    """A window of one user: what it shows, and what clicks lead to."""

    def __init__(self, app, headers, tenant="globex"):
        self.client, self.headers = app.server.test_client(), headers(tenant)
        control, line, basis = self.layout()
        self.known = control["children"][0]["props"]["data"]
        self.line, self.basis = line["value"], basis["value"]
        self.said = ""

    def layout(self):
        layout = self.client.get(PREFIX + "_dash-layout", headers=self.headers).json
        return [one["props"] for one in layout["props"]["children"]]

    def press(self, clicked, name=""):
        """Post what the renderer would for a click on a button."""
        view, action = (
            [{"id": clicked, "property": "n_clicks", "value": 1}]
            if isinstance(clicked, dict) and clicked["type"] == f"main-views-{kind}"
            else []
            for kind in ("view", "action")
        )
        save = 1 if clicked == "save-as" else None
        values = {"line": self.line, "basis": self.basis}
        body = {
            "output": dependency(self.client)["output"],
            "outputs": [
                *(
                    {"id": f"main-views-{o.split('.')[0]}", "property": o.split(".")[1]}
                    for o in OUTPUTS
                ),
                *({"id": id, "property": "value"} for id in values),
            ],
            "inputs": [
                view,
                action,
                {"id": "main-views-save-as", "property": "n_clicks", "value": save},
                {"id": "main-views-name", "property": "n_submit", "value": None},
            ],
            "state": [
                {"id": "main-views-known", "property": "data", "value": self.known},
                {"id": "main-views-name", "property": "value", "value": name},
                *({"id": id, "property": "value", "value": v} for id, v in values.items()),
            ],
            "changedPropIds": [changed(clicked)],
        }
        path = PREFIX + "_dash-update-component"
        answer = self.client.post(path, json=body, headers=self.headers)
        if answer.status_code == 204:
            return None
        response = answer.json["response"]
        self.said = response["main-views-said"]["children"]
        self.known = response.get("main-views-known", {}).get("data", self.known)
        self.line = response.get("line", {}).get("value", self.line)
        self.basis = response.get("basis", {}).get("value", self.basis)
        return self.said

    def save_as(self, name):
        return self.press("save-as", name)

    def open(self, name):
        index = self.known["names"].index(name)
        return self.press({"index": index, "type": "main-views-view"})

    def do(self, action):
        return self.press({"do": action, "type": "main-views-action"})


def changed(clicked):
    if isinstance(clicked, str):
        return f"main-views-{clicked}.n_clicks"
    pairs = ",".join(
        f'"{key}":{value}' if isinstance(value, int) else f'"{key}":"{value}"'
        for key, value in sorted(clicked.items())
    )
    return f"{{{pairs}}}.n_clicks"


def dependency(client):
    dependencies = client.get(PREFIX + "_dash-dependencies").json
    return next(one for one in dependencies if "main-views-known" in one["output"])


def test_a_view_is_saved_under_a_name_and_found_again(app, headers):
    page = Page(app, headers)
    assert page.known["names"] == []
    page.line, page.basis = "home", "incurred"
    assert page.save_as(" Year end ") == "Saved as “Year end”."
    assert (page.known["names"], page.known["chosen"]) == (["Year end"], "Year end")
    later = Page(app, headers)
    assert (later.line, later.basis) == ("auto", "paid")
    assert later.open("Year end") == "Showing “Year end”."
    assert (later.line, later.basis) == ("home", "incurred")


def test_the_dashboard_opens_with_the_default_before_anything_is_drawn(app, headers):
    page = Page(app, headers)
    page.line = "home"
    page.save_as("Year end")
    assert page.do("default") == "The dashboard opens with “Year end” from now on."
    page.line = "marine"
    page.save_as("Ships")
    later = Page(app, headers)
    assert later.line == "home"
    assert (later.known["chosen"], later.known["default"]) == ("Year end", "Year end")
    later.open("Ships")
    later.do("default")
    assert Page(app, headers).line == "marine"
    last = Page(app, headers)
    assert last.do("default") == "The dashboard opens as you leave it."
    assert Page(app, headers).line == "auto"


def test_nobody_else_sees_them(app, headers):
    page = Page(app, headers)
    page.line = "home"
    page.save_as("Year end")
    page.do("default")
    other = Page(app, headers, "acme-corp")
    assert (other.known["names"], other.line) == ([], "auto")


def test_what_another_window_saved_is_not_lost_and_the_user_is_told(app, headers):
    first = Page(app, headers)
    first.line = "home"
    first.save_as("Year end")
    second = Page(app, headers)
    second.open("Year end")
    second.line = "marine"
    assert second.do("update") == "Saved the changes of “Year end”."
    first.basis = "incurred"
    for action in ("update", "default", "remove", "update"):
        assert "was changed in another window" in first.do(action)
    # Saving something else must not make it forget what it had read.
    first.save_as("Mine")
    assert first.open("Year end") == "Showing “Year end”."
    assert (first.line, first.basis) == ("marine", "paid")
    assert first.do("update") == "Saved the changes of “Year end”."


def test_a_view_that_is_gone_is_said_to_be(app, headers):
    first = Page(app, headers)
    first.save_as("Year end")
    second = Page(app, headers)
    second.open("Year end")
    assert second.do("remove") == "Deleted “Year end”."
    assert (second.known["names"], second.known["chosen"]) == ([], None)
    assert "was changed in another window" in first.do("update")
    assert first.open("Year end") == "“Year end” has been deleted meanwhile."
    assert first.known["names"] == []


def test_a_name_that_is_taken_or_missing_is_not_used(app, headers):
    page = Page(app, headers)
    page.save_as("Year end")
    assert "already" in page.save_as("Year end")
    assert page.save_as("  ") == "Give the view a name first."
    assert "Take another name" in page.save_as("main")


def test_limits_are_told_in_the_gateways_words(app, headers, gateway):
    page = Page(app, headers)
    for number in range(50):
        page.save_as(f"View {number:02}")
    assert page.save_as("One more") == "Refused: too_many_preferences."
    gateway.failing = True
    assert "cannot be reached" in page.save_as("Another")


def test_buttons_that_have_just_been_drawn_do_nothing(app, headers):
    page = Page(app, headers)
    body = {"index": 0, "type": "main-views-view"}
    dependencies = dependency(page.client)
    assert dependencies["prevent_initial_call"]
    page.save_as("Year end")
    before = page.known
    answer = page.press(body | {"type": "main-views-none"})
    assert answer is None
    assert page.known == before


def test_a_view_is_shown_without_what_is_no_longer_offered(app, headers, gateway):
    page = Page(app, headers)
    page.line, page.basis = "marine", "incurred"
    page.save_as("Ships")
    page.do("default")
    gateway.config = {"filters": {"line": {"options": ["auto", "home"]}}}
    from dashgate.context import contexts

    contexts.clear()
    later = Page(app, headers)
    assert (later.line, later.basis) == ("auto", "incurred")
    assert later.open("Ships") == "Showing it without what is no longer offered."
    assert later.line == "auto"


def test_sets_of_other_filters_are_none_of_its_views(app, headers, gateway):
    gateway.preferences[("globex", "user-of-globex", SLUG)] = {
        "Another page": {
            "name": "Another page",
            "value": {"year": 1997},
            "isDefault": True,
            "version": 1,
        }
    }
    page = Page(app, headers)
    assert (page.known["names"], page.line) == ([], "auto")


def test_the_control_does_without_the_gateway(app, headers, gateway):
    Page(app, headers)
    gateway.failing = True
    control, *_ = Page(app, headers).layout()
    assert "cannot be reached" in str(control)


@pytest.fixture
def sets(app, headers):
    with app.server.test_client() as client:
        client.get(PREFIX + "_dash-layout", headers=headers("globex"))
        yield current_tenant().filter_sets


def test_sets_are_listed_loaded_changed_and_removed(sets):
    saved = sets.save_as("b/ä .", {"line": "auto"})
    sets.save("a", {})
    assert [one.name for one in sets.list()] == ["a", "b/ä ."]
    assert sets.load("b/ä .") == saved
    assert sets.load("none") is None
    chosen = sets.choose_default("b/ä .", saved.version)
    assert (chosen.is_default, dict(chosen.values)) == (True, {"line": "auto"})
    sets.choose_default("a")
    assert sets.default().name == "a"
    sets.drop_default("a")
    assert sets.default() is None
    sets.remove("a")
    sets.remove("a")
    assert [one.name for one in sets.list()] == ["b/ä ."]


def test_a_version_that_is_no_longer_is_not_overwritten(sets):
    old = sets.save_as("a", {"n": 1})
    new = sets.save("a", {"n": 2}, old.version)
    for change in (
        lambda: sets.save("a", {"n": 3}, old.version),
        lambda: sets.save_as("a", {"n": 3}),
        lambda: sets.choose_default("a", old.version),
        lambda: sets.choose_default("none"),
        lambda: sets.remove("a", old.version),
    ):
        with pytest.raises(PreferenceChanged):
            change()
    assert sets.load("a") == new


def test_saving_keeps_the_default_a_default(sets):
    sets.save("main", {"line": "auto"})
    sets.choose_default("main")
    current_tenant().save_preference("main", {"line": "home"})
    assert sets.load("main").is_default


def test_refusals_and_silence_are_told_apart(sets, gateway):
    for number in range(50):
        sets.save(f"n{number}", {})
    with pytest.raises(PreferenceRefused) as refused:
        sets.save("one more", {})
    assert refused.value.code == "too_many_preferences"
    gateway.failing = True
    with pytest.raises(DataUnavailable):
        sets.save("n1", {})
