"""Values far from all before them, drawn in: one of a thousand sizes must not rule what follows."""

import numpy as np
import numpy.typing as npt

from forecast_rnn.prior.arrays import Floats, Ints

FARTHEST = 10.0
"""Sizes that a value may lie off the centre of the rows before it."""

PRECEDENT = 1.5
"""How many times as far as any before it a value may lie in any case."""

UNTOUCHED = 6
"""Rows, besides two seasons, in which a series is still getting known and nothing is drawn in."""

SIZE_ROWS = 32
"""Rows, at least, from which sizes are taken, besides four seasons."""

MOST_OVER = 0.25
"""Share of the plain mean of changes below which their size does not fall."""

CENTRE_ROWS = 6
"""Rows, at least, of which the centre of a series is the mean."""


def drawn_in(values: Floats, season: Ints) -> Floats:
    """Return values [B, N] with those drawn in that lie far from the rows before them.

    What is far is settled by the values as they are, so a new level is seen after a row or
    two, and what has happened once may happen again.

    Args:
        values: Without gaps.
        season: Rows in a season, [B].
    """
    rows = np.arange(values.shape[1])
    centre = trailing_mean(running(values), centre_width(season))
    before = np.maximum(rows - season[:, None], 0)
    change = np.abs(values - np.take_along_axis(values, before, axis=1))
    off = np.abs(values - centre)
    width = size_width(season)
    size = _trailing_size(off, width, np.ones_like(season)) + _trailing_size(change, width, season)
    limit = np.maximum(FARTHEST * size, PRECEDENT * np.maximum.accumulate(off, axis=1))
    limit[size == 0] = np.inf  # what never changed says nothing of how far a change goes
    known = rows[1:] >= 2 * season[:, None] + UNTOUCHED
    found = values.copy()
    near = values[:, 1:].clip(centre[:, :-1] - limit[:, :-1], centre[:, :-1] + limit[:, :-1])
    found[:, 1:] = np.where(known, near, values[:, 1:])
    return found


def running(addends: npt.NDArray[np.float64] | npt.NDArray[np.bool_]) -> Floats:
    """Return [B, N + 1]: sums of the first 0 … N columns."""
    sums = np.zeros((addends.shape[0], addends.shape[1] + 1))
    np.cumsum(addends, axis=1, out=sums[:, 1:])
    return sums


def trailing_mean(sums: Floats, width: Ints) -> Floats:
    """Return the mean over the last `width` [B] rows, or as many as there are, [B, N]."""
    ends = np.arange(1, sums.shape[1])
    starts = np.maximum(ends - width[:, None], 0)
    mean: Floats = (sums[:, 1:] - np.take_along_axis(sums, starts, axis=1)) / (ends - starts)
    return mean


def centre_width(season: Ints) -> Ints:
    """Return how many rows the centre is the mean of: whole seasons, and six rows or more."""
    return season * -(-CENTRE_ROWS // season)


def size_width(season: Ints) -> Ints:
    """Return how many rows sizes are taken from."""
    return np.maximum(4 * season, SIZE_ROWS)


def size_of(root: Floats, plain: Floats, count: Floats) -> Floats:
    """Return the size of changes by the sums of their roots and of themselves.

    The mean of roots, squared: one change a hundred times as large as the others adds a
    fifth to the size of a hundred, where it would double their mean. A series that seldom
    changes is held up by a share of the plain mean.
    """
    count = np.maximum(count, 1.0)
    root = np.maximum(root, 0.0) / count
    size: Floats = np.maximum(root * root, MOST_OVER * np.maximum(plain, 0.0) / count)
    return size


def _trailing_size(change: Floats, width: Ints, first: Ints) -> Floats:
    """Return the size of changes over the last rows, of which those from `first` count."""
    ends = np.arange(1, change.shape[1] + 1)
    starts = np.maximum(ends - width[:, None], first[:, None])
    counted = np.arange(change.shape[1]) >= first[:, None]
    change = np.where(counted, change, 0.0)
    starts = np.minimum(starts, ends)

    def total(addends: Floats) -> Floats:
        sums = running(addends)
        found: Floats = sums[:, 1:] - np.take_along_axis(sums, starts, axis=1)
        return found

    return size_of(total(np.sqrt(change)), total(change), (ends - starts).astype(float))
