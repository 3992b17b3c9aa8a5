"""What all sides share: the series, a clock for training, the timing of forecasts."""

import argparse
import json
import logging
import os
import resource
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HORIZON, SEEN, WIDTH, LAYERS, SEASON = 48, 168, 64, 2, 24
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LONG_CALL = 5.0


@dataclass
class Clock:
    """Counts windows over some seconds of the processor, once training is warm.

    Attributes:
        seconds: How long to count.
        warm_up: How long not to count before.
        steps: Optimiser steps so far.
        warm: The time at which training was warm.
        windows: Windows since then.
        apart: Those of them that share no row with another one of their crop.
        rates: Both a second.
    """

    seconds: float
    warm_up: float
    steps: int = 0
    began: float = 0.0
    warm: float | None = None
    windows: float = 0.0
    apart: float = 0.0
    rates: tuple[float, float] = (0.0, 0.0)

    def tick(self, windows: float, apart: float | None = None, steps: int = 1) -> bool:
        """Count steps that ended just now; return whether it is time to stop."""
        now = time.process_time()
        self.steps += steps
        if self.warm is None:
            self.began = self.began or now
            if self.steps >= 3 and now - self.began >= self.warm_up:
                self.warm = now
            return False
        self.windows += windows
        self.apart += windows if apart is None else apart
        passed = now - self.warm
        self.rates = (self.windows / passed, self.apart / passed)
        return passed >= self.seconds

    def callback(self, base: type, windows: int) -> object:
        """Return a callback of Lightning that ticks after every batch and stops training."""
        clock = self

        class Ticking(base):
            def on_train_batch_end(self, trainer, *_):
                if clock.tick(windows):
                    trainer.should_stop = True

        return Ticking()


@dataclass(frozen=True)
class Job:
    """What a side has to do.

    Attributes:
        series: The values of each series.
        cell: `lstm` or `gru`.
        batch: Windows in a batch, for the peers.
        clock: To be told of every training step.
        folder: For what a library cannot help writing.
    """

    series: list[np.ndarray]
    cell: str
    batch: int
    clock: Clock
    folder: str

    def names(self) -> list[str]:
        """Return an id for each series."""
        return [f"series_{number:05}" for number in range(len(self.series))]

    def columns(self) -> dict[str, np.ndarray]:
        """Return the series as a long table: unique_id, ds, y."""
        lengths = [len(values) for values in self.series]
        return {
            "unique_id": np.repeat(np.array(self.names()), lengths),
            "ds": np.concatenate([np.arange(length) for length in lengths]),
            "y": np.concatenate(self.series),
        }

    def trainer(self, callback: type) -> dict:
        """Return settings of Lightning that keep it from doing what was not asked for."""
        return {
            "accelerator": "cpu",
            "devices": 1,
            "logger": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "default_root_dir": self.folder,
            "callbacks": [self.clock.callback(callback, self.batch)],
        }


Forecast = Callable[[], int]
"""Forecasts all series in memory and returns how many numbers came out."""
Forecasts = dict[str, Forecast]
"""Ways to forecast, by the name of the rate in what is printed."""


def run(fit: Callable[[Job], Forecasts]) -> None:
    """Train until the clock has enough, then time forecasts; print the findings as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("series", type=Path)
    parser.add_argument("--core", type=int, required=True)
    parser.add_argument("--cell", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--count", type=int, help="series to train on and to forecast")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    warnings.simplefilter("ignore")
    for name in ("pytorch_lightning", "lightning", "lightning.pytorch"):
        logging.getLogger(name).setLevel(logging.ERROR)
    os.chdir(arguments.folder)
    import torch

    torch.set_num_threads(1)
    stored = np.load(arguments.series)
    series = np.split(stored["values"], np.cumsum(stored["lengths"])[:-1])
    count = arguments.count or len(series)
    series = [series[number % len(series)] for number in range(count)]
    clock = Clock(arguments.seconds, min(1.0, arguments.seconds))
    forecasts = fit(Job(series, arguments.cell, arguments.batch, clock, arguments.folder))
    peak = peak_megabytes()
    rates = {
        name: count / forecast_seconds(forecast, expected=count * HORIZON)
        for name, forecast in forecasts.items()
    }
    windows, apart = clock.rates
    print(json.dumps({"windows": windows, "apart": apart, "peak": peak, **rates}))


def forecast_seconds(forecast: Forecast, *, expected: int) -> float:
    """Return the median seconds of the processor of a call, after one to warm up.

    A first call that takes long is not repeated.
    """
    seconds: list[float] = []
    while sum(seconds[1:]) < 1.0:
        began = time.process_time()
        numbers = forecast()
        seconds.append(time.process_time() - began)
        assert numbers in (expected, expected * len(LEVELS)), numbers
        if seconds[0] > LONG_CALL:
            return seconds[0]
    return statistics.median(seconds[1:])


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
