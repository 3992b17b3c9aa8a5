"""Rows in order of item and time, the quicker the less they are out of it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.time.stamps import Stamps

# A table of all places may be so much larger than there are rows.
_MOST_PLACES = 4
_MOST_SIZE = 2**62
_BLOCK = 2**16


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
    # Counting on, moved within each run by how far it lay from where it goes.
    moved: NDArray[np.int64] = np.arange(len(code)) + np.repeat(first[by_code] - begins, lengths)
    return moved


@dataclass(frozen=True, slots=True)
class _Places:
    """A whole number for each row that grows with item and time.

    An item has one for each step that divides all times, from its first time to its last.

    Attributes:
        low: The first time of all.
        step: Divides all times since.
        base: Place of each item at the first time of all, [N].
        size: How many places there are.
    """

    low: int
    step: int
    base: Stamps
    size: int

    def of(self, code: NDArray[np.int32], stamps: Stamps) -> Stamps:
        places = stamps - self.low
        places //= self.step
        places += self.base[code]
        return places


def _sorted_singly(code: NDArray[np.int32], stamps: Stamps) -> NDArray[np.int64]:
    places = _find_places(code, stamps)
    if places.size <= _MOST_PLACES * len(code):
        row_at = np.full(places.size, -1, np.int32 if len(code) < 2**31 else np.int64)
        for block in _blocks(len(code)):
            rows = np.arange(block.start, block.stop, dtype=row_at.dtype)
            row_at[places.of(code[block], stamps[block])] = rows
        taken: NDArray[np.integer] = row_at[row_at != -1]
        # Of rows with the same place only one is left.
        if len(taken) == len(code):
            return taken.astype(np.int64)
    if places.size < _MOST_SIZE:
        keys = pl.DataFrame({"place": places.of(code, stamps)})
    else:
        keys = pl.DataFrame({"code": code, "stamp": stamps})
    by_time = keys.select(pl.arg_sort_by(keys.columns, maintain_order=True)).to_series()
    sorted_all: NDArray[np.int64] = by_time.to_numpy().astype(np.int64)
    return sorted_all


def _find_places(code: NDArray[np.int32], stamps: Stamps) -> _Places:
    low, high, step, count = int(stamps.min()), int(stamps.max()), 0, int(code.max()) + 1
    begin, end = np.full(count, high), np.full(count, low)
    if high - low >= _MOST_SIZE:
        return _Places(low, 1, begin, _MOST_SIZE)
    for block in _blocks(len(code)):
        step = int(np.gcd(step, np.gcd.reduce(stamps[block] - low)))
        np.minimum.at(begin, code[block], stamps[block])
        np.maximum.at(end, code[block], stamps[block])
    step = max(step, 1)
    begin, spans = (begin - low) // step, (end - begin) // step + 1
    if spans.astype(np.float64).sum() >= _MOST_SIZE:
        return _Places(low, step, begin, _MOST_SIZE)
    return _Places(low, step, np.cumsum(spans) - spans - begin, int(spans.sum()))


def _blocks(count: int) -> Iterator[slice]:
    """Yield parts of so many rows that stay in the processor's cache."""
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))
