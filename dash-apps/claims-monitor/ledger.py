"""A tenant's payments in the order in which they were made. Amounts are thousands of US dollars."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Posting:
    """All payments of one calendar year for one accident year."""

    calendar_year: int
    accident_year: int
    paid: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.paid.values())


def postings_of(frame: pd.DataFrame) -> list[Posting]:
    """frame: the dataset ``payments``."""
    years = frame.groupby(["calendar_year", "accident_year"], sort=True)
    return [
        Posting(
            int(calendar),
            int(accident),
            dict(zip(rows.line_of_business, rows.paid.tolist(), strict=True)),
        )
        for (calendar, accident), rows in years
    ]


@dataclass
class Ledger:
    """Payments by line of business and calendar year, growing posting by posting."""

    lines: list[str]
    years: list[int]
    paid: dict[str, list[int]] = field(init=False)
    total: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        self.paid = {line: [0] * len(self.years) for line in self.lines}

    def post(self, posting: Posting) -> None:
        at = self.years.index(posting.calendar_year)
        for line, amount in posting.paid.items():
            self.paid[line][at] += amount
        self.total += posting.total
        self.count += 1


def ledger_of(frame: pd.DataFrame) -> Ledger:
    """An empty ledger for the lines and years of a tenant."""
    lines = sorted(frame["line_of_business"].unique())
    return Ledger(lines, [int(year) for year in sorted(frame["calendar_year"].unique())])
