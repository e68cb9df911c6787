"""Chain ladder and Mack for one tenant's triangle. All amounts are thousands of US dollars."""

from __future__ import annotations

from dataclasses import dataclass

import chainladder as cl
import numpy as np
import pandas as pd

ALL_LINES = "All lines"
BASES = {"paid": "Paid", "incurred": "Incurred"}


@dataclass(frozen=True)
class Development:
    """A triangle and what it develops to.

    years: accident years (n). ages: months (m). cells: cumulative amounts (n, m), NaN below the
    diagonal. ratios: age-to-age factors (n - 1, m - 1). selected: volume-weighted factors (m - 1).
    latest, ultimate, error (n): the latest diagonal, the ultimate, its Mack standard error.
    total_error: of the sum over all years, which is not the sum of the errors.
    """

    years: list[int]
    ages: list[int]
    cells: np.ndarray
    ratios: np.ndarray
    selected: np.ndarray
    latest: np.ndarray
    ultimate: np.ndarray
    error: np.ndarray
    total_error: float

    @property
    def outstanding(self) -> np.ndarray:
        """Ultimate less latest: unpaid on paid triangles, IBNR on incurred ones."""
        return self.ultimate - self.latest

    @property
    def to_ultimate(self) -> np.ndarray:
        """Factor from each year's present age to ultimate, the oldest year first."""
        return np.append(np.cumprod(self.selected[::-1])[::-1], 1.0)[::-1]


def lines_of(frame: pd.DataFrame) -> list[str]:
    """Lines of business of a tenant, with their sum first."""
    return [ALL_LINES, *sorted(frame["line_of_business"].unique())]


def develop(frame: pd.DataFrame, line: str, basis: str) -> Development:
    """frame: the dataset ``triangles``. basis: ``paid`` or ``incurred``."""
    chosen = frame if line == ALL_LINES else frame[frame["line_of_business"] == line]
    cells = chosen.groupby(["accident_year", "calendar_year"], as_index=False)[basis].sum()
    triangle = cl.Triangle(
        cells,
        origin="accident_year",
        development="calendar_year",
        columns=[basis],
        cumulative=True,
    )
    mack = cl.MackChainladder().fit(triangle)
    size = triangle.shape[3]
    return Development(
        years=[int(year) for year in sorted(cells["accident_year"].unique())],
        ages=[int(age) for age in triangle.development],
        cells=_array(triangle),
        ratios=_array(triangle.link_ratio),
        selected=_array(mack.ldf_)[0][: size - 1],
        latest=_array(triangle.latest_diagonal)[:, 0],
        ultimate=_array(mack.ultimate_)[:, 0],
        # The oldest year is fully developed: nothing is estimated, so nothing can err.
        error=np.nan_to_num(mack.summary_.to_frame()["Mack Std Err"].to_numpy(dtype=float)),
        total_error=float(np.asarray(mack.total_mack_std_err_).ravel()[0]),
    )


def _array(triangle: cl.Triangle) -> np.ndarray:
    values = triangle.set_backend("numpy").values[0, 0]
    return np.where(values == 0, np.nan, values).astype(float)


def results(development: Development, basis: str) -> tuple[list[str], list[list[float | str]]]:
    """Head and rows of the table of ultimates, the last row the total."""
    outstanding = "Unpaid" if basis == "paid" else "IBNR"
    head = ["Accident year", f"{BASES[basis]} to date", "Factor to ultimate", "Ultimate"]
    head += [outstanding, "Mack standard error", "Error / " + within(outstanding)]
    columns = zip(
        development.years,
        development.latest,
        development.to_ultimate,
        development.ultimate,
        development.outstanding,
        development.error,
        strict=True,
    )
    rows: list[list[float | str]] = [
        [str(year), latest, factor, ultimate, unpaid, error, _share(error, unpaid)]
        for year, latest, factor, ultimate, unpaid, error in columns
    ]
    latest, ultimate = development.latest.sum(), development.ultimate.sum()
    unpaid, error = ultimate - latest, development.total_error
    total = ["Total", latest, ultimate / latest, ultimate, unpaid, error, _share(error, unpaid)]
    return head, [*rows, total]


def within(name: str) -> str:
    """A name inside of a sentence; an abbreviation stays as it is."""
    return name if name.isupper() else name.lower()


def _share(error: float, of: float) -> float:
    return error / of if of > 0 else float("nan")
