"""Rolling origins: forecasts of known rows, beside what came true."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.tables import (
    ACTUAL,
    CUTOFF,
    ERROR_SCALE,
    FORECAST,
    ITEM,
    MODEL,
    MODELS,
    ORIGIN,
    ROOT_SCALE,
    STEP,
    WINDOW,
    forecast_columns,
    quantile_column,
)

OUTCOME = [CUTOFF, ACTUAL, ERROR_SCALE, ROOT_SCALE]
"""What a backtest adds to a forecast table."""

MEDIAN = quantile_column(0.5)

ForecastFn = Callable[[Panel, NDArray[np.int64]], pl.DataFrame]


def backtest(
    panel: Panel,
    rows: NDArray[np.int64],
    forecasters: Mapping[str, ForecastFn],
    task: Task,
) -> pl.DataFrame:
    """Forecast from the origins with every forecaster, and add what came true.

    Forecasts whose horizon holds no observed value are left out.

    Args:
        panel: The series, with the rows after the origins; forecasters get the same
            panel and must not read beyond their origin.
        rows: Absolute rows of the origins, [B].
        forecasters: By the name that they get in column `model`.
        task: Horizon, season and quantile levels.

    Returns:
        A forecast table with columns `cutoff`, `actual`, `error_scale` and
        `root_error_scale`, in the order of the forecasters, then of the origins.
    """
    forecast_names = [FORECAST, *forecast_columns(task)]
    # No forecast depends on which others have an outcome: all are made, and some left out.
    outcome = ~np.isnan(outcomes(panel, rows, task.horizon)).all(axis=1)
    known = np.repeat(outcome, task.horizon)
    tables: list[pl.DataFrame] = []
    beside, nothing = pl.DataFrame(), pl.Series(dtype=pl.Float64)
    for name, forecast in forecasters.items():
        table = forecast(panel, rows)
        table = table if known.all() else table.filter(pl.Series(known))
        if not tables:
            beside = _with_outcome(panel, table.select(WINDOW), task.season_length)
            nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(table))
        assert table.select(WINDOW).equals(beside.select(WINDOW)), "all keep the order of origins"
        # Columns that are the same, here or for all models, are held once.
        columns = [
            column if column.count() else nothing.alias(column.name)
            for column in table[forecast_names]
        ]
        if MEDIAN in forecast_names and columns[0].equals(columns[forecast_names.index(MEDIAN)]):
            columns[0] = columns[forecast_names.index(MEDIAN)].alias(FORECAST)
        model = pl.Series(MODEL, [name], dtype=MODELS).new_from_index(0, len(table))
        tables.append(pl.DataFrame([model, *beside[list(WINDOW)], *columns, *beside[OUTCOME]]))
    return pl.concat(tables, rechunk=False)


def _with_outcome(panel: Panel, table: pl.DataFrame, season_length: int) -> pl.DataFrame:
    item = table[ITEM].to_numpy().astype(np.int64)
    origin = panel.indptr[item] + table[ORIGIN].to_numpy()
    row = origin + table[STEP].to_numpy()
    inside = row < panel.indptr[item + 1]
    actual = np.where(inside, panel.values[np.where(inside, row, 0)], np.nan)
    return table.with_columns(
        _cutoffs(panel, table),
        pl.Series(ACTUAL, actual),
        pl.Series(ERROR_SCALE, error_scales(panel, origin, season_length)),
        pl.Series(ROOT_SCALE, error_scales(panel, origin, season_length, squared=True)),
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _cutoffs(panel: Panel, table: pl.DataFrame) -> pl.Series:
    """Return the time of the origin of each row; reckoned once an origin, as all steps share it."""
    first = table.select(pl.col(STEP) == 1).to_series()
    origins = table.filter(first)
    times = panel.timestamps(origins[ITEM], origins[ORIGIN])
    return times.gather(first.cast(pl.Int64).cum_sum() - 1).alias(CUTOFF)
