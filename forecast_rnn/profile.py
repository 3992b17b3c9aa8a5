"""What each series of a panel looks like: length, gaps, range and shape."""

import itertools
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panel import Panel

BLOCKS = "▁▂▃▄▅▆▇█"


def profile(panel: Panel, *, width: int = 24) -> pl.DataFrame:
    """Describe each series that has rows, in the order of output.

    Args:
        panel: The series.
        width: Characters of `shape`.

    Returns:
        One row a series: `series` its name, `rows`, `missing`, `minimum`, `mean` and
        `maximum` (null when every value is missing), and `shape`, a sparkline of means.
    """
    items = np.flatnonzero(panel.lengths())
    first = panel.indptr[items]
    known = ~np.isnan(panel.values)
    observed, total = _sums(panel.values, known, first)
    names = panel.names()
    table = pl.DataFrame(
        {
            "series": pl.Series([names[item] for item in items], dtype=pl.String),
            "rows": panel.lengths()[items],
            "missing": panel.lengths()[items] - observed,
            "minimum": np.fmin.reduceat(panel.values, first),
            "mean": _mean(total, observed),
            "maximum": np.fmax.reduceat(panel.values, first),
            "shape": pl.Series(_shapes(panel, items, known, width), dtype=pl.String),
            "place": np.argsort(panel.order)[items],
        }
    )
    return table.sort("place").drop("place").with_columns(pl.col(pl.Float64).fill_nan(None))


def _sums(
    values: NDArray[np.float64], known: NDArray[np.bool_], first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many values of each run of rows are known, and their sum."""
    count = np.add.reduceat(known, first, dtype=np.int64)
    return count, np.add.reduceat(np.where(known, values, 0.0), first)


def _mean(total: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.divide(
        total, count, out=np.full(len(total), np.nan), where=count > 0
    )
    return mean


def _shapes(
    panel: Panel, items: NDArray[np.int64], known: NDArray[np.bool_], width: int
) -> list[str]:
    """Draw the means of parts of each series as long as each other; of short ones, the values."""
    lengths = panel.lengths()[items, None]
    bounds = -(-lengths * np.arange(width + 1) // width)  # rounded up
    filled = np.diff(bounds) > 0
    first = (panel.indptr[items, None] + bounds[:, :-1])[filled]
    count, total = _sums(panel.values, known, first)
    means = _mean(total, count).tolist()
    ends = np.cumsum(filled.sum(1)).tolist()
    return [sparkline(means[start:end]) for start, end in itertools.pairwise([0, *ends])]


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as blocks between their least and their greatest; None is a blank."""
    known = [value for value in values if value is not None and np.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    # halves, as the difference of two large values may overflow
    span = high / 2 - low / 2
    top = len(BLOCKS) - 1
    return "".join(
        " "
        if value is None or not np.isfinite(value)
        else BLOCKS[round((value / 2 - low / 2) / span * top) if span > 0 else top // 2]
        for value in values
    )
