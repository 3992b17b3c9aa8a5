"""Series as the prior reads them: filled from their own past, with running sums.

Every number that the network is told of a row is a gather or a difference of two running
sums, so one pass over a series serves an origin at each of its rows, and none sees what
comes after it.

Shapes: B series, N rows; series are aligned at their first row and padded behind their last.
"""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Flags, Floats, Ints
from forecast_rnn.prior.outliers import centre_width, drawn_in, running, trailing_mean


@dataclass(frozen=True, slots=True)
class History:
    """Series and what has been summed over them.

    Attributes:
        values: Filled, and drawn in where they lie far from all before, [B, N].
        actual: Filled, as they are, [B, N].
        observed: Which of them are not filled in, [B, N].
        season: Rows in a season, 1 when there is none, [B].
        second: Rows in the longer season, 0 when there is none, [B].
        sums: Running sums by name, [B, N + 1], each beginning with 0.
    """

    values: Floats
    actual: Floats
    observed: Flags
    season: Ints
    second: Ints
    sums: dict[str, Floats]


def prepare(values: Floats, season: Ints, second: Ints) -> History:
    """Fill missing values, draw in outliers, and add up what is needed later.

    A missing value takes the value of the season before, or the last one where there is
    none; those before the first observation take it, so leave such rows out.

    Args:
        values: [B, N], NaN where missing and behind the last row.
        season: Rows in a season, at least 1, [B].
        second: Rows in the second season, 0 for none, [B].
    """
    observed = np.isfinite(values)
    filled = values if observed.all() else fill(values, season)
    values = drawn_in(filled, season)
    history = History(values, filled, observed, season, second, {})
    _add_plain_sums(history)
    _add_changes(history)
    return history


def fill(values: Floats, season: Ints) -> Floats:
    """Return the values [B, N] with those that are missing taken from before."""
    series, rows = values.shape
    every = np.arange(rows)
    columns = np.broadcast_to(every, (series, rows))
    observed = np.isfinite(values)
    # Rows of one phase stand next to each other once ordered by it; the last observed one
    # before is a running maximum of places, cut off where the phase begins.
    phase = every % season[:, None]
    order = np.argsort(phase, axis=1, kind="stable")
    seen = np.take_along_axis(observed, order, axis=1)
    latest = np.maximum.accumulate(np.where(seen, every, -1), axis=1)
    phases = np.take_along_axis(phase, order, axis=1)
    begins = np.ones_like(seen)
    begins[:, 1:] = phases[:, 1:] != phases[:, :-1]
    begin = np.maximum.accumulate(np.where(begins, every, 0), axis=1)
    source = np.where(latest >= begin, np.take_along_axis(order, latest.clip(0), axis=1), -1)
    by_season = np.full((series, rows), -1)
    np.put_along_axis(by_season, order, source, axis=1)
    last = np.maximum.accumulate(np.where(observed, columns, -1), axis=1)
    first = np.where(observed.any(axis=1), observed.argmax(axis=1), 0)[:, None]
    taken = np.where(by_season >= 0, by_season, np.where(last >= 0, last, first))
    return np.nan_to_num(np.take_along_axis(values, taken, axis=1))


def _add_plain_sums(history: History) -> None:
    values, sums = history.values, history.sums
    sums["value"] = running(values)
    sums["size"] = running(np.abs(values))
    sums["zero"] = running(values == 0)
    sums["negative"] = running(values < 0)
    sums["observed"] = running(history.observed)


def _add_changes(history: History) -> None:
    """Add up roots of absolute changes, and the changes; a filled value counts as none."""
    values, sums = history.values, history.sums
    centre = trailing_mean(sums["value"], centre_width(history.season))
    _add_change(history, "centre", np.abs(values - centre), np.ones_like(history.season))
    for name, lag in (
        ("step", np.ones_like(history.season)),
        ("season", history.season),
        ("second", np.where(history.second > 0, history.second, values.shape[1])),
    ):
        before = np.maximum(np.arange(values.shape[1]) - lag[:, None], 0)
        change = np.abs(values - np.take_along_axis(values, before, axis=1))
        _add_change(history, name, change, lag)


def _add_change(history: History, name: str, change: Floats, first: Ints) -> None:
    counted = history.observed & (np.arange(change.shape[1]) >= first[:, None])
    change = np.where(counted, change, 0.0)
    history.sums[name] = running(change)
    history.sums[f"{name} root"] = running(np.sqrt(change))
    history.sums[f"{name} count"] = running(counted)
