"""Rows at the end of a table that sum up the others, as reports have them."""

from dataclasses import replace

import numpy as np
import polars as pl

from forecast_rnn.data.columns.notation import find_notation, parts_of, read_parts
from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.words import shown

_WORDS = r"(?i)^\W*(grand |sub)?(totals?|sum|summe|gesamt|average|mean|count|somme|suma)\b"
_MOST = 3
_LARGE = 2.0


def without_totals(rows: Rows, time: str, target: str) -> Rows:
    """Leave out the last rows if they are totals, and warn of it.

    Such a row has a word for it instead of a time or beside it; or it has no time, and a value
    more than twice as large as any other.

    Args:
        rows: The input.
        time: The time column.
        target: A column of numbers.
    """
    cells = rows.frame[time]
    if cells.dtype != pl.String or len(cells) < 2:
        return rows
    last = rows.frame.tail(_MOST)
    large = _largest(rows.frame[target]).tail(_MOST)
    total = last[time].str.contains(_WORDS) | (is_missing(last[time]) & (_named(last) | large))
    # Only an unbroken run of such rows at the very end.
    count = int(total.reverse().cast(pl.Int8).cum_min().sum())
    if not count:
        return rows
    at = rows.frame.height - count
    words = " ".join(str(cell) for cell in rows.frame.row(at) if cell)
    warning = f"{rows.where(at)} sums up the others ({shown(words)}) and is left out."
    return replace(rows, frame=rows.frame.head(at), warnings=(*rows.warnings, warning))


def _named(frame: pl.DataFrame) -> pl.Series:
    texts = frame.select(pl.col(pl.String).fill_null("").str.contains(_WORDS))
    return texts.select(pl.any_horizontal(pl.all())).to_series()


def _largest(cells: pl.Series) -> pl.Series:
    """Tell which cell is far larger than all others."""
    values = cells.cast(pl.Float64, strict=False)
    if cells.dtype == pl.String:
        parts = parts_of(cells.str.strip_chars())
        values = read_parts(parts, find_notation(parts))
    sizes = values.abs().fill_null(0.0).to_numpy()
    largest = np.zeros(len(sizes), np.bool_)
    top, second = (int(place) for place in np.argsort(sizes)[[-1, -2]])
    largest[top] = sizes[top] > _LARGE * sizes[second] > 0
    return pl.Series(largest)
