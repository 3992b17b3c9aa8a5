"""What a regression learns from: normalised windows before rows, and what came after them."""

from dataclasses import dataclass, replace

import numpy as np

from forecast_rnn.baselines.simple import Rows, Values, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import lags, rows_to_newest
from forecast_rnn.data.panels.panel import Panel

CLIP = 8.0
"""Inputs and outcomes beyond this many sizes from the level are outliers and are cut there."""
_FEWEST_LAGS, _MOST_LAGS = 12, 336
_HOURS, _WEEK = 24, 7
_MOST_ROWS = 100_000
_ENOUGH_WINDOWS = 2_000
_FLOOR = 0.1
_SEED = 0


@dataclass(frozen=True, slots=True)
class Windows:
    """The last rows up to each origin.

    Attributes:
        values: Normalised, missing as NaN, [B, L].
        level: Mean of the last season, or of the window, NaN where it holds no value, [B, 1].
        size: Mean absolute deviation from the level, plus a floor, [B, 1].
    """

    values: Values
    level: Values
    size: Values

    def apart(self, values: Values) -> Values:
        """Return how many sizes values are from the level, outliers cut, [B, …]."""
        return _apart(values, self.level, self.size)


@dataclass(frozen=True, slots=True)
class Lags:
    """How windows of a panel are cut and normalised, and what may be learnt from.

    Attributes:
        panel: The series.
        task: Horizon and season.
        length: Rows of a window, L.
        until: The last row of each item at or before the first cutoff, which alone are learnt
            from; before its first row if there is none, [N].
        floor: Least size of a window, as a share of its mean absolute value.
    """

    panel: Panel
    task: Task
    length: int
    until: Rows
    floor: float = 0.0

    def at(self, rows: Rows, offsets: Rows) -> Values:
        """Return values so many rows from each origin, at most 0; NaN before the first, [B, S].

        Args:
            rows: Origins, [B].
            offsets: [S] or [B, S].
        """
        index = rows[:, None] + offsets
        inside = index >= self.panel.indptr[self.panel.item_of(rows)][:, None]
        return np.where(inside, self.panel.values[np.maximum(index, 0)], np.nan)

    def windows(self, rows: Rows) -> Windows:
        """Cut the windows that end at rows, [B]."""
        values = self.at(rows, np.arange(1 - self.length, 1))
        level = mean(values[:, -min(self.task.season_length, self.length) :])
        level = np.where(np.isnan(level), mean(values), level)
        size = mean(np.abs(values - level)) + self.floor * mean(np.abs(values))
        size = np.where(size > 0, size, 1.0)
        return Windows(_apart(values, level, size), level, size)

    def outcomes(self, rows: Rows, windows: Windows) -> Values:
        """Return how far what came true is from the seasonal naive, in sizes, [B, H].

        Missing as NaN, and so is what may not be learnt from.
        """
        ahead = rows[:, None] + np.arange(1, self.task.horizon + 1)
        inside = ahead <= self.until[self.panel.item_of(rows)][:, None]
        actual = np.where(inside, self.panel.values[np.where(inside, ahead, 0)], np.nan)
        usual = seasonal_naive(self.panel, rows, self.task)
        return np.clip((actual - usual) / windows.size, -CLIP, CLIP)

    def learnable(self, most: int) -> Rows:
        """Draw rows to learn from, at most so many, in order.

        The horizon after them may be learnt from; where there are no such rows, a part of it.
        """
        first = self.panel.indptr[:-1]
        count = np.maximum(self.until - self.task.horizon - first + 1, 0)
        if not count.any():
            count = np.maximum(self.until - first, 0)
        total = int(count.sum())
        size = min(most, _MOST_ROWS, total)
        drawn = np.random.default_rng(_SEED).choice(total, size, replace=False, shuffle=False)
        drawn.sort()
        end = np.cumsum(count)
        item = np.searchsorted(end, drawn, side="right")
        return np.asarray((first - end + count)[item] + drawn, dtype=np.int64)

    def lowest(self) -> float:
        """Return the least value that may be learnt from; infinite if there is none."""
        values, runs = self.panel.values, zip(self.panel.indptr, self.until + 1, strict=False)
        lowest = [np.fmin.reduce(values[first:end], initial=np.inf) for first, end in runs]
        return float(min(lowest, default=np.inf))


def lags_of(panel: Panel, rows: Rows, task: Task) -> Lags:
    """Choose windows for a panel; no value of any item after the first cutoff is read.

    One model forecasts from all origins, so that it may know nothing that came after the first
    of their cutoffs, whichever item the origin is of.

    Args:
        panel: The series.
        rows: Origins, [B].
        task: Horizon and season.
    """
    until = _last_before_cutoffs(panel, rows, task.horizon)
    known = until - panel.indptr[:-1] + 1
    typical = float(np.median(known[known > 0])) if known.any() else 0.0
    cut = Lags(panel, task, _window_length(task.season_length, typical), until)
    return replace(cut, floor=_floor(cut))


def _last_before_cutoffs(panel: Panel, rows: Rows, horizon: int) -> Rows:
    """Return the last row of each item at or before the first cutoff of some origins, [N]."""
    ends, before = panel.indptr[1:] - 1, panel.indptr[:-1] - 1
    if not len(rows):
        return before
    first = rows_to_newest(panel, rows, horizon).max()
    until = np.clip(ends + lags(panel, horizon) - first, before, ends)
    return np.asarray(until, dtype=np.int64)


def mean(values: Values) -> Values:
    """Average the observed values of each row, NaN without any, [B, 1]."""
    known = ~np.isnan(values)
    count = known.sum(axis=1, keepdims=True)
    total = np.where(known, values, 0).sum(axis=1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _window_length(season_length: int, typical: float) -> int:
    """Return the rows of a window: two seasons, or weeks and hours where there is history."""
    daily = season_length >= _HOURS and typical >= 3 * _WEEK * season_length
    seasons = _WEEK if daily or season_length == _WEEK else 2
    return min(max(seasons * season_length, _FEWEST_LAGS), _MOST_LAGS)


def _floor(cut: Lags) -> float:
    """Return a tenth of the usual size of a window, as a share of its mean absolute value."""
    rows = cut.learnable(_ENOUGH_WINDOWS)
    values = cut.at(rows, np.arange(1 - cut.length, 1))
    size = mean(np.abs(values - cut.windows(rows).level))
    moving = size > 0
    share = size[moving] / mean(np.abs(values))[moving]
    return _FLOOR * float(np.median(share)) if len(share) else _FLOOR


def _apart(values: Values, level: Values, size: Values) -> Values:
    return np.clip((values - level) / size, -CLIP, CLIP)
