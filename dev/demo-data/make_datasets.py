"""Makes the demo tenants' datasets from real loss triangles.

    python make_datasets.py OUT      writes OUT/<tenant>/triangles.parquet and payments.parquet
    python make_datasets.py OUT --insurer hooli=353
                                     the same for a tenant of yours, out of another insurer

Source: the CAS Loss Reserving Database (Meyers and Shi), which the Casualty Actuarial Society
published for research. It holds loss triangles of US insurers out of NAIC Schedule P, accident
years 1988 to 1997, ten development years. The package ``chainladder`` ships it as ``clrd.csv``.
Amounts are thousands of US dollars. The tenants are fictional; each stands for one insurer.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

# Group codes of the National Association of Insurance Commissioners. Chosen because they write
# four or five lines of business with all 55 cells of each triangle filled and positive.
INSURERS = {"acme-corp": 715, "globex": 5185, "initech": 14176}

LINES = {
    "comauto": "Commercial auto",
    "medmal": "Medical malpractice",
    "othliab": "Other liability",
    "ppauto": "Private passenger auto",
    "prodliab": "Product liability",
    "wkcomp": "Workers' compensation",
}

CELLS = 55


def source_file() -> Path:
    """The sample inside the package, found without the seconds that importing it takes."""
    spec = find_spec("chainladder")
    if spec is None or spec.origin is None:
        sys.exit("The package chainladder is missing; dash-apps/INSTALL.txt says how to install.")
    return Path(spec.origin).parent / "utils" / "data" / "clrd.csv"


def triangles_of(clrd: pd.DataFrame, group_code: int) -> pd.DataFrame:
    """Cumulative triangles, one row a cell.

    Columns: line_of_business; accident_year, calendar_year; age (years of development, 1 to 10);
    paid, incurred (paid plus case reserves, without IBNR), earned_premium.
    """
    rows = clrd[clrd["GRCODE"] == group_code]
    rows = rows[rows.groupby("LOB")["LOB"].transform("size") == CELLS]
    frame = pd.DataFrame(
        {
            "line_of_business": rows["LOB"].map(LINES),
            "accident_year": rows["AccidentYear"],
            "calendar_year": rows["DevelopmentYear"],
            "age": rows["DevelopmentLag"],
            "paid": rows["CumPaidLoss"],
            "incurred": rows["IncurLoss"] - rows["BulkLoss"],
            "earned_premium": rows["EarnedPremNet"],
        }
    )
    keys = ["line_of_business", "accident_year", "age"]
    return frame.sort_values(keys).reset_index(drop=True)


def payments_of(triangles: pd.DataFrame) -> pd.DataFrame:
    """What was paid in each calendar year for each accident year, in the order of payment.

    Columns: calendar_year, accident_year, line_of_business, paid (in that year alone; recoveries
    make it negative).
    """
    by_origin = triangles.groupby(["line_of_business", "accident_year"])["paid"]
    paid = by_origin.diff().fillna(triangles["paid"]).astype("int64")
    columns = ["calendar_year", "accident_year", "line_of_business"]
    return triangles[columns].assign(paid=paid).sort_values(columns).reset_index(drop=True)


def fingerprint(source: Path) -> str:
    """Changes with the sample and with this file."""
    digest = hashlib.sha256(source.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def write(clrd: pd.DataFrame, tenant: str, group_code: int, out: Path) -> None:
    folder = out / tenant
    folder.mkdir(parents=True, exist_ok=True)
    triangles = triangles_of(clrd, group_code)
    if triangles.empty:
        sys.exit(f"The sample has no whole triangles of an insurer {group_code}.")
    triangles.to_parquet(folder / "triangles.parquet", index=False)
    payments_of(triangles).to_parquet(folder / "payments.parquet", index=False)


def make(out: Path) -> bool:
    """Write the files; False if they are already what they should be."""
    source = source_file()
    mark, made_from = out / ".made-from", fingerprint(source)
    wanted = [out / t / f"{n}.parquet" for t in INSURERS for n in ("triangles", "payments")]
    if mark.exists() and mark.read_text() == made_from and all(f.exists() for f in wanted):
        return False
    clrd = pd.read_csv(source)
    for tenant, group_code in INSURERS.items():
        write(clrd, tenant, group_code, out)
    mark.write_text(made_from)
    return True


def insurer(text: str) -> tuple[str, int]:
    tenant, code = text.split("=")
    return tenant, int(code)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the demo tenants' datasets.")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--insurer", type=insurer, metavar="TENANT=CODE", help="this one alone")
    args = parser.parse_args()
    if args.insurer:
        write(pd.read_csv(source_file()), *args.insurer, args.out)
    print("made" if args.insurer or make(args.out) else "up to date")
