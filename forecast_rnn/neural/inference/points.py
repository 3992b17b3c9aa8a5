"""Which one number of a network's output is the forecast, of each kind of forecast."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.neural.inference.classes import most_probable

Values = NDArray[np.float64]


def median(quantiles: Values, task: Task) -> Values:
    """Return the median of the quantiles of a task, [B, H, Q] -> [B, H]."""
    return quantiles[..., task.quantile_levels.index(0.5)]


POINTS: Mapping[Kind, Callable[[Values, Task], Values]] = {
    VALUES: median,
    CLASSES: lambda probabilities, task: most_probable(probabilities),
}
