"""Accuracy of the default command on public benchmark sets with an official split.

    python -m tests.benchmarks.accuracy DATA [NAME …] [-- OPTION …]

DATA holds `registry.json` and, a folder a set, `train.parquet` and `test.parquet` with
columns unique_id, ds, y. Each set is made into a CSV, trained on by `forecast-rnn train`
with `--horizon` (and `--freq` where times are integers) and nothing but the options after
`--`, and its forecast.csv is scored against the test rows.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks import parsed

SETS = ("m4_hourly", "m4_weekly", "nn5_daily", "m3_yearly", "hospital")
SCALED_BY = {"electricity_weekly": 52}  # where published tables scale by another season


@dataclass(frozen=True)
class Score:
    """What a forecast is worth: MASE, sMAPE in percent, OWA where organisers have Naive2."""

    mase: float
    smape: float
    owa: float | None
    coverage: float


def main() -> None:
    """Run the sets that were asked for and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", default=[])
    arguments, options = parsed(parser)
    registry = json.loads((arguments.data / "registry.json").read_text())
    header = f"{'set':20}{'seconds':>9}{'MASE':>9}{'sMAPE':>9}{'OWA':>9}{'cover 80':>10}  chosen"
    print(header, flush=True)
    for name in arguments.names or SETS:
        with tempfile.TemporaryDirectory() as folder:
            out, seconds = train(arguments.data / name, registry[name], Path(folder), options)
            settings = json.loads(out)["settings"]
            score = judge(arguments.data / name, Path(folder) / "out", registry[name])
        owa = "" if score.owa is None else f"{score.owa:.4f}"
        print(
            f"{name:20}{seconds:9.1f}{score.mase:9.4f}{score.smape:9.3f}{owa:>9}"
            f"{score.coverage:10.3f}  {settings['cell']} {settings['hidden_size']}"
            f"x{settings['layers']}, {settings['steps']} steps, {settings['members']} members",
            flush=True,
        )


def train(source: Path, facts: dict, folder: Path, options: list[str]) -> tuple[str, float]:
    """Make the CSV and run the command on it; return its JSON and the seconds it took."""
    rows = pl.read_parquet(source / "train.parquet").select("unique_id", "ds", "y")
    rows.write_csv(folder / "data.csv")
    command = [sys.executable, "-m", "forecast_rnn", "train", str(folder / "data.csv")]
    command += ["--horizon", str(facts["h"]), "--out", str(folder / "out"), "--json", "--quiet"]
    if rows["ds"].dtype.is_integer():
        command += ["--freq", facts["freq"].lower()]
    began = time.monotonic()
    run = subprocess.run(
        [*command, *options], check=True, stdout=subprocess.PIPE, text=True, cwd=folder
    )
    return run.stdout, time.monotonic() - began


def judge(source: Path, out: Path, facts: dict) -> Score:
    """Score forecast.csv, as the M4 organisers and the Monash archive do.

    Series by series, then the mean: missing test values left out, and so are series whose
    seasonal naive is never wrong.
    """
    history = pl.read_parquet(source / "train.parquet").sort("unique_id", "ds")
    season = SCALED_BY.get(source.name, facts["m"])
    scale = history.group_by("unique_id").agg(
        scale=(pl.col("y") - pl.col("y").shift(season)).abs().mean()
    )
    forecast = pl.read_csv(out / "forecast.csv", schema_overrides={"unique_id": pl.String})
    ranked = pl.col("ds").rank("ordinal").over("unique_id").alias("step")
    test = pl.read_parquet(source / "test.parquet").select("unique_id", ranked, "y")
    rows = test.join(forecast.with_columns(ranked), on=["unique_id", "step"], how="left")
    assert rows["forecast"].null_count() == 0, "a series has no forecast"
    rows = rows.drop_nulls("y")
    error = (pl.col("y") - pl.col("forecast")).abs()
    inside = pl.col("y").is_between("q0.1", "q0.9")
    series = rows.group_by("unique_id").agg(
        mae=error.mean(),
        smape=(200 * error / (pl.col("y").abs() + pl.col("forecast").abs())).fill_nan(0).mean(),
        coverage=inside.mean(),
    )
    series = series.join(scale, on="unique_id")
    moving = series.filter(pl.col("scale") > 0)
    mase = float((moving["mae"] / moving["scale"]).to_numpy().mean())
    smape = float(series["smape"].to_numpy().mean())
    naive2 = facts.get("bench", {}).get("naive2") if source.name.startswith("m4") else None
    owa = None if naive2 is None else (mase / naive2["mase"] + smape / naive2["smape"]) / 2
    return Score(mase, smape, owa, float(np.mean(series["coverage"].to_numpy())))


if __name__ == "__main__":
    main()
