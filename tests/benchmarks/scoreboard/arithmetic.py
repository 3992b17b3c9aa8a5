"""The arithmetic of the board: scores of forecast rows, and means over sets."""

import math
from collections.abc import Iterable, Mapping

import polars as pl

from forecast_rnn.evaluation import value_metrics as metrics

SERIES = "unique_id"
INTERVALS = {"coverage_80": (0.1, 0.9), "coverage_90": (0.05, 0.95)}

Scores = dict[str, float | None]


def judge(rows: pl.DataFrame) -> Scores:
    """Score forecasts as the M4 organisers and the Monash archive do.

    Series by series, then the mean over series; missing actual values are left out, and so are
    of the mean those series whose scale is unknown.

    Args:
        rows: Columns `unique_id`, `forecast`, `actual`, `error_scale` (the in-sample mean absolute
            error of the seasonal naive; null = unknown or 0), and quantiles such as `q0.1`.

    Returns:
        `mase`; `smape` in percent; `wql`, the weighted quantile loss over all rows and levels;
        `coverage_80` and `coverage_90`, shares of the rows inside. None where there are no
        such quantiles, or nothing that counts.
    """
    levels = levels_of(rows)
    each = rows.group_by(SERIES, maintain_order=True).agg(
        mase=metrics.mase(()), smape=metrics.smape(())
    )
    scores: Scores = {name: _mean(each[name]) for name in ("mase", "smape")}
    pooled = metrics.weighted_quantile_loss(levels) if levels else pl.lit(None, pl.Float64)
    inside = {
        name: rows.select(metrics.coverage(ends).alias(name)).item()
        if set(ends) <= set(levels)
        else None
        for name, ends in INTERVALS.items()
    }
    return scores | {"wql": rows.select(pooled.alias("wql")).item()} | inside


def levels_of(rows: pl.DataFrame) -> tuple[float, ...]:
    """Read the levels of quantiles off the names of columns."""
    names = [name[1:] for name in rows.columns if name.startswith("q")]
    return tuple(float(name) for name in names if name.replace(".", "", 1).isdigit())


def error_scales(history: pl.DataFrame, season: int) -> pl.DataFrame:
    """Return the mean of |y(t) - y(t - season)| of each series over the pairs that are known.

    Hyndman and Koehler (2006), https://doi.org/10.1016/j.ijforecast.2006.03.001, eq. 4.

    Args:
        history: Columns `unique_id` and `y`, in order of time within a series.
        season: Rows in a season.

    Returns:
        Columns `unique_id` and `error_scale`; null where no pair is known or the mean is 0.
    """
    error = (pl.col("y") - pl.col("y").shift(season)).abs().mean()
    scale = history.group_by(SERIES, maintain_order=True).agg(error_scale=error)
    return scale.with_columns(pl.when(pl.col("error_scale") > 0).then(pl.col("error_scale")))


def owa(scores: Mapping[str, float | None], naive2: Mapping[str, float | None]) -> float | None:
    """Return (MASE / that of Naive2 + sMAPE / that of Naive2) / 2.

    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    parts = [ratio(scores[name], naive2[name]) for name in ("mase", "smape")]
    known = [part for part in parts if part is not None]
    return sum(known) / 2 if len(known) == 2 else None


def ratio(value: float | None, reference: float | None) -> float | None:
    """Divide; None where either is unknown or the reference is 0."""
    if value is None or not reference:
        return None
    return value / reference


def geometric_mean(values: Iterable[float | None]) -> float | None:
    """Return the geometric mean of what is known; None if nothing is."""
    logarithms = [math.log(value) for value in values if value is not None]
    return math.exp(math.fsum(logarithms) / len(logarithms)) if logarithms else None


def _mean(values: pl.Series) -> float | None:
    # By `fsum`, so that the order of series does not change the last digit.
    known = values.drop_nulls().to_list()
    return math.fsum(known) / len(known) if known else None
