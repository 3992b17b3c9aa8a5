"""Simple forecasters that the board holds a command against, from the origins it was asked at."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import polars as pl

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.tables import ACTUAL, ERROR_SCALE, FORECAST, ITEM, MODEL, ORIGIN, STEP

QUICK = ("naive", "seasonal_naive", "naive2", "ridge")
SLOW = ("auto_ets", "auto_theta")
BESIDE = (*QUICK, *SLOW)
CUTOFF, ROW = "cutoff", "row"


def origin_rows(panel: Panel, windows: pl.DataFrame) -> np.ndarray:
    """Find the rows of a panel that forecasts were made from.

    Args:
        panel: The series.
        windows: The id columns, and `cutoff` as files show times; a row a forecast.

    Returns:
        Absolute rows, increasing, [B].
    """
    item = np.repeat(np.arange(len(panel.lengths())), panel.lengths())
    place = np.arange(len(item)) - panel.indptr[item]
    times = format_times(panel.timestamps(pl.Series(item), pl.Series(place)), panel.schema)
    rows = pl.DataFrame([*_ids(panel, item), times.alias(CUTOFF)])
    keys = rows.columns
    wanted = windows.select(pl.col(keys).cast(pl.String)).unique()
    found = rows.cast(pl.String).with_row_index(ROW)
    found = found.join(wanted, on=keys, how="semi", nulls_equal=True)
    assert len(found) == len(wanted), "every cutoff is a row of its series"
    return found[ROW].sort().to_numpy().astype(np.int64)


def held_against(panel: Panel, rows: np.ndarray, task: Task, names: Sequence[str]) -> pl.DataFrame:
    """Forecast from the rows with each baseline.

    Returns:
        Columns `model`, those of the ids, `cutoff`, `step`, `forecast`, `actual`, `error_scale`.
    """
    forecasters = {name: partial(baseline_table, name, task=task) for name in names}
    table = backtest(panel, rows, forecasters, task)
    times = panel.timestamps(table[ITEM].cast(pl.Int64), table[ORIGIN])
    cutoffs = format_times(times, panel.schema).cast(pl.String).alias(CUTOFF)
    told = (MODEL, STEP, FORECAST, ACTUAL, ERROR_SCALE)
    ids = _ids(panel, table[ITEM].to_numpy())
    return pl.DataFrame([*ids, cutoffs, *(table[name] for name in told)])


def _ids(panel: Panel, item: np.ndarray) -> list[pl.Series]:
    """Return the id columns of items; none of a panel of one series without a name."""
    return [column.gather(item) for column in panel.items]
