"""What is known beforehand: the best published values, and what the release before scored."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Known:
    """A published MASE on the official test rows of a set, whose it is, and where it stands."""

    mase: float
    method: str
    source: str


def best_known(path: Path = HERE / "best.csv") -> dict[str, Known]:
    """Return the lowest published value of each set.

    Values of Monash tables whose data are not those here are not in the file: of car parts,
    where missing values were filled by 0.
    """
    best: dict[str, Known] = {}
    for name, *rest in pl.read_csv(path).sort("mase").iter_rows():
        best.setdefault(name, Known(*rest))
    return best


def before(path: Path = HERE / "before.csv") -> dict[tuple[str, str], tuple[str, float]]:
    """Return what `train` of the release before scored: metric and value by part and set."""
    rows = pl.read_csv(path).select("part", "set", "metric", "value")
    return {(part, name): (metric, value) for part, name, metric, value in rows.iter_rows()}
