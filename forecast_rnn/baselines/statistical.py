"""Statistical forecasts, a model for each series and origin, by the optional statsforecast.

Each is what statsforecast says of the values up to the origin: those before the first and after
the last observed one are cut off, gaps between them are filled by straight lines, and the unit
is one that keeps numbers near 1. The seasonal naive stands in where a series is too short.
A forecast takes some milliseconds, and up to a second where a history is long. As none depends on
another, they can be shared out to processes.
"""

import warnings
from collections.abc import Callable
from functools import partial
from types import ModuleType

import numpy as np

from forecast_rnn.baselines.simple import Rows, Values, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import ConfigError
from forecast_rnn.system.processes import HERE, Processes

# Takes a history and how many steps to forecast; raises one of _REFUSALS if it cannot.
ModelFn = Callable[[Values, int], Values]
# Takes the season length.
ModelMaker = Callable[[int], ModelFn]

_MISSING = (
    "the baselines auto_ets, auto_theta and croston_sba take statsforecast, the extra 'baselines': "
    'python -m pip install "statsforecast>=2.1"'
)
_FEWEST = 4
_REFUSALS = (ArithmeticError, IndexError, NotImplementedError, ValueError)
_EACH = 16
"""Forecasts of a job."""
_WORTH_A_PROCESS = 256
"""Forecasts for which one more process is started, as that takes some seconds."""


def auto_ets(panel: Panel, rows: Rows, task: Task, processes: Processes = HERE) -> Values:
    """Forecast by exponential smoothing, its form chosen by information criterion.

    Hyndman et al. (2002), https://doi.org/10.1016/S0169-2070(01)00110-8, as `AutoETS` of
    statsforecast.

    Args:
        panel: The series.
        rows: Origins, [B].
        task: Horizon and season.
        processes: What the forecasts are shared out to; they are the same for any number.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.

    Raises:
        ConfigError: statsforecast is not installed.
    """
    return _forecasts(panel, rows, task, _exponential_smoothing, processes)


def auto_theta(panel: Panel, rows: Rows, task: Task, processes: Processes = HERE) -> Values:
    """Forecast by the best of four theta models: a damped trend and smoothing, deseasonalised.

    Fiorucci et al. (2016), https://doi.org/10.1016/j.ijforecast.2016.02.005, as `AutoTheta` of
    statsforecast. Arguments, result and errors as of `auto_ets`.
    """
    return _forecasts(panel, rows, task, _theta, processes)


def croston_sba(panel: Panel, rows: Rows, task: Task, processes: Processes = HERE) -> Values:
    """Forecast demand that comes now and then: smoothed size over smoothed interval, times 0.95.

    Syntetos and Boylan (2005), https://doi.org/10.1016/j.ijforecast.2004.10.001, as `CrostonSBA`
    of statsforecast. Arguments, result and errors as of `auto_ets`; the seasonal naive stands in
    for series with negative values, too.
    """
    return _forecasts(panel, rows, task, _croston, processes)


def statsforecast_models() -> ModuleType:
    """Import the models of statsforecast.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        from statsforecast import models
    except ImportError:
        raise ConfigError(_MISSING) from None
    return models


def _exponential_smoothing(season_length: int) -> ModelFn:
    model = statsforecast_models().AutoETS(season_length=season_length)
    return lambda history, steps: np.asarray(model.forecast(history, steps)["mean"])


def _theta(season_length: int) -> ModelFn:
    model = statsforecast_models().AutoTheta(season_length=season_length)
    return lambda history, steps: np.asarray(model.forecast(history, steps)["mean"])


def _croston(season_length: int) -> ModelFn:
    model = statsforecast_models().CrostonSBA()

    def demand(history: Values, steps: int) -> Values:
        if history.min() < 0:
            raise ValueError("demand is never negative")
        return np.asarray(model.forecast(history, steps)["mean"])

    return demand


def _forecasts(
    panel: Panel, rows: Rows, task: Task, make: ModelMaker, processes: Processes
) -> Values:
    """Forecast origin by origin, [B, H]."""
    statsforecast_models()  # says what is missing before any process starts
    forecasts = seasonal_naive(panel, rows, task)
    starts = panel.indptr[panel.item_of(rows)]
    histories = [panel.values[start : row + 1] for start, row in zip(starts, rows, strict=True)]
    jobs = [histories[first : first + _EACH] for first in range(0, len(rows), _EACH)]
    work = partial(_of_histories, make, task.season_length, task.horizon)
    results = processes.map(work, jobs, most=len(rows) // _WORTH_A_PROCESS)
    for number, forecast in enumerate(forecast for result in results for forecast in result):
        if forecast is not None:
            forecasts[number] = forecast
    return forecasts


def _of_histories(
    make: ModelMaker, season_length: int, horizon: int, histories: list[Values]
) -> list[Values | None]:
    """Forecast some histories; None where the model cannot."""
    model = make(season_length)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that fail on the way to the best one
        return [_of_history(history, horizon, model) for history in histories]


def _of_history(history: Values, horizon: int, model: ModelFn) -> Values | None:
    """Forecast one history, None where the model cannot, [H]."""
    observed = np.flatnonzero(~np.isnan(history))
    if len(observed) < _FEWEST:
        return None
    first, last = observed[0], observed[-1]
    filled = np.interp(np.arange(first, last + 1), observed, history[observed])
    size = np.abs(filled).mean()
    unit = np.exp2(np.round(np.log2(size))) if size > 0 else 1.0  # a power of two rounds nothing
    missed = len(history) - 1 - last
    try:
        forecast = np.asarray(model(filled / unit, horizon + missed), dtype=np.float64)[missed:]
    except _REFUSALS:
        return None
    return forecast * unit if np.isfinite(forecast).all() else None
