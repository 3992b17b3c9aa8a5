"""Wide inputs: every column of numbers is a series, named by the column."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.words import counted

TARGET = "value"
"""What the numbers of all columns are called."""


def series_column(time: str) -> str:
    """Return the name of the id column, which holds the names of the columns."""
    return "series_" if time == "series" else "series"


def unpivot(panel: Panel, columns: Mapping[str, NDArray[np.float64]]) -> Panel:
    """Make each column an item; it begins at its first value, if it has any.

    Args:
        panel: A single item without values of its own.
        columns: The values by name, on the grid of the item.
    """
    names = sorted(columns)
    first = [begin(columns[name]) for name in names]
    parts = [columns[name][start:] for name, start in zip(names, first, strict=True)]
    starts = panel.timestamps(pl.Series([0] * len(names)), pl.Series(first))
    rank = {name: place for place, name in enumerate(names)}
    covariates = panel.covariates
    if covariates is not None:
        covariates = covariates.take(np.zeros(len(names), np.int64), np.array(first, np.int64))
    return Panel(
        panel.schema,
        panel.frequency,
        pl.DataFrame({panel.schema.item_id[-1]: names}),
        starts.alias(panel.schema.timestamp),
        np.array([rank[name] for name in columns], np.int64),
        np.concatenate(parts),
        np.append(0, np.cumsum([len(part) for part in parts])).astype(np.int64),
        covariates,
    )


def begin(column: NDArray[np.float64]) -> int:
    """Return the place of the first value, 0 if there is none."""
    return int(np.argmax(~np.isnan(column)))


def check_missing_cells(series: Series, rows: Rows) -> tuple[str, ...]:
    """Count the missing values of all columns, without those before the first value."""
    missing = 0
    places: list[int] = []
    for column in series.values.values():
        start = begin(column)
        at = start + np.flatnonzero(np.isnan(column[start:]))
        if len(at):
            missing += len(at)
            places.append(int(at[0] if series.row is None else series.row[at].min()))
    if not places:
        return ()
    among = f"{len(places)} of {counted(len(series.values), 'column')}"
    return (
        f"{counted(missing, 'missing value')} in {among} (first: {rows.where(min(places))}), "
        "kept as missing.",
    )
