"""Rolling evaluation of 1,000 series beside `cross_validation` of NeuralForecast, on two cores.

    python -m tests.benchmarks.rolling [--folder FOLDER] [--rounds 3] [--only NAME …]

Needs Linux and pip, which puts NeuralForecast into FOLDER as `tests.benchmarks.peers` does. The
series are made: 400 days with a week, a year, a level that wanders, and noise, by multiplication.
Both sides train an LSTM of 64×2 once on the rows before the first of 5 cutoffs, 14 days apart,
and forecast 14 days from each of them, 9 quantiles; each in a process of its own, in turns.

- neuralforecast: `read_csv` and `cross_validation(n_windows=5, step_size=14, refit=False)` of
  its LSTM with the pinball loss and its defaults otherwise: 1,000 steps of 128 windows of 42
  days. It comes to a table of forecasts.
- forecast-rnn: `backtest(FILE, horizon=14, windows=5, out=FOLDER)`, all that the command does:
  it reads and checks the file, trains, forecasts, scores overall, by step and by series, says
  what the network is worth, and writes. It trains twice, as intervals are calibrated on rows
  before those of the backtest. Where the steps are given there is one network, which reads no
  calendar, and only the seasonal naive beside it; `baselines` adds the usual ones. Then there is
  nothing to choose, and the two trainings run side by side.

What is compared:

- as accurate: as few steps as give the MASE of the other at least.
- as many windows: 100 steps of 32 crops of 40 windows, 128,000 as on the other side. 37 of a
  crop are whole; on both sides some reach beyond the ends of what there is.
- as many steps: 1,000 optimiser steps in each training.
- by default: width and layers are given, and the rest is chosen: steps up to 1,600, whether
  the calendar is of use; two networks, the usual baselines.
- forecasts alone: of a trained network, from a table in memory to a table with outcomes, nothing
  else: `cross_validation(…, use_fitted=True)`, and `evaluate` without baselines. The first of
  several calls does not count.

Seconds are those of the call by the clock and by the processor, and by the clock those of the
whole process with its imports. MASE and the weighted quantile loss are computed here, of both in
the same way. Threads that wait are made to sleep (OMP_WAIT_POLICY), on both sides: on a machine
that does other work, too, they would count many times. Then the clock says little still, so the
share of the cores that others took stands beside it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks.peers.environments import python_of

ROOT = Path(__file__).parents[3]
SERIES, ROWS, SEASON, CORES = 1000, 400, 7, 2
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
THEIRS = "neuralforecast"
OURS = "ours"
BESIDE = {"OMP_NUM_THREADS": str(CORES), "OMP_WAIT_POLICY": "PASSIVE"}


@dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        words: What it is compared by.
        side: Whose it is.
        options: Of that side's module.
        against: The case of the other side that takes the same job.
    """

    words: str
    side: str
    options: tuple[str, ...]
    against: str = "neuralforecast"


CASES = {
    "neuralforecast": Case("1,000 steps, its default", THEIRS, ("--steps", "1000")),
    "accurate": Case("as accurate: 40 steps", OURS, ("--steps", "40")),
    "baselines": Case("  and baselines", OURS, ("--steps", "40", "--baselines")),
    "windows": Case("as many windows: 100 steps", OURS, ("--steps", "100")),
    "steps": Case("as many steps: 1,000", OURS, ("--steps", "1000")),
    "default": Case("by default", OURS, ("--baselines",)),
    "their forecasts": Case("forecasts alone", THEIRS, ("--steps", "10", "--alone")),
    "forecasts": Case("forecasts alone", OURS, ("--steps", "10", "--alone"), "their forecasts"),
}
Found = dict[str, float]


def main() -> None:
    """Make the series, let the cases take turns, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folder = Path(tempfile.gettempdir()) / "forecast-rnn-peers"
    parser.add_argument("--folder", type=Path, default=folder, help="of the environments")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    arguments = parser.parse_args()
    peer = python_of(THEIRS, arguments.folder)
    if peer is None:
        raise SystemExit("there is nothing to compare with")
    pythons = {THEIRS: str(peer), OURS: sys.executable}
    results: dict[str, list[Found]] = {name: [] for name in arguments.only}
    with tempfile.TemporaryDirectory() as scratch:
        series = simulated()
        series.write_csv(Path(scratch) / "series.csv")
        for number in range(arguments.rounds):
            for name, several in results.items():
                print(f"round {number + 1}: {name}", file=sys.stderr, flush=True)
                case = CASES[name]
                several.append(measured(case, pythons[case.side], Path(scratch), series))
    show({name: medians(several) for name, several in results.items()})


def simulated() -> pl.DataFrame:
    """Make the series: unique_id, ds, y."""
    generator = np.random.default_rng(0)
    day = np.arange(ROWS)
    level = generator.normal(3, 1, (SERIES, 1))
    level = level + np.cumsum(generator.normal(0, 0.01, (SERIES, ROWS)), 1)
    week = generator.normal(0, 0.3, (SERIES, SEASON))[:, day % SEASON]
    year = 0.2 * np.sin(2 * np.pi * (day / 365.25 + generator.random((SERIES, 1))))
    noise = generator.normal(0, 0.15, (SERIES, ROWS))
    return pl.DataFrame(
        {
            "unique_id": np.repeat([f"series_{number:04}" for number in range(SERIES)], ROWS),
            "ds": np.tile(np.datetime64("2023-01-01") + day, SERIES),
            "y": np.exp(level + week + year + noise).ravel().round(3),
        }
    )


def measured(case: Case, python: str, scratch: Path, series: pl.DataFrame) -> Found:
    """Run a case in a process of its own, and score its forecasts."""
    forecasts = scratch / "forecasts.parquet"
    command = [python, "-m", f"tests.benchmarks.rolling.{case.side}", *case.options]
    began, busy, used = time.perf_counter(), machine_seconds(), os.times()
    done = subprocess.run(
        [*command, str(scratch / "series.csv"), str(forecasts)],
        env=os.environ | BESIDE | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=scratch,
    )
    seconds, busy, after = time.perf_counter() - began, machine_seconds() - busy, os.times()
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    found: Found = json.loads(done.stdout.splitlines()[-1])
    mine = after.children_user + after.children_system - used.children_user - used.children_system
    others = max(0.0, busy - mine) / (seconds * (os.cpu_count() or 1))
    return (
        found | {"process": seconds, "others": others} | scores(pl.read_parquet(forecasts), series)
    )


def machine_seconds() -> float:
    """Return the seconds that all cores of this machine have worked."""
    user, nice, system = Path("/proc/stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def scores(forecasts: pl.DataFrame, series: pl.DataFrame) -> Found:
    """Return the mean absolute scaled error, and the weighted quantile loss."""
    error = (pl.col("y") - pl.col("y").shift(SEASON).over("unique_id")).abs()
    scales = series.select(
        "unique_id",
        cutoff="ds",
        scale=error.cum_sum().over("unique_id") / error.is_not_null().cum_sum().over("unique_id"),
    )
    days = pl.col("cutoff", "ds").cast(pl.Date)
    table = (
        forecasts.with_columns(days)
        .join(series, on=["unique_id", "ds"])
        .join(scales, on=["unique_id", "cutoff"])
    )
    assert len(table) == len(forecasts) == SERIES * 5 * 14, len(forecasts)
    ahead = {level: pl.col("y") - pl.col(f"q{level}") for level in LEVELS}
    losses = [
        pl.max_horizontal(level * error, (level - 1) * error) for level, error in ahead.items()
    ]
    found = table.select(
        mase=(ahead[0.5].abs() / pl.col("scale")).mean(),
        loss=2 * pl.mean_horizontal(losses).sum() / pl.col("y").abs().sum(),
    )
    return found.row(0, named=True)


def medians(several: list[Found]) -> Found:
    """Return the median of each figure."""
    return {name: statistics.median(found[name] for found in several) for name in several[0]}


def show(found: dict[str, Found]) -> None:
    """Print a line for each case, with how many times as long the other side takes."""
    names = ("call s", "ratio", "processor", "ratio", "process s", "ratio", "MASE", "wQL", "others")
    print(f"{'':15}{'':28}" + "".join(f"{name:>10}" for name in names))
    for name, mine in found.items():
        case = CASES[name]
        theirs = found.get(case.against, {}) if case.side == OURS else {}
        line = f"{case.side if case.side == THEIRS else 'forecast-rnn':15}{case.words:28}"
        for figure in ("call", "processor", "process"):
            ratio = f"{theirs[figure] / mine[figure]:.1f}" if theirs else ""
            line += f"{mine[figure]:10.2f}{ratio:>10}"
        print(f"{line}{mine['mase']:10.3f}{mine['loss']:10.4f}{mine['others']:10.0%}")


if __name__ == "__main__":
    main()
