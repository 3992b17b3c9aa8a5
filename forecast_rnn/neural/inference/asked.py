"""What networks are asked to forecast."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.neural.inference.states import Memory
from forecast_rnn.neural.network.batch import Table

Points = Sequence[NDArray[np.float64]] | None
"""Medians of baselines that stand beside the networks, each [B, H]; None where still to be made."""


class Series(NamedTuple):
    """Series to forecast.

    Attributes:
        panel: The series.
        table: The same on the device of the networks.
        memory: What is known after their last rows, or None.
    """

    panel: Panel
    table: Table
    memory: Memory | None
