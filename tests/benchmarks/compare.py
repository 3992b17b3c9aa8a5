"""All cells on a public benchmark set, scored on its official test rows.

    python -m tests.benchmarks.compare DATA [NAME] [-- OPTION …]

DATA is as for `tests.benchmarks.scoreboard`. Training and test rows are joined into one file, of
which `forecast-rnn compare --cells all --seeds 3` holds back the last horizon of each series
(`--windows 1`), which is the official test: networks are trained on the official training rows
alone. OWA is by the Naive2 of the M4 organisers. Exits 1 if it is above 0.44 for a gated cell
on M4 hourly.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from forecast_rnn.neural.cells import CELL_NOTES
from tests.benchmarks import parsed

MOST = {"m4_hourly": 0.44}
HEADER = ("width", "steps", "parameters", "train s", "forecast s", "all s")


def main() -> int:
    """Compare all cells and print a line each; return how many gated ones are above the bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("name", nargs="?", default="m4_hourly")
    arguments, options = parsed(parser)
    facts = json.loads((arguments.data / "registry.json").read_text())[arguments.name]
    document = compared(arguments.data / arguments.name, facts, options)
    assert document["season"] == facts["m"], "the season is the official one"
    naive2 = facts.get("bench", {}).get("naive2") if arguments.name.startswith("m4") else None
    print(f"{'model':16}{'standing':14}{'OWA':>8}{'MASE':>9}{'±':>8}{'sMAPE':>9}{'WQL':>9}", end="")
    print(f"{'cover 80':>10}", *(f"{name:>12}" for name in HEADER), sep="")
    missed = 0
    for row in document["models"]:
        owa = owa_of(row, naive2)
        print(line(row, owa))
        gated = row["model"] in CELL_NOTES and bool(CELL_NOTES[row["model"]].gates)
        missed += gated and owa is not None and owa > MOST.get(arguments.name, float("inf"))
    print("\n" + " ".join(document["sentences"]))
    return missed


def compared(source: Path, facts: dict, options: list[str]) -> dict:
    """Run the command on training and test rows in one file, and return its JSON."""
    parts = [pl.read_parquet(source / f"{part}.parquet") for part in ("train", "test")]
    rows = pl.concat([part.select("unique_id", "ds", "y") for part in parts])
    # Test rows of some sets count from 1 again; and as the official test of each series is its
    # own end, all have to end at one time, where the command cuts them.
    place = pl.int_range(pl.len(), 0, -1).over("unique_id")
    rows = rows.with_columns(ds=place.max() - place)
    with tempfile.TemporaryDirectory() as folder:
        rows.write_csv(Path(folder) / "data.csv")
        command = [sys.executable, "-m", "forecast_rnn", "compare", f"{folder}/data.csv"]
        command += ["--cells", "all", "--seeds", "3", "--windows", "1", "--json"]
        command += ["--horizon", str(facts["h"]), "--freq", facts["freq"].lower()]
        run = subprocess.run([*command, *options], check=True, stdout=subprocess.PIPE, text=True)
    document: dict = json.loads(run.stdout)
    return document


def owa_of(row: dict, naive2: dict | None) -> float | None:
    """Average MASE and sMAPE, each over that of Naive2."""
    if naive2 is None:
        return None
    return (row["mase"] / naive2["mase"] + row["smape"] / naive2["smape"]) / 2


def line(row: dict, owa: float | None) -> str:
    """Write a row of the table."""
    metrics = [
        (owa, 8),
        (row["mase"], 9),
        (row["spread"], 8),
        (row["smape"], 9),
        (row["weighted_quantile_loss"], 9),
        (row["coverage_80"], 10),
    ]
    text = f"{row['model']:16}{row['standing']:14}"
    text += "".join(f"{'-' if v is None else format(v, '.4f'):>{width}}" for v, width in metrics)
    costs = [row["hidden_size"], row["steps"], row["parameters"]]
    text += "".join(f"{'-' if v is None else format(v, ',')!s:>12}" for v in costs)
    seconds = [row["training_seconds"], row["forecast_seconds"], row["total_seconds"]]
    return text + "".join(f"{'-' if v is None else format(v, '.2f'):>12}" for v in seconds)


if __name__ == "__main__":
    sys.exit(main())
