"""Makes datasets that hold a mark, for the isolation canary's tenants.

    python mark_datasets.py FROM OUT TENANT=MARK...

Each tenant gets the tables of the folder FROM with one line of business called by its mark, so that
whatever a dashboard shows of them shows the mark, and a table ``isolation-canary`` beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

RENAMED = "Private passenger auto"


def write(source: Path, folder: Path, mark: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.parquet"):
        frame = pd.read_parquet(file)
        frame["line_of_business"] = frame["line_of_business"].replace(RENAMED, mark)
        frame.to_parquet(folder / file.name, index=False)
    pd.DataFrame({"mark": [mark]}).to_parquet(folder / "isolation-canary.parquet", index=False)


if __name__ == "__main__":
    source, out, *marks = sys.argv[1:]
    for tenant, mark in (one.split("=") for one in marks):
        write(Path(source), Path(out) / tenant, mark)
