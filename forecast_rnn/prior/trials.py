"""How base forecasts have done lately on the series itself, for the head to weigh them by.

From four origins before, one to four seasons back, each base has forecast three steps of the
season that followed; all of it was known at the origin.
"""

import numpy as np

from forecast_rnn.prior.arrays import Floats, Floats32, Ints
from forecast_rnn.prior.bases import FAR, NAMES, base_forecasts
from forecast_rnn.prior.places import Places, places
from forecast_rnn.prior.units import Units, units

WIDTH = len(NAMES) + 1
"""Numbers that the head is told: how well each base did, and how many trials there were."""

ORIGINS = 4
LEAST_ROWS = 4
"""Origins before, and rows, at least, from one to the next: whole seasons."""

LEAST = 0.02
"""Added to errors, in sizes, before their logarithm is taken."""

MOST = 3.0
"""Largest logarithm of a ratio of errors."""


def past_errors(at: Places, unit: Units) -> Floats32:
    """Return logarithms of errors of the bases before origins [R], [R, K + 1].

    The first is the error of the seasonal naive in sizes, the others are ratios to it, and
    the last is the share of the four origins that there were. What could not be tried is 0.
    """
    gap = at.season * -(-LEAST_ROWS // at.season)
    lags = gap[:, None] * np.arange(1, ORIGINS + 1)
    rows = at.rows[:, None] - lags
    # Two rows are the least from which anything can be told.
    tried = np.broadcast_to((rows >= 1)[:, :, None], (*rows.shape, 3))
    steps = np.stack([np.ones_like(gap), -(-gap // 2), gap], axis=1)
    errors, weight = _errors(at, np.maximum(rows, 0), steps)
    weight = weight * tried[..., None]
    errors = np.minimum(errors / unit.size[:, None, None, None], FAR)
    total = (errors * weight).sum(axis=(1, 2))
    count = weight.sum(axis=(1, 2))
    mean = total / np.maximum(count, 1)
    told = np.zeros((len(rows), WIDTH), np.float32)
    naive = np.log(mean[:, :1] + LEAST)
    ratios = (np.log(mean[:, 1:] + LEAST) - naive).clip(-MOST, MOST)
    told[:, 0] = np.where(count[:, 0] > 0, naive[:, 0], 0)
    told[:, 1:-1] = np.where((count[:, 1:] > 0) & (count[:, :1] > 0), ratios, 0)
    told[:, -1] = tried[:, :, 0].mean(axis=1)
    return told


def _errors(at: Places, rows: Ints, steps: Ints) -> tuple[Floats, Floats]:
    """Return absolute errors and their weights, 0 where there is none, [R, origins, 3, K]."""
    shape = (*rows.shape, steps.shape[1])
    past = places(at.history, np.repeat(at.items, rows.shape[1]), rows.ravel())
    ahead = np.repeat(steps, rows.shape[1], axis=0)
    unit = units(past)
    bases = base_forecasts(past, unit, ahead)
    where = past.items[:, None], np.minimum(past.rows[:, None] + ahead, _last(at))
    actual = at.history.values[where] - bases.reference
    errors = np.abs(actual[..., None] - bases.ahead * unit.size[:, None, None])
    weight = at.history.observed[where][..., None] * bases.usable
    return errors.reshape(*shape, -1), weight.reshape(*shape, -1).astype(float)


def _last(at: Places) -> Ints:
    """Return the origin of each trial, which is the last row that may be looked at, [R O, 1]."""
    return np.repeat(at.rows, ORIGINS)[:, None]
