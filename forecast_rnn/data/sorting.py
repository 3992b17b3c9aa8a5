"""Rows in order of item and time, the quicker the less they are out of it."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.stamps import Stamps

# A table of all places may be so much larger than there are rows.
_MOST_PLACES = 4


def sorted_rows(code: NDArray[np.int32], stamps: Stamps) -> NDArray[np.int64] | None:
    """Return the rows by item and time, equal ones as they come; None if they stand so.

    Args:
        code: The item of each row; every one from 0 has a row.
        stamps: The time of each row.
    """
    other = code[1:] != code[:-1]
    in_runs = np.count_nonzero(other) == int(code.max())
    if not in_runs or not (other | (stamps[1:] >= stamps[:-1])).all():
        return _sorted_singly(code, stamps)
    if (code[1:] >= code[:-1]).all():
        return None
    first = np.append(0, np.flatnonzero(other) + 1)
    # Each item is one run of rows in order of time: moving whole runs sorts all.
    by_code = np.argsort(code[first])
    lengths = np.diff(np.append(first, len(code)))[by_code]
    begins = np.cumsum(lengths) - lengths
    moved: NDArray[np.int64] = np.arange(len(code)) + np.repeat(first[by_code] - begins, lengths)
    return moved


def _sorted_singly(code: NDArray[np.int32], stamps: Stamps) -> NDArray[np.int64]:
    place, size = _places(code, stamps)
    if size <= _MOST_PLACES * len(code):
        row_at = np.full(size, -1, np.int32 if len(code) < 2**31 else np.int64)
        row_at[place] = np.arange(len(code), dtype=row_at.dtype)
        taken: NDArray[np.integer] = row_at[row_at != -1]
        # Of rows with the same place only one is left.
        if len(taken) == len(code):
            return taken.astype(np.int64)
    if size < 2**62:
        keys = pl.DataFrame({"place": place})
    else:
        keys = pl.DataFrame({"code": code, "stamp": stamps})
    by_time = keys.select(pl.arg_sort_by(keys.columns, maintain_order=True)).to_series()
    rows: NDArray[np.int64] = by_time.to_numpy().astype(np.int64)
    return rows


def _places(code: NDArray[np.int32], stamps: Stamps) -> tuple[NDArray[np.int64], int]:
    """Return a whole number for each row that grows with item and time, and how many there are.

    The times of an item have one for each step that divides all, from its first to its last.
    """
    since = stamps - stamps.min()
    since //= max(1, int(np.gcd.reduce(since)))
    begin = np.full(int(code.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(begin, code, since)
    end = np.zeros(len(begin), np.int64)
    np.maximum.at(end, code, since)
    spans = end - begin + 1
    if spans.astype(np.float64).sum() >= 2**62:
        return since, 2**62
    since += (np.cumsum(spans) - spans - begin)[code]
    return since, int(spans.sum())
