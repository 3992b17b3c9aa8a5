"""What intervals hold: of simulated series whose future is known, and of benchmark sets.

    python -m tests.benchmarks.coverage [DATA [NAME …]] [-- OPTION …]

Without DATA 1,000 series are simulated: an autoregression around a week whose noise is larger
on some days and in some series, and counts of a negative binomial distribution with a week.
With DATA it takes sets of `tests.benchmarks.scoreboard`. Each is trained on by the real
command, with its default settings but for the quantiles, and the intervals of forecast.csv are
held against the rows after the last one that it was given.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks import parsed
from tests.benchmarks.scoreboard import official
from tests.benchmarks.scoreboard.arithmetic import INTERVALS

SETS = ("m4_weekly", "nn5_daily", "hospital", "m5_store_dept", "tourism_quarterly")
LEVELS = "0.05,0.1,0.5,0.9,0.95"
SERIES, LENGTH, HORIZON = 1000, 210, 14


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("names", nargs="*", default=[])
    arguments, options = parsed(parser)
    print(f"{'set':22}{'seconds':>9}{'80% held':>10}{'90% held':>10}{'MASE':>8}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.data
        names = arguments.names or SETS
        if root is None:
            root, names = Path(folder) / "made", ("noise", "counts")
            registry = {name: make(name, root / name) for name in names}
        else:
            registry = json.loads((root / "registry.json").read_text())
        for name in names:
            measure(name, root / name, registry[name], options)


def measure(name: str, source: Path, facts: dict, options: list[str]) -> None:
    """Train on a set and print what its intervals held."""
    command = [sys.executable, "-m", "forecast_rnn", "train"]
    chosen = ["--quantiles", LEVELS, *options]
    cost, scores = official.measure(command, official.split(source, facts), chosen)
    figures = "".join(f"{100 * (scores[one] or 0):>9.1f}%" for one in INTERVALS)
    print(f"{name:22}{cost.wall:9.1f}{figures}{scores['mase']:8.3f}", flush=True)


def make(name: str, folder: Path) -> dict:
    """Simulate series, and write what is given and what comes after."""
    generator = np.random.default_rng(2024)
    total = LENGTH + HORIZON
    day = np.arange(total)
    week = generator.normal(0, 1, (SERIES, 7))[:, day % 7]
    level = np.exp(generator.normal(3, 1, (SERIES, 1)))
    if name == "counts":
        mean = np.minimum(level, 40) * np.exp(0.4 * week)
        values = generator.poisson(mean * generator.gamma(5, 1 / 5, mean.shape)).astype(float)
    else:
        wide = np.exp(generator.normal(0, 0.4, (SERIES, 7)))[:, day % 7]
        shocks = wide * generator.normal(0, 1, (SERIES, total))
        noise = np.zeros((SERIES, total))
        for t in range(1, total):
            noise[:, t] = 0.6 * noise[:, t - 1] + shocks[:, t]
        values = level * (10 + 2 * week + noise)
    frame = pl.DataFrame(
        {
            "unique_id": np.repeat([f"s{number:04}" for number in range(SERIES)], total),
            "ds": np.tile(np.datetime64("2024-01-01") + day, SERIES),
            "y": values.ravel(),
        }
    ).with_columns(pl.col("ds").cast(pl.Date))
    place = pl.int_range(pl.len()).over("unique_id")
    folder.mkdir(parents=True)
    frame.filter(place < LENGTH).write_parquet(folder / "train.parquet")
    frame.filter(place >= LENGTH).write_parquet(folder / "test.parquet")
    return {"h": HORIZON, "m": 7, "freq": "D"}


if __name__ == "__main__":
    main()
