"""Naive2: the naive forecast of a series without its season, by which the M4 competition scores."""

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.baselines.simple import Rows, Values, naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel

_CONFIDENCE = 1.645  # of a season, 90 % two-sided
_SEASONS_NEEDED = 3
_MOST_NUMBERS = 200_000
"""Values of histories that are held at a time."""


def naive2(panel: Panel, rows: Rows, task: Task) -> Values:
    """Repeat the last value without its seasonal index, times the index of the step ahead.

    y(T+h) = y(T) / s(T) · s(T+h), where s are the indices of the classical multiplicative
    decomposition; without a season it is the naive forecast. There is one if three seasons are
    known and the autocorrelation r(m) is beyond 1.645·√((1 + 2·Σ r(k)², k < m) / T). Makridakis,
    Spiliotis and Assimakopoulos (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014,
    section 2, as in the organisers' code, https://github.com/Mcompetitions/M4-methods. Missing
    values are left out; series with values that are not positive have no multiplicative season.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    forecasts = naive(panel, rows, task)
    length = rows + 1 - panel.indptr[panel.item_of(rows)]
    seasonal = (length >= _SEASONS_NEEDED * task.season_length) & (task.season_length > 1)
    for origins in _portions(np.flatnonzero(seasonal), length):
        history = _histories(panel, rows[origins], length[origins])
        index = _seasonal_indices(history, task.season_length)
        has_season = _has_season(history, task.season_length) & np.isfinite(index).all(axis=1)
        kept = origins[has_season]
        ahead = length[kept, None] + np.arange(task.horizon)
        newest = history.shape[1] - 1 - np.argmax(~np.isnan(history[has_season, ::-1]), axis=1)
        now = np.take_along_axis(index[has_season], newest[:, None] % task.season_length, axis=1)
        future = np.take_along_axis(index[has_season], ahead % task.season_length, axis=1)
        forecasts[kept] *= future / now
    return forecasts


def _portions(origins: Rows, length: Rows) -> list[Rows]:
    """Split origins into portions of like lengths that fit into memory."""
    by_length = origins[np.argsort(length[origins], kind="stable")]
    numbers = np.cumsum(length[by_length]) // _MOST_NUMBERS
    return np.split(by_length, np.flatnonzero(np.diff(numbers)) + 1) if len(origins) else []


def _histories(panel: Panel, rows: Rows, length: Rows) -> Values:
    """Return the values up to each origin from the first on, NaN after them, [B, L]."""
    place = np.arange(int(length.max()))
    start = rows + 1 - length
    inside = place < length[:, None]
    return np.where(inside, panel.values[np.where(inside, start[:, None] + place, 0)], np.nan)


def _has_season(history: Values, season_length: int) -> NDArray[np.bool_]:
    """Tell whether the autocorrelation at the season is more than chance, [B]."""
    known = ~np.isnan(history)
    count = np.maximum(known.sum(axis=1), 1)
    positive = np.where(known, history, np.inf).min(axis=1) > 0
    level = np.where(known, history, 0).sum(axis=1) / count
    apart = np.where(known, history - level[:, None], 0)
    variance = (apart**2).sum(axis=1)
    moving = variance > 0
    size = 2 ** int(history.shape[1] + season_length - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(apart, size)) ** 2
    products = np.fft.irfft(spectrum, size)[:, 1 : season_length + 1]
    correlation = products / np.where(moving, variance, 1)[:, None]
    limit = _CONFIDENCE * np.sqrt((1 + 2 * (correlation[:, :-1] ** 2).sum(axis=1)) / count)
    beyond = np.abs(correlation[:, -1]) > limit
    return np.asarray(beyond & moving & positive, dtype=np.bool_)


def _seasonal_indices(history: Values, season_length: int) -> Values:
    """Return the mean ratio of the values of each position to the moving average, [B, m].

    The average is centred and spans a season, half a value at each end if that is even; the
    indices of a season have the mean 1. NaN for positions without a ratio.
    """
    half = season_length // 2
    trend = _moving_average(history, season_length)
    if season_length % 2 == 0:
        trend = (trend[:, 1:] + trend[:, :-1]) / 2
    count, length = history.shape
    seasons = -(-length // season_length)
    ratio = np.full((count, seasons * season_length), np.nan)
    middle = slice(half, length - half)
    np.divide(history[:, middle], trend, out=ratio[:, middle], where=trend > 0)
    by_position = ratio.reshape(count, seasons, season_length)
    known = ~np.isnan(by_position)
    ratios = known.sum(axis=1)
    total = np.where(known, by_position, 0).sum(axis=1)
    index: Values = np.where(ratios > 0, total / np.maximum(ratios, 1), np.nan)
    return np.asarray(index / index.mean(axis=1, keepdims=True), dtype=np.float64)


def _moving_average(history: Values, width: int) -> Values:
    """Return the mean of each run of values, NaN where one is missing, [B, L - width + 1]."""
    known = ~np.isnan(history)
    before = ((0, 0), (1, 0))
    sums = np.cumsum(np.pad(np.where(known, history, 0), before), axis=1)
    count = np.cumsum(np.pad(known.astype(np.int64), before), axis=1)
    full = count[:, width:] - count[:, :-width] == width
    return np.where(full, (sums[:, width:] - sums[:, :-width]) / width, np.nan)
