"""All series of a data set in one flat table on a regular grid."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.calendar import Frequency, advance
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
    """

    schema: Schema
    frequency: Frequency
    items: pl.DataFrame
    starts: pl.Series
    order: NDArray[np.int64]
    values: NDArray[np.float64]
    indptr: NDArray[np.int64]

    def lengths(self) -> NDArray[np.int64]:
        """Return the rows of each item, [N]."""
        return np.diff(self.indptr)

    def item_of(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the items to which rows belong."""
        return np.searchsorted(self.indptr, rows, side="right").astype(np.int64) - 1

    def timestamps(self, item: pl.Series, position: pl.Series) -> pl.Series:
        """Return the times at positions within items; they may lie beyond the last row."""
        return advance(self.starts.gather(item), position, self.frequency)

    def truncated(self, rows: int) -> "Panel":
        """Return the panel without the last rows of each item; an item may get empty."""
        lengths = np.maximum(self.lengths() - rows, 0)
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        runs = np.stack([lengths, self.lengths() - lengths], axis=1).ravel()
        kept = np.repeat(np.tile([True, False], len(lengths)), runs)
        return replace(self, values=self.values[kept], indptr=indptr)

    def names(self) -> list[str]:
        """Return a readable name of each item."""
        if not self.items.width:
            return [self.schema.target]
        joined = self.items.select(pl.concat_str(pl.all().cast(pl.String), separator="/"))
        return joined.to_series().to_list()


def panel_table(panel: Panel) -> pl.DataFrame:
    """Return a panel as one table: item, start, order and the list of values of each item."""
    rank = np.empty(len(panel.order), np.int64)
    rank[panel.order] = np.arange(len(panel.order))
    rows = pl.DataFrame({"item": np.repeat(np.arange(len(rank)), panel.lengths())})
    values = rows.with_columns(pl.Series("values", panel.values))
    lists = values.group_by("item", maintain_order=True).agg("values")
    ids = {f"id_{number}": panel.items[name] for number, name in enumerate(panel.items.columns)}
    table = pl.DataFrame(
        {"item": np.arange(len(rank)), "order": rank, "start": panel.starts, **ids}
    )
    return table.join(lists, on="item", how="left", maintain_order="left").with_columns(
        pl.col("values").fill_null([])
    )


def panel_from_table(frame: pl.DataFrame, schema: Schema, frequency: Frequency) -> Panel:
    """Return the panel of a table that `panel_table` made."""
    frame = frame.sort("item")
    lengths = frame["values"].list.len().to_numpy().astype(np.int64)
    values = frame.filter(pl.col("values").list.len() > 0)["values"].explode()
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
    )
