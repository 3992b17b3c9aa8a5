"""What training measures of held-back rows, of networks that forecast values or classes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.calibration import (
    ConformityScores,
    calibrate,
    conformity_scores,
)
from forecast_rnn.evaluation.combination import quantile_losses
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.forecasting.paths import measure_dependence
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.neural.inference.classes import NO_CLASSES, Classes, fit_classes, tempered
from forecast_rnn.neural.inference.direction import log_loss, measure_odds
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.scaling.transform import Transform

Rows = NDArray[np.int64]
Values = NDArray[np.float64]
Assessment = tuple[float, ConformityScores]


@dataclass(frozen=True, slots=True)
class Fitting:
    """What training measures of a kind of forecast.

    Attributes:
        classes: Fits the classes of a panel on the scale of a transform, given the floor of
            windows, the network and the task.
        assess: Scores forecasts from origins, and says how far outcomes were from them.
        calibrated: Makes forecasts as unsure as such outcomes were far from them.
        dependence: Estimates how steps of a path hang together, from the rows of a backtest.
    """

    classes: Callable[[Panel, Transform, float, ModelConfig, Task], Classes]
    assess: Callable[[Forecaster, Panel, Rows], Assessment]
    calibrated: Callable[[Forecaster, tuple[ConformityScores, ...]], Forecaster]
    dependence: Callable[[Forecaster, Panel, Rows], Dependence]


def _assess_values(forecaster: Forecaster, panel: Panel, rows: Rows) -> Assessment:
    task = forecaster.task
    windows = len(rows) / max(len(np.unique(panel.item_of(rows))), 1)
    conformity, loss = [], []
    for origins, quantiles in forecaster.portions(panel, rows):
        actual = outcomes(panel, origins, task.horizon)
        conformity.append(
            conformity_scores(quantiles, actual, task.quantile_levels, windows=windows)
        )
        loss.append(quantile_losses(quantiles, actual, task.quantile_levels))
    values = np.concatenate([each.values for each in conformity])
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.concatenate(loss) / error_scales(panel, rows, task.season_length)
    scaled = scaled[np.isfinite(scaled)]
    return float(scaled.mean()) if scaled.size else math.inf, replace(conformity[0], values=values)


def _assess_classes(forecaster: Forecaster, panel: Panel, rows: Rows) -> Assessment:
    odds = measure_odds(forecaster, panel, rows)
    return log_loss(odds), odds


def _with_intervals(
    forecaster: Forecaster, conformities: tuple[ConformityScores, ...]
) -> Forecaster:
    return replace(forecaster, calibration=calibrate(*conformities))


def _with_temperature(
    forecaster: Forecaster, conformities: tuple[ConformityScores, ...]
) -> Forecaster:
    return replace(forecaster, classes=tempered(forecaster.classes, *conformities))


FITTINGS: Mapping[Kind, Fitting] = {
    VALUES: Fitting(
        classes=lambda panel, transform, floor, model, task: NO_CLASSES,
        assess=_assess_values,
        calibrated=_with_intervals,
        dependence=measure_dependence,
    ),
    CLASSES: Fitting(
        classes=fit_classes,
        assess=_assess_classes,
        calibrated=_with_temperature,
        dependence=lambda forecaster, panel, rows: Dependence(),
    ),
}
