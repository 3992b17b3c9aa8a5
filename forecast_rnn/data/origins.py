"""The rows to forecast from: absolute positions of last known observations in a panel."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panel import Panel
from forecast_rnn.errors import ConfigError


def last(panel: Panel) -> NDArray[np.int64]:
    """Give the last row of each item; items without rows are left out."""
    starts, ends = panel.indptr[:-1], panel.indptr[1:]
    return ends[ends > starts] - 1


def rolling(panel: Panel, *, horizon: int, windows: int, step: int) -> NDArray[np.int64]:
    """Give the last origins of each item that leave a full horizon after them.

    Items too short for `windows` origins give fewer, or none. The order is by item,
    then time.

    Args:
        panel: The series.
        horizon: Rows that must follow an origin.
        windows: Most origins of an item.
        step: Rows from one origin to the next.

    Raises:
        ConfigError: `windows` or `step` is below 1.
    """
    if windows < 1 or step < 1:
        raise ConfigError(f"windows is {windows} and step is {step}; both must be 1 or more.")
    newest = panel.indptr[1:] - 1 - horizon
    rows = newest[:, None] - step * np.arange(windows - 1, -1, -1)
    return rows[rows >= panel.indptr[:-1, None]]


def located(panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
    """Say of which item each row is (`item`), and where inside it (`origin`, from 0)."""
    item = panel.item_of(rows)
    return pl.DataFrame({"item": item.astype(np.uint32), "origin": rows - panel.indptr[item]})
