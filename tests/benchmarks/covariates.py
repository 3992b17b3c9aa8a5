"""What known columns and the calendar bring: backtest scores with and without them.

    python -m tests.benchmarks.covariates DATA [NAME …] [-- OPTION …]

DATA holds a folder a set, as for the scoreboard. Each set is trained on by
`forecast-rnn train` four times: with nothing beside the target, with the calendar, with the
known and static columns, and with both as by default; the scores are those of the held-back
windows, which choose nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from tests.benchmarks import parsed


def main() -> None:
    """Print a line for each set and each way to read it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", default=[])
    arguments, options = parsed(parser)
    registry = json.loads((arguments.data / "registry.json").read_text())
    print(f"{'set':20}{'beside the target':26}{'MASE':>8}{'wQL':>8}{'s':>7}  chosen", flush=True)
    for name in arguments.names or SETS:
        rows, columns = SETS[name](arguments.data / name)
        with tempfile.TemporaryDirectory() as folder:
            rows.write_csv(Path(folder) / "data.csv")
            for words, more in ways(columns).items():
                horizon = ["--horizon", str(registry[name]["h"])]
                show(name, words, Path(folder), [*horizon, *more, *options])


def ways(columns: list[str]) -> dict[str, list[str]]:
    """Return the options of each way to read a set."""
    return {
        "nothing": ["--no-calendar"],
        "calendar": ["--calendar"],
        "known columns": [*columns, "--no-calendar"],
        "known columns, calendar": [*columns, "--calendar"],
        "default, known columns": columns,
    }


def show(name: str, words: str, folder: Path, options: list[str]) -> None:
    """Train once and print the scores of the network in its backtest."""
    command = [sys.executable, "-m", "forecast_rnn", "train", str(folder / "data.csv")]
    command += ["--out", str(folder / "out"), "--json", "--quiet", *options]
    began = time.monotonic()
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    seconds = time.monotonic() - began
    outcome = json.loads(run.stdout)
    score, settings = outcome["scores"]["network"], outcome["settings"]
    print(
        f"{name:20}{words:26}{score['mase']:8.4f}{score['weighted_quantile_loss']:8.4f}"
        f"{seconds:7.0f}  {settings['hidden_size']}x{settings['layers']}, "
        f"{settings['steps']} steps{', calendar' if settings['calendar'] else ''}",
        flush=True,
    )


def walmart(folder: Path) -> tuple[pl.DataFrame, list[str]]:
    """Weekly sales of 45 shops, with holidays, weather and the economy."""
    rows = pl.read_parquet(folder / "train.parquet")
    names = [name for name in rows.columns if name not in ("unique_id", "ds", "y")]
    return rows, ["--id", "unique_id", "--known", ",".join(names)]


def m5(folder: Path) -> tuple[pl.DataFrame, list[str]]:
    """Daily sales of departments in shops, with events and days of food stamps."""
    calendar = pl.read_parquet(folder / "calendar.parquet")
    rows = pl.read_parquet(folder / "train.parquet").with_columns(
        state=pl.col("unique_id").str.slice(0, 2), department=pl.col("unique_id").str.slice(5)
    )
    days = rows.join(calendar, on=pl.col("ds").cast(calendar["ds"].dtype), how="left")
    snap = pl.coalesce(
        pl.when(pl.col("state") == state).then(pl.col(f"snap_{state}"))
        for state in ("CA", "TX", "WI")
    )
    event = pl.col("event_name_1").cast(pl.String).replace("0", "none").fill_null("none")
    kept = ["unique_id", "ds", "y", "state", "department"]
    days = days.select(*kept, snap.cast(pl.Int8).alias("snap"), event.alias("event"))
    options = ["--id", "unique_id", "--known", "snap,event", "--static", "state,department"]
    return days.sort("unique_id", "ds"), options


def bikes(folder: Path) -> tuple[pl.DataFrame, list[str]]:
    """Hourly rentals in one city, with holidays and the weather."""
    rows = pl.read_parquet(folder / "train.parquet").drop("month", "hour", "weekday", "atemp")
    names = [name for name in rows.columns if name not in ("unique_id", "ds", "y")]
    return rows, ["--known", ",".join(names)]


SETS: dict[str, Callable[[Path], tuple[pl.DataFrame, list[str]]]] = {
    "walmart45": walmart,
    "m5_store_dept": m5,
    "bike_sharing_hourly": bikes,
}


if __name__ == "__main__":
    main()
