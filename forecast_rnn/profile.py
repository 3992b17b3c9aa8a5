"""What each series of a panel looks like: length, gaps, range and shape."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from forecast_rnn.data.panel import Panel
from forecast_rnn.data.times import format_times

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
    rows = np.arange(len(panel.values))
    item = panel.item_of(rows)
    position = rows - panel.indptr[item]
    value = pl.Series(panel.values).fill_nan(None)
    table = pl.DataFrame(
        {"item": item, "part": position * width // panel.lengths()[item], "value": value}
    )
    columns = (
        pl.len().alias("rows"),
        pl.col("value").null_count().alias("missing"),
        pl.col("value").min().alias("minimum"),
        pl.col("value").mean().alias("mean"),
        pl.col("value").max().alias("maximum"),
    )
    series = table.group_by("item", maintain_order=True).agg(columns)
    shapes = (
        table.group_by("item", "part", maintain_order=True)
        .agg(pl.col("value").mean())
        .group_by("item", maintain_order=True)
        .agg(pl.col("value"))
    )
    names = panel.names()
    return (
        series.with_columns(
            pl.Series("series", [names[number] for number in series["item"]], dtype=pl.String),
            _times(panel, series["item"], pl.zeros(len(series), pl.Int64, eager=True), "from"),
            _times(panel, series["item"], series["rows"].cast(pl.Int64) - 1, "to"),
            pl.Series("shape", [sparkline(means) for means in shapes["value"]], dtype=pl.String),
            pl.Series("place", np.argsort(panel.order)[series["item"].to_numpy()]),
        )
        .sort("place")
        .select(*("series", "rows", "from", "to", "missing", "minimum", "mean", "maximum", "shape"))
    )


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


def _times(panel: Panel, item: pl.Series, position: pl.Series, name: str) -> pl.Series:
    """Return the times at positions of items as the input writes them; steps stay numbers."""
    written = format_times(panel.timestamps(item, position), panel.schema)
    kept = written.dtype in (pl.String, pl.Int64)
    return (written if kept else written.cast(pl.String)).alias(name)
