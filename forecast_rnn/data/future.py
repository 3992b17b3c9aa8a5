"""The rows after the last of each item: which are needed, and what is known of them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.covariates import Column, Covariates
from forecast_rnn.data.grouping import Series
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.stamps import to_stamps
from forecast_rnn.data.table import Rows, counted, shown
from forecast_rnn.data.times import Times
from forecast_rnn.errors import DataError

ITEM, STEP = "item", "step"


def future_frame(panel: Panel, horizon: int) -> pl.DataFrame:
    """Return the rows that a forecast of each item is for, those of an item together.

    Returns:
        Columns `item`, `step` from 1, and `time`, in the order in which output shows items.
    """
    items = np.repeat(panel.order, horizon)
    steps = np.tile(np.arange(1, horizon + 1), len(panel.order))
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

    That is the horizon where nothing has to be known.

    Raises:
        DataError: they end at different steps, or rows in between are missing.
    """
    if not panel.schema.known:
        return horizon
    wanted = future_frame(panel, horizon)
    cells = known_ahead(panel, wanted)
    complete = cells.select(pl.all_horizontal(pl.all().is_not_null())).to_series().to_numpy()
    return _common_steps(panel, wanted, complete, "the data")


def _common_steps(
    panel: Panel, wanted: pl.DataFrame, complete: NDArray[np.bool_], name: str
) -> int:
    """Return the steps from the first on that are complete, the same for every item."""
    by_item = complete.reshape(len(panel.order), -1)
    steps = int(by_item[0].sum())
    if by_item[:, :steps].all() and not by_item[:, steps:].any():
        return steps
    raise _lacking(panel, wanted, complete, name)


def _lacking(
    panel: Panel, wanted: pl.DataFrame, complete: NDArray[np.bool_], name: str
) -> DataError:
    lacking = wanted.filter(pl.Series(~complete))
    first = lacking.row(0, named=True)
    where = f"at {first['time']}"
    if panel.items.width:
        where = f"series {shown(panel.names()[first[ITEM]])} {where}"
    return DataError(
        f"{name} lacks {lacking.height:,} of the {counted(wanted.height, 'row')} of known columns "
        f"after the last of {counted(lacking[ITEM].n_unique(), 'series')} (first: {where}). Give a "
        "row for each; `forecast-rnn future` writes them as a template."
    )


def with_future(
    panel: Panel, rows: Rows, times: Times, columns: Mapping[str, Column], horizon: int
) -> tuple[Panel, tuple[str, ...]]:
    """Take in the known columns of rows after the last of each item.

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
    steps = _common_steps(panel, wanted, place >= 0, rows.name)
    if not steps:
        raise _lacking(panel, wanted, place >= 0, rows.name)
    wanted, place = wanted.filter(pl.col(STEP) <= steps), place[place >= 0]
    for name, column in columns.items():
        empty = np.isnan(column.values[place])
        if empty.any():
            at, count = int(place[np.argmax(empty)]), counted(int(empty.sum()), "such row")
            raise DataError(
                f"{rows.place(at, name)}: the value is missing ({count}); a known column must be "
                "known for every step of the horizon."
            )
    unused = rows.frame.height - len(place)
    warnings = (
        (f"{rows.name}: {counted(unused, 'row')} ignored that no forecast is for.",)
        if unused > 0
        else ()
    )
    ahead = pl.DataFrame({name: c.series(c.values[place]) for name, c in columns.items()})
    # By number of the item, as in the panel, and not as output shows items.
    by_item = np.argsort(wanted[ITEM].to_numpy(), kind="stable")
    return _appended(panel, ahead[by_item], steps), warnings


def _places(panel: Panel, wanted: pl.DataFrame, rows: Rows, times: Times) -> NDArray[np.int64]:
    """Return the row of the input for each row wanted, -1 where there is none."""
    schema = panel.schema
    if (times.zone is None) != (schema.time_zone is None):
        raise DataError(
            f"{rows.name}: its times {'have no' if times.zone is None else 'have a'} time zone, "
            "other than those of the series; write them alike."
        )
    ids = schema.given_ids
    keys = [f"id_{number}" for number in range(len(ids))]
    given = rows.frame.select(
        pl.col(n).cast(pl.String).alias(k) for n, k in zip(ids, keys, strict=True)
    )
    given = given.with_columns(pl.Series("stamp", to_stamps(times.values, local=False)))
    given = given.with_row_index("row")
    double = given.select(pl.struct(*keys, "stamp").is_duplicated()).to_series()
    if double.any():
        raise DataError(
            f"{rows.name}: {rows.where(int(double.arg_max() or 0))} has the id and time of another "
            "row; remove one of them."
        )
    items = panel.items.select(
        pl.col(name).cast(pl.String).alias(key) for name, key in zip(ids, keys, strict=True)
    )
    stamps = pl.Series("stamp", to_stamps(wanted["time"], local=False))
    asked = items[wanted[ITEM]].with_columns(stamps) if keys else pl.DataFrame({"stamp": stamps})
    found = asked.join(given, on=[*keys, "stamp"], how="left", maintain_order="left")
    return found["row"].cast(pl.Int64).fill_null(-1).to_numpy()


def _appended(panel: Panel, ahead: pl.DataFrame, horizon: int) -> Panel:
    """Return the panel with its known columns going on for one horizon."""
    assert panel.covariates is not None
    lengths = panel.lengths()
    old = replace(panel.covariates, lengths=lengths).compact()
    frame = pl.DataFrame(
        {
            column.name: _joined(column, ahead.get_column(column.name, default=None), ahead.height)
            for column in old.frame
        }
    )
    count, height = len(lengths), old.frame.height
    ends = np.cumsum(lengths + horizon)
    first = ends - lengths - horizon
    index = np.empty(height + count * horizon, np.int64)
    new = (ends - horizon)[:, None] + np.arange(horizon)
    is_new = np.zeros(len(index), np.bool_)
    is_new[new.ravel()] = True
    index[is_new] = height + np.arange(count * horizon)
    index[~is_new] = np.arange(height)
    covariates = Covariates(old.static, frame[index], first, lengths + horizon)
    return replace(panel, covariates=covariates)


def _joined(old: pl.Series, new: pl.Series | None, rows: int) -> pl.Series:
    if old.dtype == pl.Float64:
        return old.append(
            pl.Series([float("nan")] * rows, dtype=pl.Float64) if new is None else new
        )
    texts = old.cast(pl.String)
    more = pl.Series([None] * rows, dtype=pl.String) if new is None else new.cast(pl.String)
    both = pl.concat([texts, more.alias(old.name)])
    return both.cast(pl.Enum(both.drop_nulls().unique().sort()))
