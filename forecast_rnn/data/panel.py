"""All series of a data set in one flat table on a regular grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.calendar import Frequency, advance
from forecast_rnn.data.covariates import Covariates
from forecast_rnn.data.schema import Schema


@dataclass(frozen=True, slots=True)
class Panel:
    """All series in one flat table on a regular grid, missing as NaN.

    Attributes:
        schema: The columns and how times are written.
        frequency: Spacing of the rows of a series.
        items: The id columns, one row an item in canonical order, which does not
            depend on the order of rows in the input, [N].
        starts: First timestamp of each item; the others follow by `advance`, [N].
        order: Item numbers in the order in which output shows them, [N].
        values: Missing as NaN, [R].
        indptr: Where each item begins, and the end of the last, [N + 1].
        covariates: What is known beside the target, None if nothing is.
    """

    schema: Schema
    frequency: Frequency
    items: pl.DataFrame
    starts: pl.Series
    order: NDArray[np.int64]
    values: NDArray[np.float64]
    indptr: NDArray[np.int64]
    covariates: Covariates | None = None

    def lengths(self) -> NDArray[np.int64]:
        """Return the rows of each item, [N]."""
        return np.diff(self.indptr)

    def usual_length(self) -> int:
        """Return the median of the rows of the items that have any."""
        lengths = self.lengths()
        return int(np.median(lengths[lengths > 0]))

    def item_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the items to which rows belong."""
        return np.searchsorted(self.indptr, rows, side="right").astype(np.int64) - 1

    def timestamps(self, item: pl.Series, position: pl.Series) -> pl.Series:
        """Return the times at positions within items; they may lie beyond the last row."""
        return advance(self.starts.gather(item), position, self.frequency)

    def truncated(self, rows: int | NDArray[np.int64]) -> "Panel":
        """Return the panel without the last rows of each item; an item may get empty.

        It is a copy unless there is nothing to leave out.

        Args:
            rows: How many, of all items or of each, [N].
        """
        if not np.any(rows):
            return self
        lengths = np.maximum(self.lengths() - rows, 0)
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        runs = np.stack([lengths, self.lengths() - lengths], axis=1).ravel()
        kept = np.repeat(np.tile([True, False], len(lengths)), runs)
        return replace(self, values=self.values[kept], indptr=indptr)

    def ids(self, items: Sequence[int]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of items as text; a missing one is empty."""
        texts = self.items.select(pl.all().cast(pl.String).fill_null(""))
        return tuple(texts[list(items)].rows()) if texts.width else ((),) * len(items)

    def names(self) -> list[str]:
        """Return a readable name of each item."""
        if not self.items.width:
            return [self.schema.target]
        joined = self.items.select(pl.concat_str(pl.all().cast(pl.String), separator="/"))
        return joined.to_series().to_list()


def panel_table(panel: Panel) -> pl.DataFrame:
    """Return a panel as one table, a row an item.

    Columns item, start, order, id_…, the list of values, and of covariates static_… and the
    lists past_or_known_…; names of columns are by number, as a schema knows them by order.
    """
    rank = np.empty(len(panel.order), np.int64)
    rank[panel.order] = np.arange(len(panel.order))
    ids = {f"id_{number}": column for number, column in enumerate(panel.items)}
    table = pl.DataFrame(
        {"item": np.arange(len(rank)), "order": rank, "start": panel.starts, **ids}
    )
    table = _with_lists(table, pl.DataFrame({"values": panel.values}), panel.lengths())
    if panel.covariates is None:
        return table
    covariates = panel.covariates.compact()
    static = {f"static_{number}": _plain(c) for number, c in enumerate(covariates.static)}
    varying = {f"varying_{number}": _plain(c) for number, c in enumerate(covariates.frame)}
    table = table.with_columns(**static)
    return _with_lists(table, pl.DataFrame(varying), covariates.lengths)


def _with_lists(
    table: pl.DataFrame, rows: pl.DataFrame, lengths: NDArray[np.int64]
) -> pl.DataFrame:
    """Add the rows of each item as lists."""
    import pyarrow as pa

    # By where lists begin, as grouping would hold all rows twice more.
    # Arrow would load all of pandas, if it is installed, to see whether an array is one of its.
    bounds = pl.Series(np.append(0, np.cumsum(lengths))).to_arrow()
    lists = [
        pl.Series(column.name, pa.LargeListArray.from_arrays(bounds, column.rechunk().to_arrow()))
        for column in rows
    ]
    return table.with_columns(lists)


def _plain(column: pl.Series) -> pl.Series:
    return column if column.dtype == pl.Float64 else column.cast(pl.String)


def panel_from_table(frame: pl.DataFrame, schema: Schema, frequency: Frequency) -> Panel:
    """Return the panel of a table that `panel_table` made."""
    frame = frame.sort("item")
    values, lengths = _from_lists(frame, "values")
    items = frame.select(
        pl.col(f"id_{number}").alias(name) for number, name in enumerate(schema.item_id)
    )
    return Panel(
        schema=schema,
        frequency=frequency,
        items=items,
        starts=frame["start"].alias(schema.timestamp),
        order=np.argsort(frame["order"].to_numpy(), kind="stable").astype(np.int64),
        values=values.cast(pl.Float64).to_numpy().astype(np.float64),
        indptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        covariates=_covariates_from(frame, schema),
    )


def _from_lists(frame: pl.DataFrame, name: str) -> tuple[pl.Series, NDArray[np.int64]]:
    lengths = frame[name].list.len()
    return frame[name].filter(lengths > 0).explode(), lengths.to_numpy().astype(np.int64)


def _covariates_from(frame: pl.DataFrame, schema: Schema) -> Covariates | None:
    if not schema.covariates:
        return None
    static = {
        name: _typed(frame[f"static_{number}"], name in schema.categorical)
        for number, name in enumerate(schema.static)
    }
    varying, lengths = {}, np.zeros(frame.height, np.int64)
    for number, name in enumerate((*schema.past, *schema.known)):
        column, lengths = _from_lists(frame, f"varying_{number}")
        varying[name] = _typed(column, name in schema.categorical)
    first = np.cumsum(lengths) - lengths
    return Covariates(pl.DataFrame(static), pl.DataFrame(varying), first, lengths)


def _typed(column: pl.Series, categorical: bool) -> pl.Series:
    if not categorical:
        return column.cast(pl.Float64)
    return column.cast(pl.Enum(column.drop_nulls().unique().sort()))
