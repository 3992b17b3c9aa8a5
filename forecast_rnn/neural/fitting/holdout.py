"""Which rows training may not see: those of a backtest, and those after a cutoff."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.neural.fitting.selection import leaves_enough, usual_windows


@dataclass(frozen=True, slots=True)
class Holdout:
    """Which rows are for a backtest.

    Attributes:
        rows: Origins, rows of the panel, [B].
        windows: For each cutoff the rows from it to the end, the first cutoff first, [W].
    """

    rows: NDArray[np.int64]
    windows: tuple[int, ...]


def hold_out(
    panel: Panel, task: Task, *, windows: int | None = None, step: int | None = None
) -> Holdout | None:
    """Say which rows are for the backtest; None if too few would be left to train on."""
    windows = usual_windows(panel, task) if windows is None else windows
    step = task.horizon if step is None else step
    origins.check_windows(windows, step)
    back = (windows - 1) * step + task.horizon
    if not leaves_enough(panel, task, back):
        return None
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(panel, horizon=task.horizon, windows=windows, step=step, lags=behind)
    return Holdout(rows, tuple(range(back, task.horizon - 1, -step)))


def rows_of_window(panel: Panel, task: Task, window: int) -> NDArray[np.int64]:
    """Return the origins of one of `Holdout.windows`, [B]."""
    behind = origins.lags(panel, task.horizon)
    return origins.rolling(panel, horizon=window, windows=1, step=1, lags=behind)


def rows_after(panel: Panel, task: Task, back: int) -> NDArray[np.int64]:
    """Count the rows of each item after a cutoff, so many rows before the newest time, [N]."""
    return np.maximum(back - origins.lags(panel, task.horizon), 0)
