"""What intervals hold: of simulated series whose future is known, and of benchmark sets.

    python -m tests.benchmarks.coverage [DATA [NAME …]] [-- OPTION …]

Without DATA 1,000 series are simulated: an autoregression around a week whose noise is larger
on some days and in some series, and counts of a negative binomial distribution with a week.
With DATA it takes the sets of `tests.benchmarks.accuracy`. Each is trained on by the real
command, with its default settings but for the quantiles, and the intervals of forecast.csv are
held against the rows after the last one that it was given.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks import parsed
from tests.benchmarks.accuracy import train

SETS = ("m4_weekly", "nn5_daily", "hospital", "m5_store_dept", "tourism_quarterly")
LEVELS = ("0.05", "0.1", "0.5", "0.9", "0.95")
INTERVALS = {80: ("q0.1", "q0.9"), 90: ("q0.05", "q0.95")}
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
    with tempfile.TemporaryDirectory() as folder:
        chosen = ["--quantiles", ",".join(LEVELS), *options]
        _, seconds = train(source, facts, Path(folder), chosen)
        path = Path(folder) / "out" / "forecast.csv"
        forecast = pl.read_csv(path, schema_overrides={"unique_id": pl.String})
    ranked = pl.col("ds").rank("ordinal").over("unique_id").alias("step")
    test = pl.read_parquet(source / "test.parquet")
    test = test.select(pl.col("unique_id").cast(pl.String), ranked, "y")
    rows = test.join(forecast.with_columns(ranked), on=["unique_id", "step"], how="left")
    assert rows["forecast"].null_count() == 0, "a series has no forecast"
    rows = rows.drop_nulls("y")
    held = [rows.select(pl.col("y").is_between(*ends).mean()).item() for ends in INTERVALS.values()]
    scale = pl.read_parquet(source / "train.parquet").select(
        (pl.col("y") - pl.col("y").shift(facts["m"]).over("unique_id")).abs().mean()
    )
    error = rows.select((pl.col("y") - pl.col("forecast")).abs().mean()).item() / scale.item()
    figures = "".join(f"{100 * share:>9.1f}%" for share in held)
    print(f"{name:22}{seconds:9.1f}{figures}{error:8.3f}", flush=True)


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
    return {"h": HORIZON, "m": 7}


if __name__ == "__main__":
    main()
