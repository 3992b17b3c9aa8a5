"""Windows of series, of any origin, as the network reads them and is held against them."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Floats32, Ints
from forecast_rnn.prior.history import History
from forecast_rnn.prior.inputs import Steps, step_inputs
from forecast_rnn.prior.places import Places, places
from forecast_rnn.prior.rows import row_inputs
from forecast_rnn.prior.units import units

FARTHEST = 1e3
"""Target, in sizes, beyond which it is not told how far."""


@dataclass(frozen=True, slots=True)
class Windows:
    """Runs of rows that the recurrent layers read.

    Attributes:
        items: Which series, [W].
        starts: First row of each, [W].
        context: Rows of each, T; where a series is over before, its last row stands again.
    """

    items: Ints
    starts: Ints
    context: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A batch.

    Attributes:
        read: What is read of rows, [W, T, C].
        origins: Rows in the window, [W, O].
        steps: What the head reads, of W O origins.
        target: Values less the reference, in sizes, 0 where not observed, [W, O, H].
        weight: One over the error scale in sizes, 0 where not observed, [W, O, H].
    """

    read: Floats32
    origins: Ints
    steps: Steps
    target: Floats32
    weight: Floats32


def sample_of(history: History, windows: Windows, origins: Ints, ahead: Ints) -> Sample:
    """Return what is read and what is true for origins of windows.

    Args:
        history: The series, with the rows that are forecast.
        windows: What the recurrent layers read.
        origins: Rows in the windows, [W, O].
        ahead: Steps after each origin, from 1, none beyond the rows of the history, [W O, H].
    """
    rows = windows.starts[:, None] + np.arange(windows.context)
    rows = np.minimum(rows, history.values.shape[1] - 1)
    at = places(history, np.repeat(windows.items, windows.context), rows.ravel())
    read = row_inputs(at, units(at)).reshape(*rows.shape, -1)
    items = np.repeat(windows.items, origins.shape[1])
    at = places(history, items, (windows.starts[:, None] + origins).ravel())
    return _held_against(at, ahead, read, origins)


def _held_against(at: Places, ahead: Ints, read: Floats32, origins: Ints) -> Sample:
    """Return the sample of origins [W, O], which are the places [W O], and steps [W O, H]."""
    history, unit = at.history, units(at)
    steps = step_inputs(at, unit, ahead)
    where = at.items[:, None], at.rows[:, None] + ahead
    observed = history.observed[where]
    target = (history.actual[where] - steps.reference) / steps.size
    target = np.where(observed, target, 0).clip(-FARTHEST, FARTHEST).astype(np.float32)
    scale = (unit.error_scale + _whole_error(at, unit.error_scale)) / 2
    weight = np.where(observed, (unit.size / scale)[:, None], 0).astype(np.float32)
    shape = (*origins.shape, -1)
    return Sample(read, origins, steps, target.reshape(shape), weight.reshape(shape))


def _whole_error(at: Places, otherwise: Floats) -> Floats:
    """Return the seasonal naive's mean error over all rows, what is to come included, [R].

    Together with that of the past it keeps a few rows that happen to be quiet from counting
    for more than all others.
    """
    sums = at.history.sums
    total, count = (sums[name][at.items, -1] for name in ("season", "season count"))
    return np.where(total > 0, total / np.maximum(count, 1), otherwise)
