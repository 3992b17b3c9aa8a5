"""Columns beside the target: their cells as numbers and names, on the grid of the items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.kinds import kind_of
from forecast_rnn.data.columns.numbers import parse_numbers
from forecast_rnn.data.faults import Faults, faults_error
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.words import counted, listed, shown
from forecast_rnn.errors import DataError

MOST_NAMES = 1000
"""Different names that a column may hold; more are no categories."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A covariate by row of the input.

    Attributes:
        values: Numbers, or places in `names`; missing as NaN, [rows].
        names: What a categorical column holds, in order; None for a column of numbers.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...] | None

    def series(self, values: NDArray[np.float64]) -> pl.Series:
        """Return values of this column as Float64 with NaN, or as Enum with null."""
        if self.names is None:
            return pl.Series(values)
        codes = pl.Series(values).fill_nan(None).cast(pl.UInt32)
        return pl.Series(self.names, dtype=pl.String).gather(codes).cast(pl.Enum(self.names))

    def text(self, value: float) -> str:
        """Return a value as messages show it."""
        if np.isnan(value):
            return "missing"
        return f"{value:.15g}" if self.names is None else shown(self.names[int(value)])


def parse_columns(
    rows: Rows, names: Sequence[str], hints: Hints
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Read covariates; without a word of the user a column is what most of its cells are.

    Raises:
        DataError: a cell of a column of numbers is none, or a column holds neither.
    """
    columns: dict[str, Column] = {}
    warnings: list[str] = []
    faults = Faults(rows.name)
    for name in names:
        cells = rows.frame[name]
        if cells.dtype.is_nested() or cells.dtype.is_temporal() or cells.dtype == pl.Binary:
            raise DataError(
                f"{rows.name}: column {shown(name)} is of type {cells.dtype}; a covariate holds "
                "numbers or names."
            )
        if name in hints.categorical or (name not in hints.numeric and _holds_names(cells)):
            columns[name] = _names(rows, name, cells)
        elif cells.dtype == pl.Boolean:
            columns[name] = Column(_with_nan(cells.cast(pl.Float64)), None)
        else:
            with faults.caught():
                numbers, doubts = _numbers(rows, name, hints)
                warnings += doubts
                columns[name] = Column(_with_nan(numbers), None)
    faults.refuse()
    return columns, tuple(warnings)


def _holds_names(cells: pl.Series) -> bool:
    if cells.dtype in (pl.Categorical, pl.Enum):
        return True
    return cells.dtype == pl.String and kind_of(cells) in {"text", "time"}


def _numbers(rows: Rows, name: str, hints: Hints) -> tuple[pl.Series, tuple[str, ...]]:
    """Read a column of numbers; unless the user says so, it may hold names after all."""
    cells = rows.frame[name]
    if cells.dtype in (pl.Categorical, pl.Enum):
        rows = replace(rows, frame=pl.DataFrame({name: cells.cast(pl.String)}))
    try:
        return parse_numbers(rows, name, hints)
    except DataError as error:
        if name in hints.numeric or not error.faults:
            raise
        way = f"; or pass --categorical {name} if it holds names"
        faults = [replace(fault, remedy=fault.remedy + way) for fault in error.faults]
        raise faults_error(rows.name, faults, error.counts) from None


def _with_nan(numbers: pl.Series) -> NDArray[np.float64]:
    values: NDArray[np.float64] = numbers.fill_null(float("nan")).to_numpy(writable=True)
    return values


def _names(rows: Rows, name: str, cells: pl.Series) -> Column:
    if cells.dtype.is_float() and (cells.fill_nan(None).drop_nulls() % 1 == 0).all():
        # A column of whole numbers with gaps often comes as floats: 1.0 is the name 1.
        cells = cells.fill_nan(None).cast(pl.Int64, strict=False)
    texts = cells.cast(pl.String).str.strip_chars()
    # `none` or `NA` may be the name of something; only an empty cell holds no name.
    texts = texts.set(texts == "", None)
    names = texts.drop_nulls().unique().sort()
    if len(names) > MOST_NAMES:
        raise DataError(
            f"{rows.name}: column {shown(name)} holds {len(names):,} different names (first: "
            f"{shown(names[0])}); a categorical column may hold {MOST_NAMES:,}. Group them, or "
            "leave the column out."
        )
    codes = texts.cast(pl.Enum(names)).to_physical().cast(pl.Float64)
    return Column(_with_nan(codes), tuple(names))


@dataclass(frozen=True, slots=True)
class Covariates:
    """The covariates of all items; those known into the future go on after an item's last row.

    Attributes:
        static: Columns that stay the same within an item, [N].
        frame: All other columns: Float64 with NaN, or Enum with null, [rows].
        first: Where each item's first row stands in `frame`, [N]; items may share rows.
        lengths: How many rows each item has there, at least as many as in the panel, [N].
    """

    static: pl.DataFrame
    frame: pl.DataFrame
    first: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def take(self, items: NDArray[np.int64], skipped: NDArray[np.int64]) -> "Covariates":
        """Return those of other items, each like one of these but for skipped first rows."""
        return Covariates(
            rows_of(self.static, items),
            self.frame,
            self.first[items] + skipped,
            self.lengths[items] - skipped,
        )

    def compact(self) -> "Covariates":
        """Return the same with rows of its own for every item, in order."""
        ends = np.cumsum(self.lengths)
        first = ends - self.lengths
        rows = np.arange(int(ends[-1]) if len(ends) else 0)
        # Counting on, moved within each item by how far its rows lie from where they go.
        rows += np.repeat(self.first - first, self.lengths)
        return replace(self, frame=rows_of(self.frame, rows), first=first)


def rows_of(frame: pl.DataFrame, index: NDArray[np.int64]) -> pl.DataFrame:
    """Return rows of a frame, which without columns has none."""
    return frame[index] if frame.width else frame


def fixed_columns(
    series: Series, columns: Mapping[str, Column], static: Sequence[str], rows: Rows
) -> tuple[pl.DataFrame, Series]:
    """Return what stays the same within each series, [N], and the series without it.

    Raises:
        DataError: a static column has two values in one series.
    """
    first = series.indptr[:-1]
    fixed = {}
    for name in static:
        values = series.covariates[name]
        low, high = np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)
        if (low < high).any():
            raise _not_static(series, columns[name], name, rows)
        fixed[name] = columns[name].series(low)
    varying = {name: values for name, values in series.covariates.items() if name not in static}
    return pl.DataFrame(fixed), replace(series, covariates=varying)


def _not_static(series: Series, column: Column, name: str, rows: Rows) -> DataError:
    values = series.covariates[name]
    first = series.indptr[:-1]
    low, high = np.fmin.reduceat(values, first), np.fmax.reduceat(values, first)
    item = int(np.flatnonzero(low < high)[0])
    item_values = values[series.indptr[item] : series.indptr[item + 1]]
    at = [
        series.input_row(int(first[item] + np.argmax(item_values == end)))
        for end in (low[item], high[item])
    ]
    return DataError(
        f"{rows.name}: {series.name(item)} has {column.text(low[item])} in {rows.where(at[0])} and "
        f"{column.text(high[item])} in {rows.where(at[1])} of static column {shown(name)}, which "
        "must stay the same within a series; pass it with --past or --known instead."
    )


def about_missing(
    series: Series, static: pl.DataFrame, schema: Schema, rows: Rows
) -> tuple[str, ...]:
    """Count the missing values of covariates, and say where the first is.

    Args:
        series: The rows, without those that are about the future.
        static: What stays the same within each series, [N].
        schema: The roles of columns.
        rows: The input, for messages.
    """
    warnings = []
    for column in static:
        absent = column.is_nan() if column.dtype == pl.Float64 else column.is_null()
        missing = np.flatnonzero(absent.to_numpy())
        if len(missing):
            warnings.append(
                f"column {column.name} has no value in {counted(len(missing), 'series')} (first: "
                f"{series.name(int(missing[0]))}), taken as not known."
            )
    for name in (*schema.past, *schema.known):
        missing = np.flatnonzero(np.isnan(series.covariates[name]))
        if len(missing):
            first = int(missing[0] if series.row is None else series.row[missing].min())
            warnings.append(
                f"column {name} has {counted(len(missing), 'missing value')} (first: "
                f"{rows.where(first)}), taken as not known."
            )
    return tuple(warnings)


def on_grid(
    columns: Mapping[str, Column],
    values: Mapping[str, NDArray[np.float64]],
    place: NDArray[np.int64] | None,
    indptr: NDArray[np.int64],
) -> pl.DataFrame:
    """Lay columns on the grid of the items; a gap holds nothing.

    Args:
        columns: What each holds.
        values: By item and time, [rows].
        place: Where each row stands on the grid; None if there are no gaps.
        indptr: Where the grid of each item begins, and the end of the last, [N + 1].
    """
    laid = {}
    for name, column in values.items():
        full = column
        if place is not None:
            full = np.full(indptr[-1], np.nan)
            full[place] = column
        laid[name] = columns[name].series(full)
    return pl.DataFrame(laid)


def check_leaks(columns: Mapping[str, Column], target: NDArray[np.float64]) -> tuple[str, ...]:
    """Warn of a column of numbers that is the target itself.

    Args:
        columns: The covariates that vary within a series.
        target: By row of the input, [rows].
    """
    same = []
    for name, column in columns.items():
        both = ~np.isnan(column.values) & ~np.isnan(target)
        pairs = column.values[both], target[both]
        if column.names is None and len(pairs[0]) > 2 and np.array_equal(*pairs):
            same.append(shown(name))
    if not same:
        return ()
    return (
        f"covariate {listed(same, _SHOWN)} is identical to target: a copy of what is to be "
        "forecast is not known in time, and the scores below mean nothing. Leave it out.",
    )
