from __future__ import annotations

import pytest
from dash import dcc, html
from dashgate.context import contexts
from support import PREFIX

from dashgate import (
    DataUnavailable,
    PreferenceChanged,
    PreferenceRefused,
    current_tenant,
    saved_filters,
)


@pytest.fixture
def app(make_app):
    app = make_app()
    saved_filters("main", {"line": "value", "basis": "value"})
    app.layout = lambda: html.Div(
        [
            dcc.Dropdown(["auto", "home", "marine"], "auto", id="line"),
            dcc.RadioItems(["paid", "incurred"], "paid", id="basis"),
        ]
    )
    return app


@pytest.fixture
def opened(app, headers):
    """What the dashboard opens with."""

    def opened(tenant="globex"):
        with app.server.test_client() as client:
            layout = client.get(PREFIX + "_dash-layout", headers=headers(tenant)).json
        return [one["props"]["value"] for one in layout["props"]["children"]]

    return opened


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


def test_a_dashboard_opens_with_the_default_set_of_its_filters(sets, opened):
    sets.save("main", {"line": "marine"})
    sets.save("Year end", {"line": "home", "basis": "incurred"})
    assert opened() == ["marine", "paid"]
    sets.choose_default("Year end")
    assert opened() == ["home", "incurred"]
    assert opened("acme-corp") == ["auto", "paid"]
    sets.drop_default("Year end")
    assert opened() == ["marine", "paid"]


def test_sets_about_other_things_are_no_default_of_its_filters(sets, opened):
    sets.save("main", {"line": "marine"})
    sets.save("Another page", {"year": 1997})
    sets.choose_default("Another page")
    assert opened() == ["marine", "paid"]


def test_what_is_no_longer_offered_is_left_out(sets, opened, gateway):
    sets.save("Ships", {"line": "marine", "basis": "incurred"})
    sets.choose_default("Ships")
    gateway.config = {"filters": {"line": {"options": ["auto", "home"]}}}
    contexts.clear()
    assert opened() == ["auto", "incurred"]
