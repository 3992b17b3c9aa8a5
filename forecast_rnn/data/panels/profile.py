"""What each series of a panel looks like: length, gaps, range and shape."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel

BLOCKS = "▁▂▃▄▅▆▇█"


def profile(panel: Panel, *, width: int = 24) -> pl.DataFrame:
    """Describe each series that has rows, in the order of output.

    Args:
        panel: The series.
        width: Characters of `shape`.

    Returns:
        One row a series: `series` its name, `rows`, `from` and `to` as the input writes times,
        `missing`, `minimum`, `mean` and `maximum` (null when every value is missing), and
        `shape`, a sparkline of means.
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
            "from": _times(panel, items, np.zeros(len(items), np.int64)),
            "to": _times(panel, items, panel.lengths()[items] - 1),
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
    return [sparkline(means[start:end]) for start, end in pairwise([0, *ends])]


def totals(series: pl.DataFrame) -> dict[str, int | float | None]:
    """Sum up a profile: `series`, `rows`, `missing`, `minimum`, `mean` and `maximum` of all."""
    known = pl.col("rows") - pl.col("missing")
    sums = series.select(
        pl.len().alias("series"),
        pl.col("rows", "missing").sum(),
        pl.col("minimum").min(),
        # each mean by its share, as a sum of all may be beyond the largest number
        (pl.col("mean") * (known / known.sum())).sum(),
        pl.col("maximum").max(),
    )
    return sums.row(0, named=True)


def most_missing_first(series: pl.DataFrame) -> pl.DataFrame:
    """Return a profile by the share of missing values, otherwise in the same order."""
    return series.sort(pl.col("missing") / pl.col("rows"), descending=True, maintain_order=True)


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as blocks between their least and their greatest; None is a blank."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    # halves, as the difference of two large values may overflow
    span = high / 2 - low / 2
    top = len(BLOCKS) - 1
    return "".join(
        " "
        if value is None or not math.isfinite(value)
        else BLOCKS[round((value / 2 - low / 2) / span * top) if span > 0 else top // 2]
        for value in values
    )


def narrowed(line: str, width: int) -> str:
    """Draw a sparkline again with fewer characters, each the mean of some."""
    if len(line) <= width:
        return line
    levels = [None if block == " " else float(BLOCKS.index(block)) for block in line]
    bounds = [part * len(line) // width for part in range(width + 1)]
    parts = [levels[begin:end] for begin, end in pairwise(bounds)]
    known = [[level for level in part if level is not None] for part in parts]
    return sparkline([sum(part) / len(part) if part else None for part in known])


def _times(panel: Panel, items: NDArray[np.int64], position: NDArray[np.int64]) -> pl.Series:
    """Return the times at positions of items as the input writes them; steps stay numbers."""
    times = panel.timestamps(pl.Series(items), pl.Series(position))
    written = format_times(times, panel.schema)
    return written if written.dtype in (pl.String, pl.Int64) else written.cast(pl.String)
