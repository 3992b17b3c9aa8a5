"""Rows to series: which rows belong together, in which order, and which are double."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.stamps import Stamps, to_stamps
from forecast_rnn.data.table import Rows, counted, shown
from forecast_rnn.errors import DataError


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
    """

    items: pl.DataFrame
    order: NDArray[np.int64]
    indptr: NDArray[np.int64]
    times: pl.Series
    stamps: Stamps
    values: dict[str, NDArray[np.float64]]
    row: NDArray[np.int64] | None

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
        return "series " + shown("/".join(str(part) for part in self.items.row(item)))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Items, and the item of each row."""

    items: pl.DataFrame
    order: NDArray[np.int64]
    code: NDArray[np.int32]


def group(
    ids: pl.DataFrame, times: pl.Series, values: dict[str, NDArray[np.float64]]
) -> Series:
    """Bring rows into order by item and time."""
    stamps = to_stamps(times, local=False)
    groups = _groups(ids, stamps)
    code = groups.code
    lengths = np.bincount(code, minlength=len(groups.order))
    row = _sorting(code, stamps)
    if row is not None:
        times, stamps = times.gather(row), stamps[row]
        values = {name: column[row] for name, column in values.items()}
    bounds = np.append(0, np.cumsum(lengths)).astype(np.int64)
    return Series(groups.items, groups.order, bounds, times, stamps, values, row)


def _sorting(code: NDArray[np.int32], stamps: Stamps) -> NDArray[np.int64] | None:
    """Return the rows by item and time; None if they stand so."""
    same = code[1:] == code[:-1]
    if not (stamps[1:] >= stamps[:-1])[same].all():
        keys = pl.DataFrame({"code": code, "stamp": stamps})
        by_time = keys.select(pl.arg_sort_by("code", "stamp", maintain_order=True))
        return by_time.to_series().to_numpy().astype(np.int64)
    if (code[1:] >= code[:-1]).all():
        return None
    # Runs of rows of one item are in order of time: moving whole runs sorts all.
    first = np.append(0, np.flatnonzero(~same) + 1)
    by_code = np.argsort(code[first], kind="stable")
    if len(first) > len(np.unique(code[first])):
        return np.lexsort((stamps, code))
    lengths = np.diff(np.append(first, len(code)))[by_code]
    begins = np.cumsum(lengths) - lengths
    return np.arange(len(code)) + np.repeat(first[by_code] - begins, lengths)


def _groups(ids: pl.DataFrame, stamps: Stamps) -> _Groups:
    if not ids.width:
        return _Groups(ids, np.zeros(1, np.int64), np.zeros(len(stamps), np.int32))
    changes = ids.select(
        pl.any_horizontal(pl.all().ne_missing(pl.all().shift())).alias("change")
    ).to_series()
    first = np.flatnonzero(changes.to_numpy() | (np.arange(ids.height) == 0))
    runs = ids[first]
    seen = runs.unique(maintain_order=True)
    # Names of our own, for an id column may be called anything.
    seen.columns = [f"id_{number}" for number in range(seen.width)]
    ranked = seen.with_row_index("seen").sort(seen.columns, nulls_last=True)
    rank = np.empty(seen.height, np.int64)
    rank[ranked["seen"].to_numpy()] = np.arange(seen.height)
    in_blocks = len(first) == seen.height
    if in_blocks:
        run_code = rank
    else:
        numbered = seen.with_columns(pl.Series("rank", rank))
        runs.columns = seen.columns
        joined = runs.join(numbered, on=seen.columns, how="left", maintain_order="left")
        run_code = joined["rank"].to_numpy()
    code = np.repeat(run_code.astype(np.int32), np.diff(np.append(first, ids.height)))
    by_time = bool((stamps[1:] >= stamps[:-1]).all())
    order = rank if in_blocks or by_time else np.arange(seen.height)
    items = ranked.drop("seen")
    items.columns = ids.columns
    return _Groups(items, order, code)


def drop_duplicates(series: Series, rows: Rows) -> tuple[Series, tuple[str, ...]]:
    """Leave out rows that are there twice.

    Raises:
        DataError: two rows of a series have the same time but other values.
    """
    again = np.append(False, series.stamps[1:] == series.stamps[:-1])
    again[series.indptr[:-1]] = False
    if not again.any():
        return series, ()
    for name, column in series.values.items():
        before = np.append(np.nan, column[:-1])
        other = again & (column != before) & ~(np.isnan(column) & np.isnan(before))
        if other.any():
            raise _conflict(series, rows, name, int(np.flatnonzero(other)[0]))
    first = int(np.flatnonzero(again)[0])
    where = rows.where(series.input_row(first))
    count = int(np.count_nonzero(again))
    warning = f"{counted(count, 'exact duplicate row')} left out (first: {where})."
    return _without(series, again), (warning,)


def _without(series: Series, dropped: NDArray[np.bool_]) -> Series:
    kept = np.flatnonzero(~dropped)
    before = np.append(0, np.cumsum(dropped))
    return Series(
        series.items,
        series.order,
        (series.indptr - before[series.indptr]).astype(np.int64),
        series.times.gather(kept),
        series.stamps[kept],
        {name: column[kept] for name, column in series.values.items()},
        kept if series.row is None else series.row[kept],
    )


def _conflict(series: Series, rows: Rows, column: str, row: int) -> DataError:
    first, second = series.input_row(row - 1), series.input_row(row)
    values = series.values[column][row - 1], series.values[column][row]
    one, two = ("no value" if np.isnan(value) else f"{value:.15g}" for value in values)
    return DataError(
        f"{rows.name}: {series.name(series.item(row))} has two rows at {series.times[row]}: "
        f"{column} is {one} in {rows.where(first)} and {two} in {rows.where(second)}. Remove one "
        "of them; or, if another column tells series apart, name it with --id; or, if the clock "
        "was put back, write times with their UTC offset."
    )
