"""A forecast with the fallback where the network has none."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.api.kinds import EVALUATIONS
from forecast_rnn.baselines.fallback import with_fallback
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.forecasting.protocol import AnyForecaster
from forecast_rnn.tables import FORECAST, forecast_columns


def complete_forecast(
    forecaster: AnyForecaster,
    panel: Panel,
    rows: NDArray[np.int64],
    weak: NDArray[np.bool_] | None = None,
    memory: Any = None,
) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """Forecast after origins; where the network cannot, something simple stands in.

    Args:
        forecaster: The network.
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        weak: Where it stands in although the network could, [B]; None for nowhere.
        memory: As in `Forecaster.forecast`.

    Returns:
        The forecast table, and the origins where the seasonal naive, or of classes the usual
        frequencies, stand in for the network.
    """
    task, table = forecaster.task, forecaster.forecast(panel, rows, memory)
    if weak is not None and weak.any():
        kept = ~pl.Series(np.repeat(weak, task.horizon))
        table = table.with_columns(pl.when(kept).then(FORECAST).alias(FORECAST))
    stand_in = EVALUATIONS[task.kind].stand_in(forecaster)
    table, filled = with_fallback(table, panel, rows, task, stand_in)
    if len(filled) and forecaster.whole:
        table = table.with_columns(pl.col(FORECAST, *forecast_columns(task)).round())
    return table, filled


def forecast_as_published(
    forecaster: AnyForecaster, panel: Panel, rows: NDArray[np.int64], *, together: bool = False
) -> pl.DataFrame:
    """Forecast after origins, with the fallback where the network has no forecast.

    It goes cutoff by cutoff, as the last digit depends on what is forecast beside it.

    Args:
        forecaster: The network.
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        together: Whether all cutoffs are forecast at once all the same, as a prior reads a series
            once for all of them.
    """
    if together:
        return complete_forecast(forecaster, panel, rows)[0]
    task = forecaster.task
    places = origins.by_cutoff(panel, rows, task.horizon)
    tables = [complete_forecast(forecaster, panel, rows[part])[0] for part in places]
    place = np.empty((len(rows), task.horizon), dtype=np.int64)
    place[np.concatenate(places)] = np.arange(place.size).reshape(place.shape)
    return pl.concat(tables)[place.ravel()]
