"""Rows to series: which rows belong together, in which order, and which are double."""

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.faults import LISTED, Faults, faults_error
from forecast_rnn.data.files.table import Plain, Rows
from forecast_rnn.data.hints import Duplicates
from forecast_rnn.data.series.naming import item_names
from forecast_rnn.data.series.numbering import number_items
from forecast_rnn.data.series.sorting import sorted_rows
from forecast_rnn.data.time.stamps import Stamps, to_stamps
from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError, Fault

# More than that are no slip: a column that names series is not known as such.
_MOST_DOUBLE = 0.1


PLAIN_IDS = Plain(pl.Categorical, lambda cells: cells)


@dataclass(frozen=True, slots=True)
class Series:
    """All rows, by item and then by time.

    Attributes:
        items: The id columns in canonical order, [N].
        order: Item numbers in the order in which output shows them, [N].
        indptr: Where the rows of each item begin, and the end of the last, [N + 1].
        times: Time of each row.
        stamps: The same in absolute microseconds since 1970; whole numbers as they are.
        values: The values of each target column, missing as NaN.
        row: Row of the input that each row was, or None if they are the same.
        covariates: The values of each covariate, as numbers.
    """

    items: pl.DataFrame
    order: NDArray[np.int64]
    indptr: NDArray[np.int64]
    times: pl.Series
    stamps: Stamps
    values: dict[str, NDArray[np.float64]]
    row: NDArray[np.int64] | None
    covariates: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def local_stamps(self) -> Stamps:
        """Return the stamps by the clock of the time zone."""
        if getattr(self.times.dtype, "time_zone", None) is None:
            return self.stamps
        return to_stamps(self.times, local=True)

    def input_row(self, row: int) -> int:
        """Return the row of the input."""
        return row if self.row is None else int(self.row[row])

    def item(self, row: int) -> int:
        """Return the item of a row."""
        return int(np.searchsorted(self.indptr, row, side="right")) - 1

    def name(self, item: int) -> str:
        """Return an item as messages call it."""
        if not self.items.width:
            return "the series"
        return "series " + shown(item_names(self.items)[item])


@dataclass(frozen=True, slots=True)
class Groups:
    """Which rows belong together.

    Attributes:
        items: The id columns in canonical order, [N].
        order: Item numbers in the order in which output shows them, [N].
        code: The item of each row of the input.
        stamps: The time of each row of the input, as in `Series`.
    """

    items: pl.DataFrame
    order: NDArray[np.int64]
    code: NDArray[np.int32]
    stamps: Stamps


def find_groups(ids: pl.DataFrame, times: pl.Series) -> Groups:
    """Find the items that the id columns name; no columns name a single one."""
    stamps = to_stamps(times, local=False)
    if not ids.width:
        return Groups(ids, np.zeros(1, np.int64), np.zeros(len(stamps), np.int32), stamps)
    numbered = number_items(ids)
    items = ids[numbered.seen].with_columns(pl.col(pl.Categorical).cast(pl.String))
    # Names of our own, for an id column may be called anything.
    items.columns = [f"id_{number}" for number in range(ids.width)]
    ranked = items.with_row_index("seen").sort(items.columns, nulls_last=True)
    # The inverse of the order: where each item as it came stands among the sorted ones.
    rank = np.empty(items.height, np.int64)
    rank[ranked["seen"].to_numpy()] = np.arange(items.height)
    code = rank.astype(np.int32)[numbered.item]
    by_time = bool((stamps[1:] >= stamps[:-1]).all())
    order = rank if numbered.in_blocks or by_time else np.arange(items.height)
    items = ranked.drop("seen")
    items.columns = ids.columns
    return Groups(items, order, code, stamps)


def group(
    groups: Groups,
    times: pl.Series,
    values: dict[str, NDArray[np.float64]],
    covariates: dict[str, NDArray[np.float64]],
) -> Series:
    """Bring rows into order by item and time."""
    lengths = np.bincount(groups.code, minlength=len(groups.order))
    bounds = np.append(0, np.cumsum(lengths)).astype(np.int64)
    row, stamps = sorted_rows(groups.code, groups.stamps), groups.stamps
    if row is not None:
        # One chunk and the index type of Polars, for looking up is what takes the time.
        times = times.rechunk().gather(pl.Series(row).cast(pl.get_index_type()))
        stamps = to_stamps(times, local=False)
        values = {name: column.take(row) for name, column in values.items()}
        covariates = {name: column.take(row) for name, column in covariates.items()}
    return Series(groups.items, groups.order, bounds, times, stamps, values, row, covariates)


def drop_duplicates(series: Series, rows: Rows) -> tuple[Series, tuple[str, ...]]:
    """Leave out rows that are there twice.

    Raises:
        DataError: two rows of a series have the same time but other values.
    """
    again = _again(series)
    if not again.any():
        return series, ()
    faults = Faults(rows.name)
    for name, column in (series.values | series.covariates).items():
        before = np.append(np.nan, column[:-1])
        other = again & (column != before) & ~(np.isnan(column) & np.isnan(before))
        if other.any():
            faults.add(_conflicts(series, rows, name, np.flatnonzero(other)))
    faults.refuse()
    first = int(np.flatnonzero(again)[0])
    where = rows.where(series.input_row(first))
    count = int(np.count_nonzero(again))
    if count > _MOST_DOUBLE * len(again):
        raise DataError(
            f"{rows.name}: {count:,} of {len(again):,} rows have the time and value of another "
            f"(first: {where}). If a column tells series apart, name it with --id; else remove "
            "them, or pass --duplicates last."
        )
    warning = f"{counted(count, 'exact duplicate row')} left out (first: {where})."
    return without_rows(series, again), (warning,)


def _again(series: Series) -> NDArray[np.bool_]:
    """Tell which rows have the id and the time of the row before."""
    again = np.append(False, series.stamps[1:] == series.stamps[:-1])
    again[series.indptr[:-1]] = False
    return again


def combine_duplicates(
    series: Series, rows: Rows, rule: Duplicates
) -> tuple[Series, tuple[str, ...]]:
    """Make one row of all rows with the same id and time.

    A sum, a mean or a maximum is that of the known values, and missing where there are none. The
    last row is the last in the input, even if its value is missing. Covariates are always those
    of the last row.
    """
    again = _again(series)
    if not again.any():
        return series, ()
    double = again | np.append(again[1:], False)
    where = rows.where(series.input_row(int(np.flatnonzero(double)[0])))
    before, after = int(double.sum()), int((double & ~again).sum())
    warning = (
        f"{before:,} rows that share id and time with another are combined into {after:,} by "
        f"--duplicates {rule} (first: {where})."
    )
    if rule == "last":
        return without_rows(series, np.append(again[1:], False)), (warning,)
    first = np.flatnonzero(~again)
    last = np.append(first[1:], len(again)) - 1
    return replace(
        without_rows(series, again),
        values={name: _reduced(column, first, rule) for name, column in series.values.items()},
        covariates={name: column[last] for name, column in series.covariates.items()},
    ), (warning,)


def _reduced(
    column: NDArray[np.float64], first: NDArray[np.int64], rule: Duplicates
) -> NDArray[np.float64]:
    """Return the sum, mean or greatest of each run of rows, missing where no value is known."""
    if rule == "max":
        greatest: NDArray[np.float64] = np.fmax.reduceat(column, first)
        return greatest
    known = np.add.reduceat(~np.isnan(column), first, dtype=np.int64)
    total = np.add.reduceat(np.nan_to_num(column), first)
    total[known == 0] = np.nan
    reduced: NDArray[np.float64] = total / np.maximum(known, 1) if rule == "mean" else total
    return reduced


def without_rows(series: Series, dropped: NDArray[np.bool_]) -> Series:
    """Return the series without some rows, [rows]."""
    kept = np.flatnonzero(~dropped)
    before = np.append(0, np.cumsum(dropped))
    return Series(
        series.items,
        series.order,
        # Each item begins as many rows earlier as were dropped before it.
        (series.indptr - before[series.indptr]).astype(np.int64),
        series.times.gather(kept),
        series.stamps[kept],
        {name: column[kept] for name, column in series.values.items()},
        kept if series.row is None else series.row[kept],
        {name: column[kept] for name, column in series.covariates.items()},
    )


def _conflicts(
    series: Series, rows: Rows, column: str, rows_at_fault: NDArray[np.int64]
) -> DataError:
    """Return the error of rows that have the time of the row before but another value."""
    second = rows_at_fault if series.row is None else series.row[rows_at_fault]
    faults, remedy = [], _one_of_two(series)
    for row in rows_at_fault[np.argsort(second, kind="stable")[:LISTED]]:
        before, where = (rows.where(series.input_row(place)) for place in (row - 1, row))
        one, two = _told(series, column, row - 1), _told(series, column, row)
        problem = (
            f"{series.name(series.item(row))} has two rows at {series.times[int(row)]}: {column} "
        )
        # What a covariate holds is not at hand here.
        problem += (
            f"in {before} is not that in {where}"
            if two is None
            else f"is {one} in {before} and {two} in {where}"
        )
        faults.append(Fault(where, column, two, problem, remedy))
    return faults_error(rows.name, faults, {column: len(rows_at_fault)})


def _one_of_two(series: Series) -> str:
    """Return the ways out of two rows at one time, with the columns taken for time and id."""
    ids = ", ".join(series.items.columns)
    return (
        "remove one of them, or pass --duplicates sum, mean, last or max; or, if another column "
        f"tells series apart, name it with --id (time is {series.times.name}, "
        f"{f'id is {ids}' if ids else 'there is no id'}); or, if the clock was put back, "
        "pass --timezone or write times with their UTC offset"
    )


def _told(series: Series, column: str, row: int) -> str | None:
    """Return a value of a target as messages show it."""
    if column not in series.values:
        return None
    value = series.values[column][row]
    return "no value" if np.isnan(value) else f"{value:.15g}"
