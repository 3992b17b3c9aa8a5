"""Innovations: unit noise with light and heavy tails, and sizes that change."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast_rnn.prior.arrays import Floats

Generator = np.random.Generator


def column(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return [S] as [S, 1]."""
    return values[:, None]


def log_uniform(rng: Generator, low: float, high: float, series: int) -> Floats:
    """Draw numbers whose logarithm is uniform, [S, 1]."""
    return column(np.exp(rng.uniform(np.log(low), np.log(high), series)))


def chosen(rng: Generator, share: float, series: int) -> Floats:
    """Draw 1 for that share of the series and 0 for the others, [S, 1]."""
    return column((rng.random(series) < share).astype(float))


def gaussian(rng: Generator, series: int, rows: int) -> Floats:
    """Draw standard normal numbers [S, N]."""
    return rng.standard_normal((series, rows), dtype=np.float32).astype(np.float64)


def innovations(rng: Generator, series: int, rows: int) -> Floats:
    """Draw noise of unit size [S, N]: normal, t, skewed, or of changing size, by series."""
    noise = gaussian(rng, series, rows)
    kind = rng.random(series)
    heavy = kind < 0.25
    if heavy.any():
        freedom = rng.uniform(2.5, 8, heavy.sum())
        mixing = rng.gamma(column(freedom) / 2, size=(heavy.sum(), rows)) / column(freedom / 2)
        noise[heavy] /= np.sqrt(mixing + 1e-3) * column(np.sqrt(freedom / (freedom - 2)))
    skewed = (kind >= 0.25) & (kind < 0.35)
    if skewed.any():
        bend = log_uniform(rng, 0.2, 0.9, skewed.sum())
        noise[skewed] = (np.exp(bend * noise[skewed]) - np.exp(bend**2 / 2)) / bend
        noise[skewed] *= np.sign(rng.random((skewed.sum(), 1)) - 0.3)
    moving = rng.random(series) < 0.2
    if moving.any():
        noise[moving] *= volatility(rng, moving.sum(), rows)
    return noise


def volatility(rng: Generator, series: int, rows: int) -> Floats:
    """Draw sizes [S, N] about 1 that change slowly."""
    keep = column(1 - 1 / np.exp(rng.uniform(np.log(4), np.log(200), series)))
    path = autoregression(gaussian(rng, series, rows) * np.sqrt(1 - keep**2), keep)
    return np.exp(log_uniform(rng, 0.2, 0.9, series) * path)


def autoregression(noise: Floats, keep: Floats) -> Floats:
    """Return x_t = keep x_(t-1) + noise_t, [S, N], keep [S, 1]; it begins with its first noise."""
    path = np.ascontiguousarray(noise.T)
    share = np.ascontiguousarray(keep[:, 0])
    step = np.empty_like(share)
    for before, now in pairwise(path):
        now += np.multiply(before, share, out=step)
    return path.T
