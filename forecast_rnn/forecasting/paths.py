"""Paths over the horizon: how steps depend on each other, measured on a backtest, and draws.

A path takes each step's value from the forecast of that step, at a level for each step. The
levels depend on each other by a Gaussian copula: their normal scores are the sum of a part that all
steps of a path share, and a stationary autoregression of first order over the steps, so that
scores k steps apart have correlation s + (1 - s) φ^k. Copulas of forecast errors over the
horizon: Pinson et al. (2009), https://doi.org/10.1002/we.284; here with two numbers for all
distances: without s, errors that last for the whole horizon would look as if they faded.
"""

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.levels import at_scores
from forecast_rnn.forecasting.dependence import Dependence

if TYPE_CHECKING:
    from forecast_rnn.forecasting.protocol import AnyForecaster

MOST_ORIGINS = 3000
FEWEST_PAIRS = 8
"""With fewer pairs of steps nothing is measured."""
MOST_VALUES = 500_000
"""Quantiles in memory at a time."""
_SHARES = np.linspace(0.0, 0.95, 20)
_DECAYS = np.linspace(-0.95, 0.95, 39)
_GRID = np.linspace(-3.0, 3.0, 61)

Values = NDArray[np.float64]


def measure_dependence(
    forecaster: "AnyForecaster", panel: Panel, rows: NDArray[np.int64]
) -> Dependence:
    """Estimate s and φ by what forecasts got wrong; both are 0 with nothing to go by.

    Each outcome is placed among the quantiles of its forecast, and the places are ranked
    over all outcomes, which makes normal scores of them whether or not the forecasts are
    calibrated. s and φ are what fits their correlations at all distances best, by least
    squares, each weighted by its number of pairs.

    Args:
        forecaster: Trained on nothing after the first of the origins.
        panel: The series, with the rows after the origins.
        rows: Origins, [B].
    """
    rows = rows[:: max(1, math.ceil(len(rows) / MOST_ORIGINS))]
    place = _places(forecaster, panel, rows)
    known = ~np.isnan(place)
    scores = np.full(place.shape, np.nan)
    scores[known] = _normal_scores(place[known])
    horizon = place.shape[1]
    pairs = [(scores[:, : horizon - lag], scores[:, lag:]) for lag in range(1, horizon)]
    counts = np.array([(~np.isnan(a * b)).sum() for a, b in pairs])
    if counts.sum() < FEWEST_PAIRS or not np.nansum(scores**2):
        return Dependence()
    products = np.array([np.nansum(a * b) for a, b in pairs])
    correlations = products / np.maximum(counts, 1) / np.nanmean(scores**2)
    share, decay = (part.ravel()[:, None] for part in np.meshgrid(_SHARES, _DECAYS))
    fitted = share + (1 - share) * decay ** np.arange(1, horizon)
    best = int(((correlations - fitted) ** 2 @ counts).argmin())
    return Dependence(round(float(share[best, 0]), 2), round(float(decay[best, 0]), 2))


def normal_paths(shape: tuple[int, int, int], dependence: Dependence, seed: int) -> Values:
    """Draw normal scores that are dependent along the last axis, [B, N, H].

    Args:
        shape: Origins, paths of each, and steps.
        dependence: s and φ.
        seed: The same seed gives the same scores.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    common, scores = generator.standard_normal((*shape[:2], 1)), generator.standard_normal(shape)
    decay, fresh = dependence.decay, math.sqrt(1 - dependence.decay**2)
    for step in range(1, shape[2]):
        scores[..., step] = decay * scores[..., step - 1] + fresh * scores[..., step]
    share = dependence.share
    return np.asarray(math.sqrt(share) * common + math.sqrt(1 - share) * scores)


def from_quantiles(quantiles: Values, levels: tuple[float, ...], scores: Values) -> Values:
    """Take values at normal scores from quantiles, [B, H, Q] and [B, N, H] -> [B, N, H]."""
    return at_scores(quantiles, levels, scores)


def _places(forecaster: "AnyForecaster", panel: Panel, rows: NDArray[np.int64]) -> Values:
    """Count the quantiles below each outcome, those it equals half, [B, H]; NaN = unknown."""
    horizon = forecaster.task.horizon
    actual = outcomes(panel, rows, horizon)
    place = np.full(actual.shape, np.nan)
    at_once = max(1, MOST_VALUES // (len(_GRID) * horizon))
    for start in range(0, len(rows), at_once):
        part = slice(start, start + at_once)
        scores = np.broadcast_to(_GRID[:, None], (1, len(_GRID), horizon))
        values, outcome = forecaster.values(panel, rows[part], scores), actual[part, None]
        middle = ((values < outcome).sum(1) + (values <= outcome).sum(1)) / 2
        known = ~np.isnan(outcome[:, 0]) & ~np.isnan(values[:, 0])
        place[part] = np.where(known, middle, np.nan)
    return place


def _normal_scores(values: Values) -> Values:
    """Rank values, equal ones by their middle, and give the normal scores of the ranks, [n]."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle = (np.cumsum(count) - (count - 1) / 2 - 0.5) / len(values)
    # Of each rank once, as there are few: an outcome is placed among a few dozen quantiles.
    scores: Values = np.array([NormalDist().inv_cdf(one) for one in middle])[place]
    return scores
