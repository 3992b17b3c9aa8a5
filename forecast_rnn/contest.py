"""The network and the baselines on the same windows."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.backtest import ForecastFn, backtest
from forecast_rnn.baselines import baseline_table
from forecast_rnn.calibration import Calibration
from forecast_rnn.config import Task
from forecast_rnn.data.panel import Panel
from forecast_rnn.fallback import with_fallback
from forecast_rnn.metrics import comparable, coverage
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.tables import MODEL
from forecast_rnn.verdict import NETWORK


def contest(
    panel: Panel,
    forecaster: Forecaster,
    rows: NDArray[np.int64],
    baselines: Iterable[str],
    task: Task,
) -> pl.DataFrame:
    """Forecast known rows with a network that has not seen them, and with baselines.

    The network's rows are what would have been published: where it has no forecast, the
    fallback counts as its own.

    Args:
        panel: The series, with the rows after the origins.
        forecaster: Trained on nothing after the first of the origins.
        rows: Origins, [B].
        baselines: Names in `BASELINES`.
        task: Horizon, season and quantile levels.

    Returns:
        The table of `forecast_rnn.backtest`.
    """
    forecasters: dict[str, ForecastFn] = {NETWORK: partial(forecast_as_published, forecaster)}
    forecasters |= {name: partial(baseline_table, name, task=task) for name in baselines}
    return backtest(panel, rows, forecasters, task)


def forecast_as_published(
    forecaster: Forecaster, panel: Panel, rows: NDArray[np.int64]
) -> pl.DataFrame:
    """Forecast after origins, with the fallback where the network has no forecast."""
    return with_fallback(forecaster.forecast(panel, rows), panel, rows, forecaster.task)[0]


def about_calibration(
    table: pl.DataFrame, panel: Panel, forecaster: Forecaster, rows: NDArray[np.int64]
) -> tuple[str, ...]:
    """Say what the widest interval covered in a backtest, and would have without calibration."""
    levels, task = forecaster.task.quantile_levels, forecaster.task
    if len(levels) < 2 or not forecaster.calibration.factors or table.is_empty():
        return ()
    plain = replace(forecaster, calibration=Calibration())
    before = backtest(panel, rows, {NETWORK: partial(forecast_as_published, plain)}, task)
    after = comparable(table).filter(pl.col(MODEL) == NETWORK)
    shares = [found.select(coverage(levels)).item() for found in (before, after)]
    if None in shares:
        return ()
    covered = [f"{100 * share:.0f}%" for share in shares]
    return (
        f"Its {100 * (levels[-1] - levels[0]):.0f}% interval held {covered[1]} of what came true; "
        f"{covered[0]} before it was calibrated on earlier rows.",
    )
