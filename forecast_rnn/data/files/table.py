"""A file before its columns have roles: names, the first rows, and a way to read the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from forecast_rnn.data.words import shown
from forecast_rnn.errors import DataError


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns read in full.

    Attributes:
        name: What messages call the input.
        frame: The columns; those of a text file are String unless they were converted.
        where: Says where a row of the frame stands in the input: `line 37`.
        warnings: What was put right on the way, one sentence each.
        typed: Whether columns come with types, as in Parquet, and not as text.
        decimal_comma: Whether `;` separates columns, so that a comma is a decimal sign.
    """

    name: str
    frame: pl.DataFrame
    where: Callable[[int], str]
    warnings: tuple[str, ...] = ()
    typed: bool = False
    decimal_comma: bool = False

    def place(self, row: int, column: str) -> str:
        """Return where a cell stands: `data.csv line 37, column ds`."""
        return f"{self.name} {self.where(row)}, column {column}"


@dataclass(frozen=True, slots=True)
class Plain:
    """How a text column is read if all its cells are plain, which spares time and memory.

    Attributes:
        dtype: What the parser makes of the cells; it may fail.
        convert: Makes values of that, or None if any cell needs a closer look.
    """

    dtype: type[pl.DataType]
    convert: Callable[[pl.Series], pl.Series | None]


@dataclass(frozen=True, slots=True)
class Table:
    """An input whose columns have no roles yet.

    Attributes:
        name: What messages call the input.
        sample: The first rows of all columns.
        load: Reads the named columns in full; text columns that may be plain come out
            converted if all of them are.
    """

    name: str
    sample: pl.DataFrame
    load: Callable[[Sequence[str], Mapping[str, Plain]], Rows]


def column_names(header: Sequence[str], where: str) -> list[str]:
    """Return a name for every column; a column without one is called by its place.

    Raises:
        DataError: two have the same.
    """
    seen: dict[str, int] = {}
    for position, field in enumerate(header, start=1):
        if field and field in seen:
            raise DataError(
                f"{where}: columns {seen[field]} and {position} are both named {shown(field)}; "
                "rename one."
            )
        seen[field] = position
    return [field or f"column_{position}" for position, field in enumerate(header, start=1)]


def row_number(row: int) -> str:
    """Return where a row stands in an input without lines."""
    return f"row {row + 1}"
