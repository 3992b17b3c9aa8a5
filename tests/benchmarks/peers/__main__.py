"""Training and forecasting speed beside other libraries with the same cell, on one core.

    python -m tests.benchmarks.peers DATA [--folder FOLDER] [--rounds 2] [--peers NAME …]

Needs Linux, DATA/m4_hourly/train.parquet with columns unique_id and y, and pip, which puts
each peer into a virtual environment of its own in FOLDER (some 3 GB), once. All run the torch
of this environment, in processes of their own that take turns on the same core with one
thread. Rates are by processor time, so that it does not matter much what else the machine
does; medians of the rounds. Series are M4 hourly, the network is 64×2 in float32, sees 168
values and forecasts 48.

A *window* is one origin with a loss over its whole horizon. What each library counts:

- forecast-rnn: an origin whose 168 values and 48 targets are all observed; pinball loss of 9
  levels. Its network takes the 168 values at once and goes on from one origin to the next, a
  day later: the 34 origins of a crop share one pass of the recurrent layers, and each sees
  what lies before its window too. Others that are in the loss, with some values missing, do
  not count. *Apart* counts of a crop only origins that share no row, neither seen nor
  forecast: every ninth.
- NeuralForecast: one of the windows that it draws from all those of 32 series (its default);
  LSTM or GRU over 168 values, direct decoder, the same loss. Windows count that reach beyond
  the ends of a series, too.
- Darts: one sample of BlockRNNModel; recurrent over 168 values, then direct, the same loss.
- GluonTS: one sample of DeepAR, which has an LSTM only; recurrent over 168 + 48 values,
  likelihood of Student's t. Series are cached, and it reads no lags and no calendar.
- PyTorch-Forecasting: one sample of RecurrentNetwork, the faster of its two; recurrent over
  168 + 48 values, absolute error of a point. Without the metrics that it logs.

Training is the steady rate of optimiser steps times windows in a step, in batches of 32 and
of 256 windows for the peers, of 32 crops (its default) and of 128 for forecast-rnn. A
*forecast* is 48 steps of a series: the whole call that forecasts all series from the library's
own form of them in memory to its own form of forecasts, with 9 quantiles (those of 100 samples
in GluonTS; points in PyTorch-Forecasting). For forecast-rnn it is `Model.predict`, with one
network, as all have, which sees up to 960 values. An *update* is a forecast after one new row of
each series, which comes as a data frame and is checked, taken in by the kept state and forecast
from: `Model.update`, once all rows of a stride have a state. The peers keep none and see all 168
values again, so that it is held against their forecasts, in which reading the new row does not
count. `10,000 series` are the same ones again and again, with the LSTM. Memory is the peak of the
process until the end of training, imports included. Ratios are those of forecast-rnn in its
default batch.

forecast-rnn keeps glibc from handing memory back after each step (`neural/runtime.py`), and
the peers do not. With MALLOC_MMAP_THRESHOLD_=1073741824 and MALLOC_TRIM_THRESHOLD_=2147483647
in the environment, which all sides get, peers train 1.1 to 2 times as fast.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tests.benchmarks.peers.environments import PEERS, python_of

ROOT = Path(__file__).parents[3]
MANY = 10_000
OURS = "forecast-rnn"
CELLS = {"gluonts": ("lstm",)}
MODULES = {OURS: "ours", "pytorch-forecasting": "pytorch_forecasting"}


@dataclass(frozen=True)
class Side:
    """A library with a cell and a batch."""

    library: str
    cell: str
    batch: int


Found = dict[str, float]


def main() -> None:
    """Set up the peers, let all sides take turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    folder = Path(tempfile.gettempdir()) / "forecast-rnn-peers"
    parser.add_argument("--folder", type=Path, default=folder, help="of the environments")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    arguments = parser.parse_args()
    pythons = {OURS: sys.executable}
    for name in arguments.peers:
        python = python_of(name, arguments.folder)
        if python is not None:
            pythons[name] = str(python)
    with tempfile.TemporaryDirectory() as scratch:
        series = Path(scratch) / "series.npz"
        write_series(arguments.data / "m4_hourly" / "train.parquet", series)
        found = take_turns(pythons, series, arguments.rounds)
        many = forecast_many(pythons, series, found)
        show(found)
        show_many(many)


def take_turns(pythons: Mapping[str, str], series: Path, rounds: int) -> dict[Side, Found]:
    """Measure all sides some times, and return medians; a side that fails once is left out."""
    results: dict[Side, list[Found]] = {
        side: [] for library in pythons for side in sides_of(library)
    }
    for number in range(rounds):
        for side in list(results):
            said(f"round {number + 1}: {side.library} {side.cell} {side.batch}")
            found = measured(side, pythons[side.library], series, {"--seconds": "2"})
            if found is None:
                del results[side]
            else:
                results[side].append(found)
    return {side: medians(several) for side, several in results.items()}


def forecast_many(
    pythons: Mapping[str, str], series: Path, found: Mapping[Side, Found]
) -> dict[Side, Found]:
    """Measure forecasts of many series, with each library's LSTM in its faster batch."""
    options, rates = {"--seconds": "0.2", "--count": str(MANY)}, {}
    for library, python in pythons.items():
        sides = [side for side in found if side.library == library and side.cell == "lstm"]
        if sides:
            said(f"{MANY:,} series: {library}")
            side = max(sides, key=lambda side: found[side]["forecasts"])
            result = measured(side, python, series, options)
            if result is not None:
                rates[side] = result
    return rates


def sides_of(library: str) -> list[Side]:
    """Return what is measured of a library."""
    batches = (32, 128) if library == OURS else (32, 256)
    cells = CELLS.get(library, ("lstm", "gru"))
    return [Side(library, cell, batch) for cell in cells for batch in batches]


def write_series(path: Path, to: Path) -> None:
    """Store the values in a form that every environment reads."""
    frame = pl.read_parquet(path, columns=["unique_id", "y"])
    lengths = frame.group_by("unique_id", maintain_order=True).len()["len"]
    np.savez(to, values=frame["y"].cast(pl.Float64).to_numpy(), lengths=lengths.to_numpy())


def measured(side: Side, python: str, series: Path, options: Mapping[str, str]) -> Found | None:
    """Run a side in a process of its own; say why if it fails."""
    module = MODULES.get(side.library, side.library)
    with tempfile.TemporaryDirectory() as scratch:
        options = {
            "--core": str(max(os.sched_getaffinity(0))),
            "--cell": side.cell,
            "--batch": str(side.batch),
            "--folder": scratch,
            **options,
        }
        command = [python, "-m", f"tests.benchmarks.peers.{module}", str(series)]
        done = subprocess.run(
            [*command, *(part for option in options.items() for part in option)],
            env=os.environ
            | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        said(f"{' '.join(command)} failed and is left out:\n{done.stderr[-3000:]}")
        return None
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def medians(results: list[Found]) -> Found:
    """Return the median of each figure."""
    return {name: statistics.median(found[name] for found in results) for name in results[0]}


def show(found: dict[Side, Found]) -> None:
    """Print the table, and what it comes to."""
    print(
        f"{'library':20}{'cell':>5}{'batch':>6}{'windows/s':>11}{'ratio':>7}{'peak MB':>9}"
        f"{'forecasts/s':>13}{'ratio':>7}{'updates/s':>11}"
    )
    for side, result in found.items():
        mine = found[Side(OURS, side.cell, 32)]
        line = f"{side.library:20}{side.cell:>5}{side.batch:6}"
        line += pair(result["windows"], mine["windows"], 11) + f"{result['peak']:9,.0f}"
        line += pair(result["forecasts"], mine["forecasts"], 13)
        if "updates" in result:
            line += f"{result['updates']:11,.0f}"
        print(line)
    for cell in ("lstm", "gru"):
        print()
        summarise(cell, {side: result for side, result in found.items() if side.cell == cell})


def show_many(many: dict[Side, Found]) -> None:
    """Print how fast many series are forecast."""
    mine = next(result for side, result in many.items() if side.library == OURS)
    print(f"\n{f'{MANY:,} series':32}{'forecasts/s':>11}{'ratio':>7}{'updates/s':>11}{'ratio':>7}")
    for side, result in many.items():
        line = f"  {side.library + ' ' + side.cell:30}"
        line += pair(result["forecasts"], mine["forecasts"], 11)
        updates = result.get("updates")
        line += f"{updates or 0:11,.0f}" if updates else " " * 11
        print(line + f"{mine['updates'] / (updates or result['forecasts']):7.1f}")
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"\nload of the machine over the last 1, 5 and 15 minutes: {load}")


def pair(theirs: float, mine: float, width: int) -> str:
    """Format a rate and how many times as fast forecast-rnn is."""
    return f"{theirs:{width},.0f}{mine / theirs:7.1f}"


def summarise(cell: str, found: dict[Side, Found]) -> None:
    """Print how many times as fast forecast-rnn is as NeuralForecast and as the others."""
    mine = [found[side] for side in found if side.library == OURS]
    first = [side for side in found if side.library == "neuralforecast"]
    groups = {
        "NeuralForecast": first,
        "best of the others": [s for s in found if s.library != OURS and s not in first],
    }
    print(f"{cell:32}{'windows':>9}{'apart':>9}{'forecasts':>11}{'updates':>9}")
    for name, group in groups.items():
        for what, ours, theirs in (
            ("batch 32", mine[:1], [side for side in group if side.batch == 32]),
            ("any batch", mine, group),
        ):
            if theirs:
                most = {
                    figure: max(found[side][figure] for side in theirs)
                    for figure in ("windows", "forecasts")
                }
                windows = max(result["windows"] for result in ours) / most["windows"]
                apart = max(result["apart"] for result in ours) / most["windows"]
                forecasts = max(result["forecasts"] for result in ours) / most["forecasts"]
                updates = max(result["updates"] for result in ours) / most["forecasts"]
                print(
                    f"  {name + ', ' + what:30}{windows:9.1f}{apart:9.1f}{forecasts:11.1f}"
                    f"{updates:9.1f}"
                )


def said(text: str) -> None:
    """Tell what goes on."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
