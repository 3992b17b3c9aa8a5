"""From a path to values: plain, growing, counted, seldom, cut off."""

import numpy as np

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.simulator.filters import unit
from forecast_rnn.prior.simulator.noise import (
    Generator,
    autoregression,
    chosen,
    column,
    gaussian,
    log_uniform,
)

MOST = 7.0
"""Largest logarithm of a value beside the middle of its series."""


def linked(rng: Generator, paths: Floats, season: int) -> Floats:
    """Return values [S, N] of paths [S, N], by a link drawn for each series."""
    path = unit(paths)
    series = len(path)
    kind = rng.choice(6, series, p=_shares(season))
    values = np.empty_like(path)
    for number, link in enumerate((plain, offset, exponential, counted, seldom, rectified)):
        mine = kind == number
        if mine.any():
            values[mine] = link(rng, path[mine])
    return values


def _shares(season: int) -> list[float]:
    if season in (1, 4, 12):
        return [0.03, 0.44, 0.4, 0.07, 0.03, 0.03]
    return [0.1, 0.28, 0.3, 0.15, 0.07, 0.1]


def plain(rng: Generator, path: Floats) -> Floats:
    """Leave the path as it is, about a level of its own."""
    return path + 3 * gaussian(rng, len(path), 1)


def offset(rng: Generator, path: Floats) -> Floats:
    """Stand well above zero."""
    lift = log_uniform(rng, 2.5, 60, len(path)) - np.minimum(0, path.min(1, keepdims=True) + 2)
    above: Floats = path + lift
    return above


def exponential(rng: Generator, path: Floats) -> Floats:
    """Take the path for a logarithm."""
    logarithm = (log_uniform(rng, 0.05, 1.3, len(path)) * path).clip(-MOST, MOST)
    grown: Floats = np.exp(logarithm)
    return grown


def counted(rng: Generator, path: Floats) -> Floats:
    """Draw counts, Poisson or of wider spread, whose mean is the exponential of the path."""
    mean = exponential(rng, path) * log_uniform(rng, 0.2, 300, len(path))
    wide = chosen(rng, 0.5, len(path)) > 0
    shape = log_uniform(rng, 0.7, 20, len(path))
    spread = rng.gamma(np.broadcast_to(shape, path.shape)) / shape
    return rng.poisson(np.where(wide, mean * spread, mean).clip(0, 1e9)).astype(float)


def seldom(rng: Generator, path: Floats) -> Floats:
    """Draw demand that is zero in most rows."""
    logit = column(rng.uniform(-2.8, 0.8, len(path))) + 0.5 * path
    there = rng.random(path.shape) < 1 / (1 + np.exp(-logit))
    sizes = 1 + rng.poisson(exponential(rng, path) * log_uniform(rng, 0.2, 20, len(path)))
    demand: Floats = np.where(there, sizes, 0.0)
    return demand


def rectified(rng: Generator, path: Floats) -> Floats:
    """Cut off what lies below a bound, or above one."""
    bound = column(rng.uniform(-1.2, 0.8, len(path)))
    return np.where(
        chosen(rng, 0.75, len(path)) > 0,
        np.maximum(path - bound, 0),
        8 + np.minimum(path, bound + 0.5),
    )


def blemished(rng: Generator, values: Floats) -> Floats:
    """Add spikes, quiet stretches and rounding to some series [S, N]."""
    series, rows = len(values), int(values.shape[1])
    size = values.std(axis=1, keepdims=True)
    rate = chosen(rng, 0.1, series) * log_uniform(rng, 0.3 / rows, max(0.04, 0.3 / rows), series)
    hit = rng.random(values.shape) < rate
    height = log_uniform(rng, 1, 15, series) * rng.standard_exponential((series, rows))
    side = np.sign(column(rng.random(series)) - 0.25)
    values = values + hit * side * height * size
    swell = chosen(rng, 0.07, series) * log_uniform(rng, 0.1, 0.6, series)
    keep = 1 - 1 / log_uniform(rng, 10, max(rows, 20), series)
    path = autoregression(gaussian(rng, series, rows) * np.sqrt(1 - keep**2), keep)
    values = values * np.exp(swell * path)
    grain = size * log_uniform(rng, 0.02, 0.5, series) + 1e-12
    return np.where(chosen(rng, 0.06, series) > 0, np.round(values / grain) * grain, values)


def thinned(rng: Generator, values: Floats) -> Floats:
    """Take rows away from some series [S, N]: here and there, or stretches; never the first."""
    series, rows = len(values), int(values.shape[1])
    lost = rng.random(values.shape) < chosen(rng, 0.5, series) * column(rng.uniform(0, 0.3, series))
    begin = column(rng.integers(0, rows, series))
    length = column(rng.integers(1, max(2, rows // 5), series)) * chosen(rng, 0.6, series)
    every = np.arange(rows)[None]
    lost |= (every >= begin) & (every < begin + length)
    lost &= chosen(rng, 0.09, series) > 0
    lost[:, 0] = False
    return np.where(lost, np.nan, values)
