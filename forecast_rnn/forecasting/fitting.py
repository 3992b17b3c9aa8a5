"""From series to a forecaster that needs no training: sources weighed on the series' own past.

Rows are used in the order of time. The last are for the backtest; those before them tell by how
much each source counts and how wide intervals have to be; and nothing but the prior itself, which
is the same for all data, is there before any of them.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.seasons import second_season
from forecast_rnn.evaluation.calibration import (
    Calibration,
    ConformityScores,
    calibrate,
    conformity_scores,
)
from forecast_rnn.evaluation.combination import combined
from forecast_rnn.evaluation.holdout import hold_out, leaves_enough, rows_after
from forecast_rnn.evaluation.worth import Worth, worths
from forecast_rnn.forecasting.combination import Combination
from forecast_rnn.forecasting.paths import measure_dependence
from forecast_rnn.forecasting.protocol import Rows
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.forecasting.zeroshot import ZeroShot, normal_scores
from forecast_rnn.prior.weights import Prior

PRIOR = "prior"
BASELINES = ("ridge", "naive2")
"""What stands beside the prior."""
SHARE = 3
"""Sources are weighed on a third of the rows before the backtest."""
OVERLAP = 4
"""Most origins in a horizon: where there are few, horizons that overlap tell a little more."""
MOST_ORIGINS = 3000
MOST_FORECASTS = 24
"""Horizons of all series that sources are weighed on, where one of each is not more."""
MOST_VALUES = 20_000_000


@dataclass(frozen=True, slots=True)
class Tested:
    """A forecaster for the backtest.

    Attributes:
        forecaster: Nothing of it comes from the rows of the backtest; None when the series are
            too short for one.
        rows: Origins of the backtest, [B].
    """

    forecaster: ZeroShot | None = None
    rows: Rows = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A forecaster for what is to come, and its like that shows what it is worth.

    Attributes:
        forecaster: Calibrated on all rows.
        tested: The like of it that has not seen the backtest.
        worth: Of each source, on the rows before the backtest.
    """

    forecaster: ZeroShot
    tested: Tested
    worth: tuple[Worth, ...] = ()


def fit(panel: Panel, task: Task, prior: Prior, *, rounded: bool = False) -> Fitted:
    """Weigh a prior and baselines on the past of series, and calibrate their mean.

    Args:
        panel: The series.
        task: What is forecast: values.
        prior: The network.
        rounded: Whether forecasts are to be whole numbers.
    """
    holdout = hold_out(panel, task)
    if holdout is None:
        start = _unweighed(panel, task, prior)
        weights = start.combination.weights
        worth_of_each = worths(start.combination.names, weights)
        return Fitted(replace(start, rounded=rounded), Tested(), worth_of_each)
    back = holdout.windows[0]
    start = _unweighed(panel.truncated(rows_after(panel, task, back)), task, prior)
    weighed, conformities, worth_of_each = _weighed(start, panel, back)
    tested = replace(weighed, rounded=rounded, calibration=_calibration(*conformities))
    conformities = (*conformities, _conformity(weighed, panel, holdout.rows))
    whole = replace(
        weighed,
        rounded=rounded,
        calibration=_calibration(*conformities),
        nonnegative=_is_nonnegative(panel),
    )
    return Fitted(whole, Tested(tested, holdout.rows), worth_of_each)


def with_paths(fitted: Fitted, panel: Panel) -> Fitted:
    """Measure on the backtest how the steps of a path hang together."""
    tested = fitted.tested
    if tested.forecaster is None:
        return fitted
    dependence = measure_dependence(tested.forecaster, panel, tested.rows)
    return replace(fitted, forecaster=replace(fitted.forecaster, dependence=dependence))


def _unweighed(panel: Panel, task: Task, prior: Prior) -> ZeroShot:
    """Take what sources there are, with equal weights; only rows of the panel are read."""
    second = second_season(panel, task.season_length)
    baselines = tuple(BaselineSource(name, task) for name in BASELINES)
    count = 1 + len(baselines)
    weights = [round(1 / count, 4)] * count
    weights[0] = round(1 - sum(weights[1:]), 4)
    source = PriorSource(PRIOR, prior, task, second)
    return ZeroShot(
        schema=panel.schema,
        frequency=panel.frequency,
        task=task,
        combination=Combination((source,), baselines, tuple(weights)),
        nonnegative=_is_nonnegative(panel),
    )


def _is_nonnegative(panel: Panel) -> bool:
    return not (panel.values < 0).any()


def _weighed(
    start: ZeroShot, panel: Panel, back: int
) -> tuple[ZeroShot, tuple[ConformityScores, ...], tuple[Worth, ...]]:
    """Weigh the sources on rows before a cutoff, so many rows before the newest time."""
    task, combination = start.task, start.combination
    rows, worth_of = _held_back(panel, task, back, len(combination.weights))
    if not len(rows):
        return start, (), worths(combination.names, combination.weights)
    levels = task.quantile_levels
    asked = normal_scores((*levels, 0.5))
    parts = [part[:, :-1] for part in combination.parts(panel, rows, asked)]
    actual = outcomes(panel, rows, task.horizon)
    # What befalls all series at a time makes their forecasts alike, so that they count by a root.
    many = worth_of * math.sqrt(len(np.unique(panel.item_of(rows))))
    combination = combination.weighed(panel, rows, parts, levels, forecasts=many)
    mean = combined(parts, combination.weights).transpose(0, 2, 1)
    conformity = conformity_scores(mean, actual, levels, windows=worth_of)
    measured = actual, error_scales(panel, rows, task.season_length), levels
    worth_of_each = worths(combination.names, combination.weights, parts, measured)
    return replace(start, combination=combination), (conformity,), worth_of_each


def _held_back(panel: Panel, task: Task, back: int, sources: int) -> tuple[Rows, float]:
    """Return origins whose horizons end before a cutoff, and what those of a series are worth.

    Where their horizons overlap they are worth as many as would not.
    """
    horizon, nothing = task.horizon, np.empty(0, np.int64)
    if not leaves_enough(panel, task, back + horizon):
        return nothing, 0.0
    count = int((panel.lengths() > back).sum())
    room = (panel.usual_length() - back) // (SHARE * horizon)
    windows = max(1, min(MOST_FORECASTS // max(count, 1), room))
    overlap = min(OVERLAP, math.ceil(MOST_FORECASTS / (windows * max(count, 1))))
    step = max(1, horizon // overlap) if windows > 1 else horizon
    each = (windows - 1) * horizon // step + 1
    rows = origins.rolling(
        panel,
        horizon=back + horizon,
        windows=each,
        step=step,
        lags=origins.lags(panel, horizon),
    )
    values = horizon * sources * (len(task.quantile_levels) + 1)
    most = max(1, min(MOST_ORIGINS, MOST_VALUES // values))
    return rows[:: max(1, math.ceil(len(rows) / most))], 1 + (each - 1) * step / horizon


def _conformity(forecaster: ZeroShot, panel: Panel, rows: Rows) -> ConformityScores:
    """Measure the outcomes of a backtest by forecasts that are not calibrated yet."""
    task = forecaster.task
    windows = len(rows) / max(len(np.unique(panel.item_of(rows))), 1)
    worth_of_each = [
        conformity_scores(
            quantiles,
            outcomes(panel, portion, task.horizon),
            task.quantile_levels,
            windows=windows,
        )
        for portion, quantiles in forecaster.portions(panel, rows)
    ]
    return replace(worth_of_each[0], values=_joined([each.values for each in worth_of_each]))


def _joined(values: list[np.ndarray]) -> np.ndarray:
    return values[0] if len(values) == 1 else np.concatenate(values)


def _calibration(*conformities: ConformityScores) -> Calibration:
    return calibrate(*conformities) if conformities else Calibration()
