"""The rows after the last of each item: which are needed, and what is known of them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.columns.times import Times
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.covariates import Column, Covariates
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.time.stamps import to_stamps
from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError

ITEM, STEP = "item", "step"
_ESCAPED = "^'([=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20])"


def future_frame(panel: Panel, horizon: int) -> pl.DataFrame:
    """Return the rows that a forecast of each item is for, those of an item together.

    There is none for an item without any value.

    Returns:
        Columns `item`, `step` from 1, and `time`, in the order in which output shows items.
    """
    has_values = np.zeros(len(panel.order), np.bool_)
    has_values[panel.item_of(np.flatnonzero(~np.isnan(panel.values)))] = True
    order = panel.order[has_values[panel.order]]
    items = np.repeat(order, horizon)
    steps = np.tile(np.arange(1, horizon + 1), len(order))
    position = panel.lengths()[items] - 1 + steps
    return pl.DataFrame(
        {
            ITEM: items,
            STEP: steps,
            "time": panel.timestamps(pl.Series(items), pl.Series(position)),
        }
    )


def rows_ahead(panel: Panel) -> NDArray[np.int64]:
    """Return for how many rows after its last one the known columns of each item go on, [N]."""
    if panel.covariates is None:
        return np.zeros(len(panel.order), np.int64)
    return panel.covariates.lengths - panel.lengths()


def trailing(series: Series) -> NDArray[np.bool_]:
    """Tell which rows come after the last value of any target of their series, [rows]."""
    observed = np.zeros(len(series.stamps), np.bool_)
    for column in series.values.values():
        observed |= ~np.isnan(column)
    # The greatest place in a series that holds a value is its last; -1 where none does.
    place = np.where(observed, np.arange(len(observed)), -1)
    last = np.maximum.reduceat(place, series.indptr[:-1])
    late: NDArray[np.bool_] = np.arange(len(observed)) > np.repeat(last, np.diff(series.indptr))
    return late & np.repeat(last >= 0, np.diff(series.indptr))


def cut_future(panel: Panel) -> Panel:
    """End each item at its last value: rows after it are about the future.

    Their known columns stay. An item without any value keeps one row, without a value.
    """
    observed = ~np.isnan(panel.values)
    position = np.arange(len(observed)) - np.repeat(panel.indptr[:-1], panel.lengths())
    last = np.maximum.reduceat(np.where(observed, position, 0), panel.indptr[:-1])
    indptr = np.append(0, np.cumsum(last + 1)).astype(np.int64)
    # Counting on, moved within each item by how far it lay behind where it lies now.
    kept = np.arange(indptr[-1]) + np.repeat(panel.indptr[:-1] - indptr[:-1], last + 1)
    return replace(panel, values=panel.values[kept], indptr=indptr)


def known_ahead(panel: Panel, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the known columns of the rows of a future frame, null where nothing is known."""
    covariates = panel.covariates
    assert covariates is not None
    items = wanted[ITEM].to_numpy()
    position = panel.lengths()[items] - 1 + wanted[STEP].to_numpy()
    there = position < covariates.lengths[items]
    index = np.where(there, covariates.first[items] + position, 0)
    cells = covariates.frame.select(panel.schema.known)[index]
    return cells.select(pl.when(pl.Series(there)).then(pl.all())).fill_nan(None)


def known_steps(panel: Panel, horizon: int) -> int:
    """Return for how many steps ahead of every item all known columns are known.

    That is the horizon where nothing has to be known, and 0 where no known column goes on
    after the newest value of any item.

    Raises:
        DataError: they end at different steps, or rows in between are missing.
    """
    if not panel.schema.known:
        return horizon
    wanted = future_frame(panel, horizon)
    complete = _complete(known_ahead(panel, wanted))
    if not (complete & _beyond(panel, wanted)).any():
        return 0
    return _common_steps(panel, wanted, complete, "the data")


def _complete(cells: pl.DataFrame) -> NDArray[np.bool_]:
    return cells.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()


def _beyond(panel: Panel, wanted: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows of a future frame are later than the last row of every item."""
    items = pl.Series(wanted[ITEM].unique())
    last = panel.timestamps(items, pl.Series(panel.lengths()[items.to_numpy()] - 1))
    later: pl.Series = wanted["time"] > last.sort()[-1]
    return later.to_numpy()


def _common_steps(
    panel: Panel, wanted: pl.DataFrame, complete: NDArray[np.bool_], name: str
) -> int:
    """Return the steps from the first on that are complete, the same for every item."""
    by_item = complete.reshape(wanted[ITEM].n_unique(), -1)
    steps = int(by_item[0].sum())
    if steps and by_item[:, :steps].all() and not by_item[:, steps:].any():
        return steps
    raise _lacking(panel, wanted, complete, name)


def _lacking(
    panel: Panel, wanted: pl.DataFrame, complete: NDArray[np.bool_], name: str
) -> DataError:
    lacking = wanted.filter(pl.Series(~complete))
    where = _place_of(panel, lacking)
    return DataError(
        f"{name} lacks {lacking.height:,} of the {counted(wanted.height, 'row')} of known columns "
        f"after the last of {counted(lacking[ITEM].n_unique(), 'series')} (first: {where}). Give a "
        "row for each; `forecast-rnn future` writes them as a template."
    )


def _place_of(panel: Panel, wanted: pl.DataFrame) -> str:
    """Return series and time of the first row of a future frame."""
    first = wanted.row(0, named=True)
    where = f"at {format_times(wanted['time'].head(1), panel.schema)[0]}"
    return f"series {shown(panel.names()[first[ITEM]])} {where}" if panel.items.width else where


def with_future(
    panel: Panel, rows: Rows, times: Times, columns: Mapping[str, Column], horizon: int
) -> tuple[Panel, tuple[str, ...]]:
    """Take in the known columns of rows after the last of each item.

    Rows that the input does not have are those of the panel, if it has them: an item may
    end before others, up to whose end its known columns are in the data.

    Args:
        panel: The series.
        rows: The input, for its ids and for messages.
        times: Its time column.
        columns: Its known columns.
        horizon: Rows of each item that a forecast is for; others are ignored.

    Raises:
        DataError: rows that are needed are not there, or twice, or hold nothing.
    """
    wanted = future_frame(panel, horizon)
    place = _places(panel, wanted, rows, times)
    given = place >= 0
    if not given.any():
        raise _lacking(panel, wanted, given, rows.name)
    before = known_ahead(panel, wanted)
    steps = _common_steps(panel, wanted, given | _complete(before), rows.name)
    needed = (wanted[STEP] <= steps).to_numpy()
    for name, column in columns.items():
        empty = needed & given & np.isnan(column.values[place])
        if empty.any():
            raise _empty(panel, wanted.filter(empty), rows.place(int(place[empty][0]), name))
    unused = rows.frame.height - len(np.unique(place[given]))
    warnings = (
        (f"{rows.name}: {counted(unused, 'row')} ignored that no forecast is for.",)
        if unused
        else ()
    )
    # Where no row was given the place is -1, which takes the value known before.
    ahead = pl.DataFrame([_overlaid(before[name], c, place) for name, c in columns.items()])
    # By number of the item, as in the panel, and not as output shows items.
    by_item = np.argsort(wanted[ITEM].to_numpy(), kind="stable")
    by_item = by_item[needed[by_item]]
    return _appended(panel, ahead[by_item], wanted[ITEM].to_numpy()[by_item]), warnings


def _empty(panel: Panel, wanted: pl.DataFrame, place: str) -> DataError:
    return DataError(
        f"{place}: the value is missing ({_place_of(panel, wanted)}; "
        f"{counted(wanted.height, 'such row')}). Fill it in: a known column must be known for "
        "every step of the forecast."
    )


def _overlaid(before: pl.Series, column: Column, place: NDArray[np.int64]) -> pl.Series:
    """Return the cells of a column at places, or those before where the place is -1."""
    kind = pl.Float64 if column.names is None else pl.String
    given = column.series(column.values).cast(kind).gather(np.maximum(place, 0))
    both: pl.Series = given.zip_with(pl.Series(place >= 0), before.cast(kind))
    return both.alias(before.name)


def _places(panel: Panel, wanted: pl.DataFrame, rows: Rows, times: Times) -> NDArray[np.int64]:
    """Return the row of the input for each row wanted, -1 where there is none."""
    schema = panel.schema
    _check_kind(panel, rows, times)
    ids = schema.given_ids
    keys = [f"id_{number}" for number in range(len(ids))]
    named = list(zip(ids, keys, strict=True))
    keyed = rows.frame.select(_key(name).alias(key) for name, key in named)
    # Without id columns there is no frame whose length the stamps could have.
    given = pl.DataFrame([*keyed, pl.Series("stamp", to_stamps(times.values, local=False))])
    given = given.with_row_index("row")
    double = given.select(pl.struct(*keys, "stamp").is_duplicated()).to_series()
    if double.any():
        raise DataError(
            f"{rows.name}: {rows.where(int(double.arg_max() or 0))} has the id and time of another "
            "row; remove one of them."
        )
    items = panel.items.select(_key(name).alias(key) for name, key in named)
    stamps = pl.Series("stamp", to_stamps(wanted["time"], local=False))
    asked = items[wanted[ITEM]].with_columns(stamps) if keys else pl.DataFrame({"stamp": stamps})
    joined_rows = asked.join(given, on=[*keys, "stamp"], how="left", maintain_order="left")
    return joined_rows["row"].cast(pl.Int64).fill_null(-1).to_numpy()


def _key(name: str) -> pl.Expr:
    """Return an id as text; a template in CSV has a ' before what a spreadsheet would run."""
    return pl.col(name).cast(pl.String).str.replace(_ESCAPED, "$1")


def _check_kind(panel: Panel, rows: Rows, times: Times) -> None:
    """Refuse times that cannot be those of the series."""
    schema = panel.schema
    if (times.type == "integer") != (schema.time_type == "integer"):
        kinds = ["dates", "whole numbers"]
        kind, kind_of_series = kinds[times.type == "integer"], kinds[times.type != "integer"]
        raise DataError(
            f"{rows.name}: its times are {kind} ({times.values[0]}), and those of the series are "
            f"{kind_of_series}; write them alike."
        )
    if (times.zone is None) != (schema.time_zone is None):
        raise DataError(
            f"{rows.name}: its times {'have no' if times.zone is None else 'have a'} time zone, "
            "other than those of the series; write them alike."
        )


def _appended(panel: Panel, ahead: pl.DataFrame, items: NDArray[np.int64]) -> Panel:
    """Return the panel with known columns that go on.

    Args:
        panel: The series; how far they went on before does not matter.
        ahead: The known columns, by item and step.
        items: The item of each row of them.
    """
    assert panel.covariates is not None
    lengths = panel.lengths()
    old = replace(panel.covariates, lengths=lengths).compact()
    frame = pl.DataFrame(
        {
            column.name: joined(column, ahead.get_column(column.name, default=None), ahead.height)
            for column in old.frame
        }
    )
    longer = lengths + np.bincount(items, minlength=len(lengths))
    first = np.cumsum(longer) - longer
    position = np.arange(longer.sum()) - np.repeat(first, longer)
    is_new = position >= np.repeat(lengths, longer)
    # Old rows stand first in `frame` and new ones after them, both by item.
    index = np.empty(len(is_new), np.int64)
    index[is_new] = old.frame.height + np.arange(ahead.height)
    index[~is_new] = np.arange(old.frame.height)
    covariates = Covariates(old.static, frame[index], first, longer)
    return replace(panel, covariates=covariates)


def joined(old: pl.Series, new: pl.Series | None, rows: int) -> pl.Series:
    """Return the cells of a covariate and so many more; without new ones these are missing."""
    if old.dtype == pl.Float64:
        return old.append(
            pl.Series([float("nan")] * rows, dtype=pl.Float64) if new is None else new
        )
    texts = old.cast(pl.String)
    more = pl.Series([None] * rows, dtype=pl.String) if new is None else new.cast(pl.String)
    both = pl.concat([texts, more.alias(old.name)])
    return both.cast(pl.Enum(both.drop_nulls().unique().sort()))
