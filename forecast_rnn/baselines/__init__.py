"""The forecasters that a network has to beat, by name.

Each is a function of the panel, the origins and the task. It reads the rows of a series up to
the origin, and learns of all series up to the cutoff, which is the time of the origin; so no
forecast knows what came later. It forecasts wherever a value is known up to the origin, so that
none of them keeps a window out of a comparison.
"""

from collections.abc import Callable, Iterable

import polars as pl

from forecast_rnn.baselines.naive2 import naive2
from forecast_rnn.baselines.regressors import gradient_boosting, ridge
from forecast_rnn.baselines.simple import (
    BaselineFn,
    Rows,
    Values,
    drift,
    naive,
    seasonal_naive,
    window_average,
)
from forecast_rnn.baselines.statistical import (
    auto_ets,
    auto_theta,
    croston_sba,
    statsforecast_models,
)
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import located
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import no_such
from forecast_rnn.system.processes import HERE, Processes
from forecast_rnn.tables import forecast_columns, forecast_table

STATISTICAL: dict[str, Callable[[Panel, Rows, Task, Processes], Values]] = {
    "auto_ets": auto_ets,
    "auto_theta": auto_theta,
    "croston_sba": croston_sba,
}
"""Those that take the extra `baselines`, and so long that they are shared out to processes."""
BASELINES: dict[str, BaselineFn] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "drift": drift,
    "window_average": window_average,
    "naive2": naive2,
    "ridge": ridge,
    "gradient_boosting": gradient_boosting,
    "auto_ets": auto_ets,  # these three again, for whoever has no processes to give
    "auto_theta": auto_theta,
    "croston_sba": croston_sba,
}
USUAL_BASELINES = ("naive", "seasonal_naive", "drift", "window_average", "naive2", "ridge")
"""What a training is compared with: those that cost little beside it."""


def check_baselines(names: Iterable[str]) -> None:
    """Make sure that baselines are there, before other work costs anything.

    Raises:
        ConfigError: there is no such baseline, or the package that it takes is not installed.
    """
    for name in names:
        if name not in BASELINES:
            raise no_such("baseline", name, BASELINES)
        if name in STATISTICAL:
            statsforecast_models()


def baseline_table(
    name: str, panel: Panel, rows: Rows, task: Task, processes: Processes = HERE
) -> pl.DataFrame:
    """Forecast with the baseline of that name, as a forecast table without quantiles.

    Args:
        name: One of `BASELINES`.
        panel: The series.
        rows: Origins, [B].
        task: Horizon and season.
        processes: What the baselines in `STATISTICAL` are shared out to.

    Raises:
        ConfigError: as of `check_baselines`.
    """
    check_baselines([name])
    if name in STATISTICAL:
        forecasts = STATISTICAL[name](panel, rows, task, processes)
    else:
        forecasts = BASELINES[name](panel, rows, task)
    return forecast_table(name, located(panel, rows), forecasts, columns=forecast_columns(task))
