from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

APPS = Path(__file__).parent.parent


def load(app, module):
    """A module of an app by its file: each app is a folder of its own, not a package."""
    name = f"{app}-{module}"
    spec = importlib.util.spec_from_file_location(name, APPS / app / f"{module}.py")
    loaded = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def triangle():
    """A small triangle of which every factor can be worked out by hand."""
    paid = {1990: [100, 200, 220], 1991: [100, 150], 1992: [200]}
    rows = [
        (line, year, year + age, amount)
        for line in ("Auto", "Home")
        for year, amounts in paid.items()
        for age, amount in enumerate(amounts)
    ]
    columns = ["line_of_business", "accident_year", "calendar_year", "paid"]
    return pd.DataFrame(rows, columns=columns)


def test_chain_ladder_selects_volume_weighted_factors(triangle):
    development = load("loss-development", "development")
    found = development.develop(triangle, "Auto", "paid")
    assert found.selected == pytest.approx([350 / 200, 220 / 200])
    assert found.ultimate == pytest.approx([220, 150 * 1.1, 200 * 1.75 * 1.1])
    assert found.to_ultimate == pytest.approx([1, 1.1, 1.925])
    assert found.outstanding.sum() == pytest.approx(200)
    assert np.isnan(found.cells[2][1])


def test_all_lines_are_the_sum(triangle):
    development = load("loss-development", "development")
    one = development.develop(triangle, "Auto", "paid")
    both = development.develop(triangle, development.ALL_LINES, "paid")
    assert both.ultimate == pytest.approx(2 * one.ultimate)
    assert development.lines_of(triangle) == ["All lines", "Auto", "Home"]


def test_the_table_ends_with_the_total(triangle):
    development = load("loss-development", "development")
    head, rows = development.results(development.develop(triangle, "Auto", "paid"), "paid")
    assert head[4] == "Unpaid"
    assert rows[-1][0] == "Total"
    assert rows[-1][3] == pytest.approx(sum(row[3] for row in rows[:-1]))


def test_the_ledger_holds_each_payment_once():
    ledger = load("claims-monitor", "ledger")
    rows = [(1990, 1990, "Auto", 5), (1991, 1990, "Auto", -2), (1991, 1991, "Home", 4)]
    columns = ["calendar_year", "accident_year", "line_of_business", "paid"]
    frame = pd.DataFrame(rows, columns=columns)
    book = ledger.ledger_of(frame)
    for posting in ledger.postings_of(frame):
        book.post(posting)
    assert book.paid == {"Auto": [5, -2], "Home": [0, 4]}
    assert (book.total, book.count) == (7, 3)


def test_the_bootstrap_is_repeatable_and_reports_every_batch():
    reserves = load("reserve-variability", "reserves")
    source = importlib.util.find_spec("chainladder").origin
    clrd = pd.read_csv(Path(source).parent / "utils" / "data" / "clrd.csv")
    rows = clrd[(clrd["GRCODE"] == 715) & (clrd["LOB"] == "comauto")]
    names = {"AccidentYear": "accident_year", "DevelopmentYear": "calendar_year"}
    frame = rows.rename(columns={**names, "CumPaidLoss": "paid"}).assign(line_of_business="x")
    paid = reserves.paid_triangle(frame, "x")
    heard = []
    first = reserves.bootstrap(paid, 600, 7, heard.append)
    again = reserves.bootstrap(paid, 600, 7, lambda _done: None)
    assert heard == [250, 500, 600]
    assert np.array_equal(first, again)
    assert first.shape == (600, 10)
    best = reserves.mack(paid)
    assert first.sum(axis=1).mean() == pytest.approx(best["reserve"], rel=0.05)
    assert first.sum(axis=1).std() == pytest.approx(best["error"], rel=0.35)
    summary = reserves.summarise(first, list(range(1988, 1998)), "x")
    assert sum(summary["counts"]) == 600
    assert summary["rows"][-1]["year"] == "Total"
