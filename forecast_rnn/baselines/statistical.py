"""Statistical forecasts, a model for each series and origin, by the optional statsforecast.

Each is what statsforecast says of the values up to the origin: those before the first and after
the last observed one are cut off, gaps between them are filled by straight lines, and the unit
is one that keeps numbers near 1. The seasonal naive stands in where a series is too short.
Some milliseconds a forecast, and up to a second where a history is long.
"""

import warnings
from collections.abc import Callable
from types import ModuleType

import numpy as np

from forecast_rnn.baselines.simple import Rows, Values, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import ConfigError

# Takes a history and how many steps to forecast; raises one of _REFUSALS if it cannot.
ModelFn = Callable[[Values, int], Values]

_MISSING = (
    "the baselines auto_ets, auto_theta and croston_sba take statsforecast, the extra 'baselines': "
    'python -m pip install "statsforecast>=2.1"'
)
_FEWEST = 4
_REFUSALS = (ArithmeticError, IndexError, NotImplementedError, ValueError)


def auto_ets(panel: Panel, rows: Rows, task: Task) -> Values:
    """Forecast by exponential smoothing, its form chosen by information criterion.

    Hyndman et al. (2002), https://doi.org/10.1016/S0169-2070(01)00110-8, as `AutoETS` of
    statsforecast.

    Returns:
        [B, H]; NaN where nothing is observed up to the origin.

    Raises:
        ConfigError: statsforecast is not installed.
    """
    model = statsforecast_models().AutoETS(season_length=task.season_length)
    return _each(panel, rows, task, lambda history, steps: model.forecast(history, steps)["mean"])


def auto_theta(panel: Panel, rows: Rows, task: Task) -> Values:
    """Forecast by the best of four theta models: a damped trend and smoothing, deseasonalised.

    Fiorucci et al. (2016), https://doi.org/10.1016/j.ijforecast.2016.02.005, as `AutoTheta` of
    statsforecast. Result and errors as of `auto_ets`.
    """
    model = statsforecast_models().AutoTheta(season_length=task.season_length)
    return _each(panel, rows, task, lambda history, steps: model.forecast(history, steps)["mean"])


def croston_sba(panel: Panel, rows: Rows, task: Task) -> Values:
    """Forecast demand that comes now and then: smoothed size over smoothed interval, times 0.95.

    Syntetos and Boylan (2005), https://doi.org/10.1016/j.ijforecast.2004.10.001, as `CrostonSBA`
    of statsforecast. Result and errors as of `auto_ets`; the seasonal naive stands in for series
    with negative values, too.
    """
    model = statsforecast_models().CrostonSBA()

    def demand(history: Values, steps: int) -> Values:
        if history.min() < 0:
            raise ValueError("demand is never negative")
        return np.asarray(model.forecast(history, steps)["mean"], dtype=np.float64)

    return _each(panel, rows, task, demand)


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


def _each(panel: Panel, rows: Rows, task: Task, model: ModelFn) -> Values:
    """Forecast origin by origin, [B, H]."""
    forecasts = seasonal_naive(panel, rows, task)
    starts = panel.indptr[panel.item_of(rows)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that fail on the way to the best one
        for number, (start, row) in enumerate(zip(starts, rows, strict=True)):
            found = _one(panel.values[start : row + 1], task.horizon, model)
            if found is not None:
                forecasts[number] = found
    return forecasts


def _one(history: Values, horizon: int, model: ModelFn) -> Values | None:
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
        found = np.asarray(model(filled / unit, horizon + missed), dtype=np.float64)[missed:]
    except _REFUSALS:
        return None
    return found * unit if np.isfinite(found).all() else None
