"""All series of a data set in one flat table on a regular grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.schema import Schema
from forecast_rnn.data.series.covariates import Covariates
from forecast_rnn.data.series.naming import item_names
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.data.time.stamps import advance


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
        # Each item is a run of rows that stay and a run of rows that go.
        runs = np.stack([lengths, self.lengths() - lengths], axis=1).ravel()
        kept = np.repeat(np.tile([True, False], len(lengths)), runs)
        return replace(self, values=self.values[kept], indptr=indptr)

    def ids(self, items: Sequence[int]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of items as text; a missing one is empty."""
        texts = self.items.select(pl.all().cast(pl.String).fill_null(""))
        return tuple(texts[list(items)].rows()) if texts.width else ((),) * len(items)

    def names(self) -> list[str]:
        """Return a readable name of each item, no two the same; see `item_names`."""
        return item_names(self.items) if self.items.width else [self.schema.target]


def panel_tables(panel: Panel, size: int) -> Iterator[pl.DataFrame]:
    """Yield a panel as tables, a row an item, so many items at a time; at least one table.

    Columns item, start, order, id_…, the list of values, and of covariates static_… and the
    lists varying_…; names of columns are by number, as a schema knows them by order.
    """
    count = len(panel.order)
    rank = np.empty(count, np.int64)
    rank[panel.order] = np.arange(count)
    ids = {f"id_{number}": column for number, column in enumerate(panel.items)}
    items = pl.DataFrame({"item": np.arange(count), "order": rank, "start": panel.starts, **ids})
    covariates = None if panel.covariates is None else panel.covariates.compact()
    for first in range(0, max(count, 1), size):
        table, ahead = items.slice(first, size), range(first, min(first + size, count) + 1)
        bounds = panel.indptr[ahead]
        values = pl.DataFrame({"values": panel.values[bounds[0] : bounds[-1]]})
        table = table.with_columns(_lists(values, np.diff(bounds)))
        if covariates is not None:
            table = table.with_columns(_covariate_columns(covariates, first, table.height))
        yield table


def _covariate_columns(covariates: Covariates, first: int, count: int) -> list[pl.Series]:
    """Return the columns of so many items from the first on, of covariates that are compact."""
    static = covariates.static.slice(first, count)
    bounds = np.append(0, np.cumsum(covariates.lengths))[first : first + count + 1]
    rows = covariates.frame.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))
    named = {f"varying_{number}": _plain(column) for number, column in enumerate(rows)}
    return [
        *(_plain(column).alias(f"static_{number}") for number, column in enumerate(static)),
        *_lists(pl.DataFrame(named), np.diff(bounds)),
    ]


def _lists(rows: pl.DataFrame, lengths: NDArray[np.int64]) -> list[pl.Series]:
    """Return columns of rows as lists, an item a list of so many rows."""
    if not rows.width:
        return []
    key = "item"  # no column of rows has this name
    items = pl.DataFrame({key: np.arange(len(lengths), dtype=np.uint32)})
    item = pl.Series(key, np.repeat(items[key].to_numpy(), lengths))
    lists = rows.with_columns(item).group_by(key, maintain_order=True).agg(pl.all())
    joined = items.join(lists, on=key, how="left", maintain_order="left").drop(key)
    return joined.with_columns(pl.all().fill_null([])).get_columns()


def _plain(column: pl.Series) -> pl.Series:
    return column if column.dtype == pl.Float64 else column.cast(pl.String)


def panel_from_table(frame: pl.DataFrame, schema: Schema, frequency: Frequency) -> Panel:
    """Return the panel of the tables that `panel_tables` made, one below the other."""
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
