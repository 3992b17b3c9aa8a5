"""A forecast by series, as reports and workbooks show it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.tables import (
    quantile_columns,
)

Values = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ForecastsByItem:
    """A published forecast by item.

    Attributes:
        quantiles: A column a level, the rows of each item together and in order.
        first: Where the rows of each item begin, [N].
        count: How many they are, [N].
        steps: The most of any item, S.
    """

    quantiles: pl.DataFrame
    first: Whole
    count: Whole
    steps: int

    def of(self, item: int) -> Values:
        """Return the forecast of an item, NaN where there is none, [S, Q]."""
        values = np.full((self.steps, self.quantiles.width), np.nan)
        count = int(self.count[item])
        values[:count] = matrix(self.quantiles.slice(int(self.first[item]), count))
        return values


def forecasts_by_item(forecast: pl.DataFrame | None, panel: Panel, task: Task) -> ForecastsByItem:
    """Say where the rows of each item are in a published forecast."""
    first, count = (np.zeros(len(panel.order), np.int64) for _ in range(2))
    if forecast is None or not forecast.height:
        return ForecastsByItem(
            pl.DataFrame(schema=quantile_columns(task.quantile_levels)), first, count, 0
        )
    ids = panel.items.columns
    begin, item = np.zeros(1, np.int64), np.zeros(1, np.int64)
    if ids:
        key = "_".join(ids) + "_"  # no id has this name, for it is longer than any
        numbered = panel.items.with_row_index(key)
        changes = [pl.col(one).ne_missing(pl.col(one).shift()) for one in ids]
        changed = forecast.select(pl.any_horizontal(changes)).to_series().to_numpy(writable=True)
        changed[0] = True
        begin = np.flatnonzero(changed)
        each = forecast.select(ids)[begin]
        joined = each.join(numbered, on=ids, how="left", nulls_equal=True, maintain_order="left")
        item = joined[key].to_numpy().astype(np.int64)
    first[item], count[item] = begin, np.diff(np.append(begin, forecast.height))
    start = len(ids) + 2  # after time and median; more columns may follow
    quantiles = forecast[:, start : start + len(task.quantile_levels)]
    return ForecastsByItem(quantiles, first, count, int(count.max()))


def matrix(columns: pl.DataFrame) -> Values:
    """Return columns of numbers side by side, null as NaN."""
    values = np.empty(columns.shape)
    for place, column in enumerate(columns):
        values[:, place] = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return values
