"""Which rows are held back: for a backtest, and before those for what is measured and weighed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.panel import Panel

ENOUGH_WINDOWS = 24

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Holdout:
    """Which rows are for a backtest.

    Attributes:
        rows: Origins, rows of the panel, [B].
        windows: For each cutoff the rows from it to the end, the first cutoff first, [W].
    """

    rows: Rows
    windows: tuple[int, ...]


def usual_windows(panel: Panel, task: Task) -> int:
    """Return how many forecasts of each series a backtest is to hold.

    Few series get more windows, up to a fifth of their rows, so that one lucky window decides
    nothing.
    """
    count = int((panel.lengths() > 0).sum())
    return max(1, min(ENOUGH_WINDOWS // count, panel.usual_length() // (5 * task.horizon)))


def leaves_enough(panel: Panel, task: Task, held_back: int) -> bool:
    """Tell whether a forecast can be made without so many rows of each series."""
    if not panel.lengths().any():
        return False
    return panel.usual_length() - held_back >= max(4, task.season_length)


def hold_out(
    panel: Panel, task: Task, *, windows: int | None = None, step: int | None = None
) -> Holdout | None:
    """Say which rows are for the backtest; None if too few would be left before them."""
    windows = usual_windows(panel, task) if windows is None else windows
    step = task.horizon if step is None else step
    origins.check_windows(windows, step)
    back = (windows - 1) * step + task.horizon
    if not leaves_enough(panel, task, back):
        return None
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(panel, horizon=task.horizon, windows=windows, step=step, lags=behind)
    return Holdout(rows, tuple(range(back, task.horizon - 1, -step)))


def rows_of_window(panel: Panel, task: Task, window: int) -> Rows:
    """Return the origins of one of `Holdout.windows`, [B]."""
    behind = origins.lags(panel, task.horizon)
    return origins.rolling(panel, horizon=window, windows=1, step=1, lags=behind)


def rows_after(panel: Panel, task: Task, back: int) -> Rows:
    """Count the rows of each item after a cutoff, so many rows before the newest time, [N]."""
    return np.maximum(back - origins.lags(panel, task.horizon), 0)
