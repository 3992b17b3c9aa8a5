"""Where a series stands: walks, trends that bend or fade, shifts and switches."""

import numpy as np

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.simulator.filters import smooth
from forecast_rnn.prior.simulator.noise import (
    Generator,
    autoregression,
    chosen,
    column,
    gaussian,
    innovations,
    log_uniform,
)


def walk(rng: Generator, series: int, rows: int) -> Floats:
    """Draw random walks [S, N] with unit steps; a third go back to a mean."""
    steps = innovations(rng, series, rows)
    home = chosen(rng, 0.35, series)
    keep = 1 - home / log_uniform(rng, 2, max(rows, 4), series)
    return autoregression(steps, keep)


def trend(rng: Generator, series: int, rows: int) -> Floats:
    """Draw trends [S, N] of about one a row: straight, broken, wandering or fading."""
    slope = np.repeat(gaussian(rng, series, 1), rows, axis=1)
    slope += chosen(rng, 0.3, series) * _breaks(rng, series, rows)
    wander = chosen(rng, 0.35, series) * log_uniform(rng, 0.02, 0.6, series)
    keep = 1 - 1 / log_uniform(rng, 3, max(rows, 6), series)
    slope += autoregression(wander * gaussian(rng, series, rows), keep)
    fading = column(rng.random(series) < 0.3)
    life = log_uniform(rng, max(2, rows / 20), 2 * rows, series)
    slope *= np.where(fading, np.exp(-np.arange(rows)[None] / life), 1.0)
    return np.cumsum(slope, axis=1)


def _breaks(rng: Generator, series: int, rows: int) -> Floats:
    """Draw steps [S, N] of unit size at up to three rows of each series."""
    path = np.zeros((series, rows))
    for _ in range(3):
        there = chosen(rng, 0.5, series)
        late = np.arange(rows)[None] >= column(rng.integers(0, rows, series))
        path += there * gaussian(rng, series, 1) * late
    return path


def shifts(rng: Generator, series: int, rows: int) -> Floats:
    """Draw level shifts [S, N] of unit size; some end again."""
    return _breaks(rng, series, rows)


def switches(rng: Generator, series: int, rows: int) -> Floats:
    """Draw series [S, N] that go to and fro between two levels a unit apart."""
    stay = 1 / log_uniform(rng, 4, max(rows, 8), series)
    flips = np.cumsum(rng.random((series, rows)) < stay, axis=1)
    return (flips % 2).astype(float)


def curve(rng: Generator, series: int, rows: int) -> Floats:
    """Draw growth [S, N] that saturates, or smooth wandering, of unit size."""
    middle = column(rng.uniform(-0.3, 1.3, series)) * rows
    steep = log_uniform(rng, 2, 20, series) / rows
    away = (steep * (np.arange(rows)[None] - middle)).clip(-40, 40)
    saturating = column(rng.choice([-1.0, 1.0], series)) * 4 / (1 + np.exp(-away))
    return np.where(column(rng.random(series) < 0.4), saturating, smooth(rng, series, rows))
