"""What each series of a panel looks like: length, gaps, range and shape."""

from collections.abc import Sequence

import numpy as np
import polars as pl

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
            pl.Series("shape", [sparkline(means) for means in shapes["value"]], dtype=pl.String),
            pl.Series("place", np.argsort(panel.order)[series["item"].to_numpy()]),
        )
        .sort("place")
        .select("series", "rows", "missing", "minimum", "mean", "maximum", "shape")
    )


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
