"""Which forecasts cannot be below 0, by the values that came before them."""

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel


def never_negative(
    panel: Panel, rows: NDArray[np.int64], *, at_training: bool
) -> NDArray[np.bool_]:
    """Tell which origins have forecasts from 0 on: no value up to them was below 0, [B].

    Where the series are of several kinds, one of them may be below 0 and another not, so that
    each tells for itself whatever was trained on.

    Args:
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        at_training: Whether no value trained on was below 0.
    """
    of_several_kinds = panel.schema.wide or bool(panel.schema.targets)
    if not (at_training or of_several_kinds):
        return np.zeros(len(rows), dtype=np.bool_)
    negative = panel.values < 0
    if not negative.any():
        return np.ones(len(rows), dtype=np.bool_)
    # `below[r]` counts the values below 0 before row r of the flat table, so that a difference
    # counts those from the first row of an item up to the origin.
    below = np.append(0, np.cumsum(negative))
    none: NDArray[np.bool_] = below[rows + 1] == below[panel.indptr[panel.item_of(rows)]]
    return none
