"""The rows to forecast from: absolute positions of last known observations in a panel."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.time.stamps import locate, to_stamps
from forecast_rnn.errors import ConfigError

_TOGETHER = 0.5


def last(panel: Panel) -> NDArray[np.int64]:
    """Give the last row of each item; items without rows are left out."""
    starts, ends = panel.indptr[:-1], panel.indptr[1:]
    return ends[ends > starts] - 1


def shown(panel: Panel) -> NDArray[np.int64]:
    """Give the last row of each item as `last` does, in the order in which output shows items."""
    starts, ends = panel.indptr[:-1][panel.order], panel.indptr[1:][panel.order]
    return ends[ends > starts] - 1


def lags(panel: Panel, horizon: int) -> NDArray[np.int64]:
    """Return how many rows before the newest time of all each item ends, [N].

    By them all items can be cut at one time, so that a forecast knows nothing of any series
    after its cutoff. Where fewer than half of the items end within a horizon of the newest
    time, their times have little to do with each other: then each is cut by its own end, and
    all lags are 0.
    """
    lengths = panel.lengths()
    there = np.flatnonzero(lengths > 0)
    behind = np.zeros(len(lengths), dtype=np.int64)
    if not len(there):
        return behind
    ends = panel.timestamps(pl.Series(there), pl.Series(lengths[there] - 1))
    local = panel.frequency.calendar
    stamps, anchors = (to_stamps(times, local=local) for times in (ends, panel.starts[there]))
    newest, _ = locate(np.full(len(there), stamps.max()), anchors, panel.frequency)
    behind[there] = newest - (lengths[there] - 1)
    return behind if np.mean(behind[there] <= horizon) >= _TOGETHER else np.zeros_like(behind)


def rolling(
    panel: Panel,
    *,
    horizon: int,
    windows: int,
    step: int,
    lags: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Give the last origins of each item that leave a full horizon before the end.

    Items too short for `windows` origins give fewer, or none. The order is by item,
    then time.

    Args:
        panel: The series.
        horizon: Rows from the last origin to the end.
        windows: Most origins of an item.
        step: Rows from one origin to the next.
        lags: How many rows before that end an item ends, as `lags` gives them, [N]; None for
            the own end of each.

    Raises:
        ConfigError: `windows` or `step` is below 1.
    """
    check_windows(windows, step)
    behind = np.zeros(len(panel.lengths()), np.int64) if lags is None else lags
    newest = panel.indptr[1:] - 1 - horizon + behind
    # By item and window, [N, windows]; those outside of their item are left out below.
    rows = newest[:, None] - step * np.arange(windows - 1, -1, -1)
    return rows[(rows >= panel.indptr[:-1, None]) & (rows < panel.indptr[1:, None])]


def rows_to_newest(panel: Panel, rows: NDArray[np.int64], horizon: int) -> NDArray[np.int64]:
    """Count the rows from each origin to the newest time of all, by which `lags` aligns items, [B].

    Origins with the same count have the same cutoff.
    """
    item = panel.item_of(rows)
    return panel.indptr[item + 1] - 1 - rows + lags(panel, horizon)[item]


def by_cutoff(panel: Panel, rows: NDArray[np.int64], horizon: int) -> list[NDArray[np.int64]]:
    """Split the places of origins by their cutoffs, the first cutoff first; at least one part."""
    ahead = -rows_to_newest(panel, rows, horizon)
    order = np.argsort(ahead, kind="stable").astype(np.int64)
    return np.split(order, np.flatnonzero(np.diff(ahead[order])) + 1)


def check_windows(windows: int, step: int) -> None:
    """Raise ConfigError if there are no such windows."""
    if windows < 1 or step < 1:
        raise ConfigError(f"windows is {windows} and step is {step}; both must be 1 or more.")


def located(panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
    """Say of which item each row is (`item`), and where inside it (`origin`, from 0)."""
    item = panel.item_of(rows)
    return pl.DataFrame({"item": item.astype(np.uint32), "origin": rows - panel.indptr[item]})
