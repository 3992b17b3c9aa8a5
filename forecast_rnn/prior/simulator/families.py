"""Kinds of series before they are counted, rounded or bent: each returns paths [S, N]."""

import numpy as np

from forecast_rnn.prior.history import Floats
from forecast_rnn.prior.simulator import filters, levels, seasons
from forecast_rnn.prior.simulator.noise import (
    Generator,
    autoregression,
    chosen,
    column,
    gaussian,
    innovations,
    log_uniform,
)

MOST_STEPWISE = 800
"""Rows up to which exponential smoothing, which goes row by row, is simulated."""


def structural(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Add up level, trend, season, shifts and noise, each switched on at random."""
    noise = np.where(
        chosen(rng, 0.5, series) > 0,
        innovations(rng, series, rows),
        filters.poles(rng, series, rows, season if rng.random() < 0.3 else 1),
    )
    path = noise * np.where(chosen(rng, 0.25, series) > 0, log_uniform(rng, 0.03, 1, series), 1.0)
    for share, low, high, part in (
        (0.6, 0.005, 1.5, levels.walk),
        (0.55, 0.4 / rows, min(1.0, 40 / rows), levels.trend),
        (0.15, 0.5, 10.0, levels.shifts),
        (0.06, 0.5, 8.0, levels.switches),
        (0.15, 0.5, 15.0, levels.curve),
    ):
        there = chosen(rng, share, series)
        if there.any():
            path += there * log_uniform(rng, low, high, series) * part(rng, series, rows)
    if season > 1:
        there = chosen(rng, 0.88, series)
        size = there * log_uniform(rng, 0.2, 12, series)
        path += size * seasons.seasonal(rng, series, rows, season)
    return path


def arima(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw seasonal ARIMA series by poles: differences of the first order, by row and season."""
    path = filters.poles(rng, series, rows, season)
    once = chosen(rng, 0.6, series)
    drift = chosen(rng, 0.4, series) * gaussian(rng, series, 1) * log_uniform(rng, 0.02, 1, series)
    path = np.where(once > 0, np.cumsum(path + drift, axis=1), path)
    if season > 1:
        cycles = -(-rows // season)
        padded = np.zeros((series, cycles * season))
        padded[:, :rows] = path
        summed = np.cumsum(padded.reshape(series, cycles, season), axis=1)
        start = log_uniform(rng, 0.3, 8, series) * path.std(axis=1, keepdims=True)
        summed += (start * seasons.pattern(rng, series, season))[:, None]
        whole = summed.reshape(series, -1)[:, :rows]
        path = np.where(chosen(rng, 0.55, series) > 0, whole, path)
    return path


def smoothing(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw from the models of exponential smoothing with damped trends.

    Hyndman et al. (2008), Forecasting with Exponential Smoothing, the innovations state space
    model of ETS(A, Ad, A).
    """
    if rows > MOST_STEPWISE:
        return structural(rng, series, rows, season)
    noise = np.ascontiguousarray(innovations(rng, series, rows).T)
    alpha = rng.choice([0.0, 1.0, 1.0], series) * rng.uniform(0.01, 1, series)
    beta = alpha * (rng.random(series) < 0.6) * rng.uniform(0, 0.5, series) ** 2
    damped = np.where(rng.random(series) < 0.6, rng.uniform(0.75, 1, series), 1.0)
    gamma = (rng.random(series) < 0.6) * rng.uniform(0, 0.5, series) * (1 - alpha)
    level = np.zeros(series)
    slope = rng.standard_normal(series) * np.exp(rng.uniform(-4.5, 0.3, series))
    slope *= rng.random(series) < 0.75
    size = np.exp(rng.uniform(-1.5, 2.3, series)) * (rng.random(series) < 0.9) * (season > 1)
    shape = (column(size) * seasons.pattern(rng, series, season)).T.copy()
    path = np.empty((rows, series))
    for row, error in enumerate(noise):
        phase = row % season
        slope = damped * slope
        level = level + slope
        path[row] = level + shape[phase] + error
        level = level + alpha * error
        slope = slope + beta * error
        shape[phase] += gamma * error
    return path.T


def processes(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Add up Gaussian processes: smooth, nearly periodic, and white."""
    path = filters.smooth(rng, series, rows) * log_uniform(rng, 0.3, 10, series)
    path *= chosen(rng, 0.8, series)
    if season > 1:
        size = chosen(rng, 0.85, series) * log_uniform(rng, 0.3, 10, series)
        path += size * filters.quasi_periodic(rng, series, rows, season)
        path += (
            chosen(rng, 0.4, series)
            * log_uniform(rng, 0.3, 5, series)
            * (seasons.seasonal(rng, series, rows, season))
        )
    return path + log_uniform(rng, 0.02, 2, series) * innovations(rng, series, rows)


def economic(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw logarithms of growing quantities: growth that changes, cycles, a season, small noise.

    Rates are those of a year, which is a season, or four rows to a row where there is none.
    """
    year = max(season, 1)
    mean = (0.03 + 0.07 * gaussian(rng, series, 1)) / year
    keep = 1 - 1 / (year * log_uniform(rng, 1.0, 15, series))
    wander = log_uniform(rng, 0.003, 0.08, series) / year
    change = autoregression(gaussian(rng, series, rows) * np.sqrt(1 - keep**2), keep)
    path = np.cumsum(mean + wander * change, axis=1)
    steps = chosen(rng, 0.8, series) * log_uniform(rng, 0.005, 0.2, series) / np.sqrt(year)
    path += np.cumsum(steps * innovations(rng, series, rows), axis=1)
    path += chosen(rng, 0.2, series) * 0.3 * levels.shifts(rng, series, rows)
    path += chosen(rng, 0.3, series) * 0.1 * filters.smooth(rng, series, rows)
    noise = chosen(rng, 0.7, series) * log_uniform(rng, 0.003, 0.15, series)
    path += noise * innovations(rng, series, rows)
    if season > 1:
        size = chosen(rng, 0.9, series) * log_uniform(rng, 0.01, 0.5, series)
        path += size * seasons.seasonal(rng, series, rows, season)
    return path


FAMILIES = (structural, arima, smoothing, processes)
