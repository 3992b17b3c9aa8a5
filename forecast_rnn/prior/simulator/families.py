"""Kinds of series before they are counted, rounded or bent: each returns paths [S, N].

Series that move (economic ones, most yearly and quarterly) are ruled by level and trend; others
(sales of days, traffic of hours) by their season and noise about levels that stay.
"""

import numpy as np

from forecast_rnn.prior.arrays import Floats
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


_MOVING = (
    (0.6, 0.01, 2.0, levels.walk),
    (0.8, 2.0, 150.0, levels.trend),
    (0.15, 0.5, 10.0, levels.shifts),
    (0.05, 0.5, 8.0, levels.switches),
    (0.2, 0.5, 20.0, levels.curve),
)
_STAYING = (
    (0.45, 0.003, 0.5, levels.walk),
    (0.3, 0.1, 15.0, levels.trend),
    (0.15, 0.3, 6.0, levels.shifts),
    (0.07, 0.5, 5.0, levels.switches),
    (0.12, 0.3, 6.0, levels.curve),
)
"""Share of series with a part, its least and largest size beside the noise, and the part; the
size of a trend is what it comes to over the whole series."""


def _season_size(moving: bool) -> tuple[float, float]:
    """Return least and largest size of a season beside the noise."""
    return (0.1, 7.0) if moving else (0.25, 10.0)


def structural(rng: Generator, series: int, rows: int, season: int, moving: bool) -> Floats:
    """Add up level, trend, season, shifts and noise, each switched on at random."""
    noise = np.where(
        chosen(rng, 0.5, series) > 0,
        innovations(rng, series, rows),
        filters.poles(rng, series, rows, season if rng.random() < 0.3 else 1),
    )
    path = noise * np.where(chosen(rng, 0.25, series) > 0, log_uniform(rng, 0.03, 1, series), 1.0)
    for share, low, high, part in _MOVING if moving else _STAYING:
        if part is levels.trend:
            low, high = low / rows, high / rows
        there = chosen(rng, share, series)
        if there.any():
            path += there * log_uniform(rng, low, high, series) * part(rng, series, rows)
    if season > 1:
        there = chosen(rng, 0.75 if moving else 0.9, series)
        size = there * log_uniform(rng, *_season_size(moving), series)
        path += size * seasons.seasonal(rng, series, rows, season)
    return path


def arima(rng: Generator, series: int, rows: int, season: int, moving: bool) -> Floats:
    """Draw seasonal ARIMA series by poles: differences by row, once or twice, and by season."""
    path = filters.poles(rng, series, rows, season)
    drift = chosen(rng, 0.6 if moving else 0.1, series) * gaussian(rng, series, 1)
    drift *= log_uniform(rng, 0.02, 3 if moving else 0.2, series)
    summed = np.cumsum(path + drift, axis=1)
    path = np.where(chosen(rng, 0.75 if moving else 0.35, series) > 0, summed, path)
    if moving:
        path = np.where(chosen(rng, 0.12, series) > 0, np.cumsum(path, axis=1), path)
    if season > 1:
        cycles = -(-rows // season)
        padded = np.zeros((series, cycles * season))
        padded[:, :rows] = path
        summed = np.cumsum(padded.reshape(series, cycles, season), axis=1)
        start = log_uniform(rng, *_season_size(moving), series) * path.std(axis=1, keepdims=True)
        summed += (start * seasons.pattern(rng, series, season))[:, None]
        whole = summed.reshape(series, -1)[:, :rows]
        path = np.where(chosen(rng, 0.45 if moving else 0.3, series) > 0, whole, path)
    return path


def smoothing(rng: Generator, series: int, rows: int, season: int, moving: bool) -> Floats:
    """Draw from the models of exponential smoothing with damped trends.

    Hyndman et al. (2008), Forecasting with Exponential Smoothing, the innovations state space
    model of ETS(A, Ad, A).
    """
    if rows > MOST_STEPWISE:
        return structural(rng, series, rows, season, moving)
    noise = np.ascontiguousarray(innovations(rng, series, rows).T)
    alpha = rng.choice([0.0, 1.0, 1.0], series) * rng.uniform(0.01, 1, series) ** (
        1 if moving else 2
    )
    beta = (
        alpha * (rng.random(series) < (0.7 if moving else 0.2)) * rng.uniform(0, 0.5, series) ** 2
    )
    damped = np.where(rng.random(series) < 0.6, rng.uniform(0.75, 1, series), 1.0)
    gamma = (rng.random(series) < 0.6) * rng.uniform(0, 0.5, series) * (1 - alpha)
    level = np.zeros(series)
    slope = rng.standard_normal(series) * np.exp(rng.uniform(-3.5, 1.2, series))
    slope *= 1.0 if moving else 0.1 * (rng.random(series) < 0.3)
    size = (
        log_uniform(rng, *_season_size(moving), series)[:, 0]
        * (rng.random(series) < 0.9)
        * (season > 1)
    )
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


def processes(rng: Generator, series: int, rows: int, season: int, moving: bool) -> Floats:
    """Add up Gaussian processes: smooth, nearly periodic, and white."""
    path = filters.smooth(rng, series, rows) * log_uniform(rng, 0.2, 5, series)
    path *= chosen(rng, 0.6, series) if not moving else 3.0
    if season > 1:
        size = chosen(rng, 0.85, series) * log_uniform(rng, 0.3, 10, series)
        path += size * filters.quasi_periodic(rng, series, rows, season)
        path += (
            chosen(rng, 0.4, series)
            * log_uniform(rng, 0.3, 5, series)
            * (seasons.seasonal(rng, series, rows, season))
        )
    return path + log_uniform(rng, 0.02, 2, series) * innovations(rng, series, rows)


def economic(rng: Generator, series: int, rows: int, season: int, moving: bool) -> Floats:
    """Draw logarithms of growing quantities: growth that changes, cycles, a season, small noise.

    Rates are those of a year, which is a season, or a row where there is none.
    """
    year = max(season, 1)
    mean = (0.04 + 0.08 * gaussian(rng, series, 1)) / year * (1 if moving else 0.3)
    keep = 1 - 1 / (year * log_uniform(rng, 1.0, 15, series))
    wander = log_uniform(rng, 0.005, 0.12, series) / year
    change = autoregression(gaussian(rng, series, rows) * np.sqrt(1 - keep**2), keep)
    path = np.cumsum(mean + wander * change, axis=1)
    steps = chosen(rng, 0.65, series) * log_uniform(rng, 0.003, 0.15, series) / np.sqrt(year)
    path += np.cumsum(steps * innovations(rng, series, rows), axis=1)
    path += chosen(rng, 0.2, series) * 0.3 * levels.shifts(rng, series, rows)
    path += chosen(rng, 0.3, series) * 0.1 * filters.smooth(rng, series, rows)
    noise = chosen(rng, 0.55, series) * log_uniform(rng, 0.002, 0.12, series)
    path += noise * innovations(rng, series, rows)
    if season > 1:
        size = chosen(rng, 0.85, series) * log_uniform(rng, 0.005, 0.4, series)
        path += size * seasons.seasonal(rng, series, rows, season)
    return path


FAMILIES = (structural, arima, smoothing, processes)
