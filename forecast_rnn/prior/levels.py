"""From the quantiles that a prior forecasts to those that are asked for."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.design import QUANTILE_LEVELS


def at_levels(quantiles: Floats, levels: Sequence[float]) -> Floats:
    """Return quantiles [..., Q] at other levels [..., L].

    Between two levels, and beyond the outermost, values lie on a line over the quantiles of
    the normal distribution.
    """
    if tuple(levels) == QUANTILE_LEVELS:
        return quantiles
    normal = NormalDist()
    known = np.array([normal.inv_cdf(level) for level in QUANTILE_LEVELS])
    asked = np.array([normal.inv_cdf(level) for level in levels])
    right = np.searchsorted(known, asked).clip(1, len(known) - 1)
    share = (asked - known[right - 1]) / (known[right] - known[right - 1])
    # As a step from the one on the left, so that a level that is known is met exactly.
    left = quantiles[..., right - 1]
    found: Floats = left + share * (quantiles[..., right] - left)
    exact = np.isin(levels, QUANTILE_LEVELS)
    places = [QUANTILE_LEVELS.index(level) for level in np.asarray(levels)[exact]]
    found[..., exact] = quantiles[..., places]
    return found
