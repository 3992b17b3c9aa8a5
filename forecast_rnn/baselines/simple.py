"""Forecasts that cost nothing: all series at once, missing values left out."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel

Rows = NDArray[np.int64]
Values = NDArray[np.float64]
BaselineFn = Callable[[Panel, Rows, Task], Values]


def naive(panel: Panel, rows: Rows, task: Task) -> Values:
    """Repeat the last observed value.

    y(T+h) = y(T). Hyndman and Athanasopoulos, Forecasting: Principles and Practice,
    3rd ed., section 5.2, https://otexts.com/fpp3/simple-methods.html

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    value = _value_at(panel, _last_observed(panel, rows, 1))
    return np.repeat(value[:, None], task.horizon, axis=1)


def seasonal_naive(panel: Panel, rows: Rows, task: Task) -> Values:
    """Repeat the last observed value of the same position in the season.

    y(T+h) = y(T + h - m·ceil(h/m)), m = season_length; one more season back where that
    is missing. Same source as `naive`, which stands in where a position of the season
    was never observed.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    return _value_at(panel, seasonal_source(panel, rows, task))


def drift(panel: Panel, rows: Rows, task: Task) -> Values:
    """Go on along the line from the first to the last observed value.

    y(T+h) = y(T) + h·(y(T) - y(1)) / (T - 1). Same source as `naive`. One observed value
    gives a flat line.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    newest = _last_observed(panel, rows, 1)
    oldest = np.minimum(_first_observed(panel)[panel.item_of(rows)], newest)
    rise = _value_at(panel, newest) - _value_at(panel, oldest)
    slope = rise / np.maximum(newest - oldest, 1)
    ahead = (rows - newest)[:, None] + np.arange(1, task.horizon + 1)
    return _value_at(panel, newest)[:, None] + slope[:, None] * ahead


def window_average(panel: Panel, rows: Rows, task: Task) -> Values:
    """Go on with the mean of the last season; without a season, of the last H rows.

    y(T+h) = mean of the values observed in the last m rows, m = season_length, or H where that
    is 1. The average method over a moving window: Hyndman and Athanasopoulos, same source as
    `naive`, which stands in where the window holds no value.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.
    """
    width = task.season_length if task.season_length > 1 else task.horizon
    first = np.maximum(rows + 1 - width, panel.indptr[panel.item_of(rows)])
    length = rows + 1 - first
    begin = np.cumsum(length) - length
    values = panel.values[np.arange(length.sum()) + np.repeat(first - begin, length)]
    known = ~np.isnan(values)
    # Each window on its own: differences of one running sum would blur small series.
    total = np.add.reduceat(np.where(known, values, 0), begin)
    count = np.add.reduceat(known, begin, dtype=np.int64)
    last = _value_at(panel, _last_observed(panel, rows, 1))
    mean = np.where(count > 0, total / np.maximum(count, 1), last)
    return np.repeat(mean[:, None], task.horizon, axis=1)


def seasonal_source(panel: Panel, rows: Rows, task: Task) -> Rows:
    """Find the rows whose values `seasonal_naive` repeats.

    Returns:
        [B, H]; -1 where nothing is observed up to the origin.
    """
    season = task.season_length
    step = np.arange(1, task.horizon + 1)
    position = rows[:, None] + (step - 1) % season + 1 - season
    inside = position >= panel.indptr[panel.item_of(rows)][:, None]
    source = np.where(inside, _last_observed(panel, np.maximum(position, 0), season), -1)
    return np.where(source < 0, _last_observed(panel, rows, 1)[:, None], source)


def _last_observed(panel: Panel, rows: Rows, season: int) -> Rows:
    """Find the last observed row among r, r - season, r - 2·season, … of the item of each row r.

    Returns:
        As the rows, [...]; -1 = none.
    """
    newest, absent = rows.copy(), np.isnan(panel.values[rows])
    if not absent.any():  # to look through all values takes memory, and many ask for few rows
        return newest
    missing = np.isnan(panel.values)
    gaps = np.flatnonzero(missing)
    # Where those that are missing lead, which as a rule are few.
    source = gaps - season
    source[source < panel.indptr[panel.item_of(gaps)]] = -1
    place = np.arange(len(gaps))
    # Each round looks twice as far back as the one before, so gaps of any length are quick.
    while len(place := place[(source[place] >= 0) & missing[source[place]]]):
        source[place] = source[np.searchsorted(gaps, source[place])]
    newest[absent] = source[np.searchsorted(gaps, rows[absent])]
    return newest


def _first_observed(panel: Panel) -> Rows:
    """Find the first observed row at or after the start of each item, [N]."""
    missing = np.append(np.isnan(panel.values), False)
    after = np.flatnonzero(missing[:-1] & ~missing[1:]) + 1
    first = panel.indptr[:-1].copy()
    absent = missing[first]
    first[absent] = after[np.searchsorted(after, first[absent], side="right")]
    return first


def _value_at(panel: Panel, rows: Rows) -> Values:
    """Read values; row -1 reads as NaN."""
    return np.where(rows < 0, np.nan, panel.values[np.maximum(rows, 0)])
