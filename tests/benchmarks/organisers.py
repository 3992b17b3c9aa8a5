"""Scores of the simple baselines beside those that the organisers of M4 published.

    python -m tests.benchmarks.organisers DATA [NAME …]

DATA is as for `tests.benchmarks.scoreboard`; its registry holds figures of Naive, sNaive and
Naive2 as `bench`, for M4 the published ones. Exits 1 if one differs in its last digit.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

import polars as pl

from forecast_rnn.api.inputs import panel_of
from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels import origins
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.evaluation.metrics import scores

SETS = ("m4_hourly", "m4_weekly", "m4_yearly")
NAMES = {"naive": "naive", "snaive": "seasonal_naive", "naive2": "naive2"}
PUBLISHED = ("smape", "mase", "mape")
DIGIT = 0.0005 + 1e-9


def main() -> int:
    """Print a line for each set, baseline and metric; return how many sets differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", default=[])
    arguments = parser.parse_args()
    registry = json.loads((arguments.data / "registry.json").read_text())
    print(f"{'set':20}{'baseline':16}{'metric':8}{'ours':>10}{'published':>11}")
    differ = 0
    for name in arguments.names or SETS:
        found = judge(arguments.data / name, registry[name])
        for theirs, ours in NAMES.items():
            for metric in PUBLISHED:
                value, published = found[ours, metric], registry[name]["bench"][theirs][metric]
                same = abs(value - published) <= DIGIT
                differ += not same
                mark = "" if same else "  differs"
                print(f"{name:20}{ours:16}{metric:8}{value:10.3f}{published:11.3f}{mark}")
    return min(differ, 1)


def judge(source: Path, facts: dict) -> dict[tuple[str, str], float]:
    """Score the baselines on the official split, by name and metric."""
    parts = [pl.read_parquet(source / f"{part}.parquet") for part in ("train", "test")]
    table = pl.concat(part.select("unique_id", "ds", "y") for part in parts)
    frequency = facts["freq"].lower() if table["ds"].dtype.is_integer() else None
    hints = Hints(time="ds", target=("y",), item_id=("unique_id",), frequency=frequency)
    panel, _ = panel_of(table, hints)
    task = Task(horizon=facts["h"], season_length=facts["m"])
    rows = origins.rolling(panel, horizon=task.horizon, windows=1, step=task.horizon)
    forecasters = {name: partial(baseline_table, name, task=task) for name in NAMES.values()}
    table = scores(backtest(panel, rows, forecasters, task), task)
    return {(model, metric): value for model, metric, value in table.iter_rows()}


if __name__ == "__main__":
    sys.exit(main())
