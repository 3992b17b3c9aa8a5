"""What came true after an origin, and how large errors are on the rows before."""

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel


def error_scales(
    panel: Panel, rows: NDArray[np.int64], season_length: int, *, squared: bool = False
) -> NDArray[np.float64]:
    """Measure how far the seasonal naive was off in the items of rows, up to these rows.

    mean |y(t) - y(t - m)| over the rows t of the item up to and with the row, pairs with a
    missing value left out: the denominator of the mean absolute scaled error, Hyndman and
    Koehler (2006), https://doi.org/10.1016/j.ijforecast.2006.03.001, eq. 4.

    Args:
        panel: The series.
        rows: In any order, [B].
        season_length: The rows of a season, m.
        squared: Whether it is √mean (y(t) - y(t - m))² instead, for the root mean squared one.

    Returns:
        [B]; NaN where no pair is known or the mean is 0.
    """
    scale = np.full(len(rows), np.nan)
    order = np.argsort(rows, kind="stable")
    bounds = np.searchsorted(rows[order], panel.indptr)
    # Item by item: one running sum over all would drown small series in large ones.
    for item in np.flatnonzero(np.diff(bounds)):
        of_item = order[bounds[item] : bounds[item + 1]]
        values = panel.values[panel.indptr[item] : rows[of_item[-1]] + 1]
        error = np.abs(values[season_length:] - values[:-season_length])
        error = error**2 if squared else error
        known = ~np.isnan(error)
        total, count = np.cumsum(np.where(known, error, 0.0)), np.cumsum(known)
        place = rows[of_item] - panel.indptr[item] - season_length
        of_item, place = of_item[place >= 0], place[place >= 0]
        total, count = total[place], count[place]
        scale[of_item] = np.divide(total, count, out=np.full(len(of_item), np.nan), where=total > 0)
    return np.sqrt(scale) if squared else scale


def outcomes(panel: Panel, rows: NDArray[np.int64], horizon: int) -> NDArray[np.float64]:
    """Return what came true after origins, NaN where it is missing or not known, [B, H]."""
    ahead = rows[:, None] + np.arange(1, horizon + 1)
    inside = ahead < panel.indptr[panel.item_of(rows) + 1][:, None]
    return np.where(inside, panel.values[np.where(inside, ahead, 0)], np.nan)
