"""Bootstrap of chain-ladder reserves. All amounts are thousands of US dollars."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import chainladder as cl
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from dashgate import Tenant

BATCH = 250
PERCENTILES = [50, 75, 90, 95, 99, 99.5]


def triangles_of(tenant: Tenant) -> pd.DataFrame:
    """The triangles of the lines of business that the tenant may choose."""
    return tenant.restrict(tenant.dataset("triangles"), "line_of_business", "line-of-business")


def lines_of(frame: pd.DataFrame) -> list[str]:
    """Lines of business of a tenant."""
    return sorted(frame["line_of_business"].unique())


def paid_triangle(frame: pd.DataFrame, line: str) -> cl.Triangle:
    """Cumulative paid triangle of one line out of the dataset ``triangles``."""
    return cl.Triangle(
        frame[frame["line_of_business"] == line],
        origin="accident_year",
        development="calendar_year",
        columns=["paid"],
        cumulative=True,
    )


def mack(triangle: cl.Triangle) -> dict[str, float]:
    """Best estimate of the reserve and Mack's standard error of it."""
    model = cl.MackChainladder().fit(triangle)
    error = float(np.asarray(model.total_mack_std_err_).ravel()[0])
    return {"reserve": float(model.ibnr_.sum()), "error": error}


def bootstrap(
    triangle: cl.Triangle, simulations: int, seed: int, report: Callable[[int], None]
) -> np.ndarray:
    """Simulated reserves by accident year: (simulations, years).

    Over-dispersed Poisson bootstrap of England and Verrall with process error. It runs in
    batches, and ``report`` hears after each how many simulations are done. Equal seeds give
    equal results.
    """
    batches: list[np.ndarray] = []
    for start in range(0, simulations, BATCH):
        size = min(BATCH, simulations - start)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sampler = cl.BootstrapODPSample(n_sims=size, random_state=seed + start)
            resampled = sampler.fit_transform(triangle)
            reserves = cl.Chainladder().fit(resampled).ibnr_.set_backend("numpy").values
        batches.append(np.nan_to_num(reserves[:, 0, :, 0]))
        report(start + size)
    return np.concatenate(batches)


def summarise(simulated: np.ndarray, years: list[int], line: str) -> dict[str, Any]:
    """What the page keeps of a run, as plain JSON: totals binned, and one row for each year."""
    total = simulated.sum(axis=1)
    counts, edges = np.histogram(total, bins=60)
    return {
        "line": line,
        "simulations": len(total),
        "counts": counts.tolist(),
        "edges": edges.tolist(),
        "mean": float(total.mean()),
        "deviation": float(total.std(ddof=1)),
        "percentiles": dict(
            zip(map(str, PERCENTILES), np.percentile(total, PERCENTILES).tolist(), strict=True)
        ),
        "rows": [
            *(_row(str(year), simulated[:, at]) for at, year in enumerate(years)),
            _row("Total", total),
        ],
    }


def _row(name: str, values: np.ndarray) -> dict[str, Any]:
    deviation = float(values.std(ddof=1))
    mean = float(values.mean())
    row: dict[str, Any] = {"year": name, "mean": round(mean), "deviation": round(deviation)}
    row["cv"] = round(deviation / mean, 3) if mean > 0 and deviation > 0 else None
    for percentile in (75, 95, 99.5):
        row[f"p{percentile:g}".replace(".", "_")] = round(float(np.percentile(values, percentile)))
    return row
