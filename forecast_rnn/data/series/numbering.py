"""Items as numbers: which rows have the same id."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Codes = NDArray[np.int32]

# A table of all codes may be so much larger than there are rows.
_MOST_CODES = 4
_BLOCK = 2**16


@dataclass(frozen=True, slots=True)
class Numbered:
    """Items numbered as they come.

    Attributes:
        item: The item of each row.
        seen: The first row of each item, [N].
        in_blocks: Whether the rows of each item stand together.
    """

    item: Codes
    seen: Numbers
    in_blocks: bool


def number_items(ids: pl.DataFrame) -> Numbered:
    """Number the rows that have the same values in all id columns."""
    # Numbers stand for texts: they compare faster.
    texts = ids.with_columns(pl.col(pl.String).cast(pl.Categorical))
    coded = texts.with_columns(pl.col(pl.Categorical).to_physical())
    # Names of our own, for an id column may be called anything.
    coded.columns = [f"id_{number}" for number in range(ids.width)]
    codes = _codes(coded)
    return _by_comparing(coded) if codes is None else _by_table(codes)


def _codes(coded: pl.DataFrame) -> Codes | None:
    """Return one small whole number for each row instead of all id columns, if that can be."""
    most = min(_MOST_CODES * coded.height, 2**31)
    codes, size = None, 1
    for column in coded:
        small = _small(column, most)
        if small is None:
            return None
        width = int(small.max()) + 1
        size *= width
        if size > most:
            return None
        # Columns are the digits of one number, each to the base of how many values it has.
        codes = small if codes is None else codes * np.int32(width) + small
    return codes


def _small(column: pl.Series, most: int) -> Codes | None:
    """Return whole numbers from 0 instead of the cells; None if they would not be small."""
    if not column.dtype.is_integer() or column.null_count():
        return None
    low, high = int(column.min() or 0), int(column.max() or 0)  # type: ignore[arg-type]
    if low >= 0 and high < most:
        return column.to_numpy().astype(np.int32)
    if high - low >= most or max(-low, high) > 2**62:
        return None
    return (column.cast(pl.Int64) - low).to_numpy().astype(np.int32)


def _by_table(codes: Codes) -> Numbered:
    change = codes[1:] != codes[:-1]
    count = int(np.count_nonzero(change)) + 1
    first = _begins(change) if count <= len(codes) / 4 else None
    runs = codes if first is None else codes[first]
    # The run at which each code is first seen; their number stands for a code never seen.
    begins = np.full(int(codes.max()) + 1, len(runs))
    for start in reversed(range(0, len(runs), _BLOCK)):
        block = runs[start : start + _BLOCK]
        # Of several values for one place NumPy keeps the last written, so runs go backwards
        # to leave the first run of each code.
        begins[block[::-1]] = np.arange(start + len(block) - 1, start - 1, -1)
    seen = np.sort(begins[begins < len(runs)])
    number = np.empty(len(begins), np.int32)
    number[runs[seen]] = np.arange(len(seen))
    rows = seen if first is None else first[seen]
    return Numbered(number[codes], rows, count == len(seen))


def _by_comparing(coded: pl.DataFrame) -> Numbered:
    change = coded.select(pl.any_horizontal(pl.all().ne_missing(pl.all().shift()))).to_series()
    first = _begins(change[1:].to_numpy())
    runs = coded[first]
    by_run = runs.with_row_index("run").unique(coded.columns, keep="first", maintain_order=True)
    joined = runs.join(
        by_run.with_row_index("item"),
        on=coded.columns,
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )
    item = np.repeat(
        joined["item"].to_numpy().astype(np.int32), np.diff(np.append(first, coded.height))
    )
    return Numbered(item, first[by_run["run"].to_numpy()], len(first) == by_run.height)


def _begins(change: NDArray[np.bool_]) -> Numbers:
    """Return the rows at which runs begin, of which rows differ from the one before."""
    return np.append(0, np.flatnonzero(change) + 1)
