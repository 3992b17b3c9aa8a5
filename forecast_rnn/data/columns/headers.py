"""Rows below the header that go on with it: tickers, units, descriptions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from forecast_rnn.data.columns.kinds import kind_of
from forecast_rnn.data.columns.notation import looks_numeric
from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.files.table import Plain, Rows, Table
from forecast_rnn.data.words import counted, shown

_MOST = 3
_BELOW = 50


def without_headers(table: Table) -> tuple[Table, tuple[str, ...]]:
    """Leave out the first rows of a text if they hold words where those below hold numbers."""
    count = _further(table.sample)
    if not count:
        return table, ()
    words = " ".join(cell for cell in table.sample.row(0) if cell)
    warning = (
        f"{counted(count, 'row')} below the header hold words where the others hold numbers "
        f"({shown(words)}), and are left out as further headers."
    )

    def load(columns: Sequence[str], plain: Mapping[str, Plain]) -> Rows:
        rows = table.load(columns, plain)
        return replace(rows, frame=rows.frame[count:], where=lambda row: rows.where(row + count))

    return Table(table.name, table.sample[count:], load), (warning,)


def _further(sample: pl.DataFrame) -> int:
    """Return how many of the first rows are further headers."""
    if any(column.dtype != pl.String for column in sample) or sample.height <= _MOST + 1:
        return 0
    below = sample[_MOST : _MOST + _BELOW]
    kinds = {column.name: kind_of(column) for column in below}
    filled = [name for name, kind in kinds.items() if kind in {"number", "time"}]
    if "number" not in kinds.values() or len(filled) < 2:
        return 0
    count = 0
    while count < _MOST and _is_header(sample.select(filled)[count]):
        count += 1
    return count


def _is_header(row: pl.DataFrame) -> bool:
    """Tell whether no cell of a row is a number or a time, and some are there."""
    cells = pl.Series([cell or "" for cell in row.row(0)], dtype=pl.String).str.strip_chars()
    present = cells.filter(~is_missing(cells))
    if not len(present) or looks_numeric(present).any():
        return False
    return all(kind_of(present[place : place + 1]) == "text" for place in range(len(present)))
