"""Quantiles at any level, between and beyond those that there are."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def at_scores(quantiles: Values, levels: Sequence[float], scores: Values) -> Values:
    """Return quantiles at levels that are given by their normal scores.

    Between two levels they go in a straight line over the normal scores, which is exact for a
    normal distribution, and beyond the outermost levels the line goes on. One quantile stands for
    all levels.

    Args:
        quantiles: Increasing, [B, H, Q].
        levels: Their probabilities, increasing, [Q].
        scores: Normal scores of the levels asked for, [B, N, H], or with a 1 for B or H where they
            are the same for all forecasts or steps.

    Returns:
        [B, N, H]; NaN where a quantile beside the level is.
    """
    by_level = quantiles.transpose(0, 2, 1)
    if len(levels) == 1:
        return np.repeat(by_level, scores.shape[1], axis=1)
    knots = np.array([NormalDist().inv_cdf(level) for level in levels])
    upper = np.searchsorted(knots, scores).clip(1, len(knots) - 1)
    share = (scores - knots[upper - 1]) / (knots[upper] - knots[upper - 1])
    if scores.shape[0] == 1 and scores.shape[2] == 1:
        places = upper[0, :, 0]
        low, high = by_level[:, places - 1], by_level[:, places]
    else:
        low = np.take_along_axis(by_level, upper - 1, axis=1)
        high = np.take_along_axis(by_level, upper, axis=1)
    # At a level that is there exactly what is there, to the last bit.
    values: Values = np.where(share == 1, high, low + share * (high - low))
    return values
