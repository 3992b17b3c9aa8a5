"""Small sets, a program that stands in for the command, and records: for the tests of the board."""

import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tests.benchmarks.scoreboard.cost import Cost
from tests.benchmarks.scoreboard.records import Key, Made, Record

MADE = Made(version="1.2.3", commit="abc1234", date="2026-12-01", cores=2)
COST = Cost(wall=20.0, cpu=10.0, peak=300.0)

PROGRAM = """
import csv, pathlib, sys
if "--version" in sys.argv:
    sys.exit(print("stand-in 1.2.3"))
given = sys.argv[2:]
data, out = pathlib.Path(given[0]), pathlib.Path(given[given.index("--out") + 1])
with pathlib.Path(__file__).with_suffix(".runs").open("a") as runs:
    runs.write(" ".join(given[1:]) + chr(10))
rows = list(csv.DictReader(data.open()))
if any(row["unique_id"] == "broken" for row in rows):
    sys.exit("no: cannot read it")
last = {row["unique_id"]: float(row["y"]) for row in rows}
out.mkdir()
with (out / "forecast.csv").open("w") as stream:
    print("unique_id,ds,forecast,q0.1,q0.5,q0.9", file=stream)
    for name, y in reversed(last.items()):
        for step in range(int(given[given.index("--horizon") + 1])):
            print(name, step, y, y - 1, y, y + 1, sep=",", file=stream)
"""


def program(folder: Path) -> Path:
    """Write a program that repeats the last value, plus and minus 1, and counts its runs."""
    path = folder / "program.py"
    path.write_text(PROGRAM)
    return path


def dated(values: dict[str, list[float | None]], *, begin: int = 0) -> pl.DataFrame:
    """Make rows of days: unique_id, ds, y."""
    day = date(2024, 1, 1)
    rows = [
        (name, day + timedelta(days=begin + number), value)
        for name, series in values.items()
        for number, value in enumerate(series)
    ]
    schema = {"unique_id": pl.String, "ds": pl.Date, "y": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def board(
    folder: Path, sets: dict[str, tuple[dict[str, list[float | None]], int]], horizon: int = 2
) -> Path:
    """Write sets into a folder: of each the values, and how many training rows they begin with."""
    facts = {"h": horizon, "m": 1, "freq": "D"}
    for name, (values, split) in sets.items():
        (folder / name).mkdir()
        train = {one: series[:split] for one, series in values.items()}
        test = {one: series[split:] for one, series in values.items()}
        dated(train).write_parquet(folder / name / "train.parquet")
        dated(test, begin=split).write_parquet(folder / name / "test.parquet")
    (folder / "registry.json").write_text(json.dumps(dict.fromkeys(sets, facts)))
    return folder


def record(
    part: str, command: str, name: str, *, variant: str = "", cost: Cost = COST, **scores: float
) -> Record:
    """Make a record; scores that are not given are unknown."""
    names = ("mase", "smape", "wql", "owa", "coverage_80", "coverage_90", "seasonal_naive")
    return Record(Key(part, command, variant, name), MADE, cost, dict.fromkeys(names) | scores)
