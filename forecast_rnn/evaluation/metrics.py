"""How good forecasts are: one Polars expression a metric, and scores.

A metric is an aggregate over the rows of a backtest table (`forecast`, `actual`,
`error_scale`, quantiles); rows where it is undefined are left out, as are gaps in the actual
values. Scores take it for each series and average over series, as the M competitions and the
Monash archive do.
"""

from collections.abc import Callable, Sequence

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_metrics import CLASS_METRICS
from forecast_rnn.tables import (
    ACTUAL,
    ERROR_SCALE,
    FORECAST,
    ITEM,
    MODEL,
    ROOT_SCALE,
    WINDOW,
    by_model,
    models_of,
    portions,
    quantile_column,
    rows_of_model,
)

Levels = Sequence[float]
MetricFn = Callable[[Levels], pl.Expr]

_error = pl.col(FORECAST) - pl.col(ACTUAL)


def mae(levels: Levels) -> pl.Expr:
    """Mean absolute error, mean |f - y|. Hyndman and Koehler (2006), section 2.1."""
    return _error.abs().mean()


def rmse(levels: Levels) -> pl.Expr:
    """Root mean squared error, √mean (f - y)². Hyndman and Koehler (2006), section 2.1."""
    return (_error**2).mean().sqrt()


def bias(levels: Levels) -> pl.Expr:
    """Mean error, mean (f - y): above 0 the forecasts are too high.

    Hyndman and Athanasopoulos, https://otexts.com/fpp3/accuracy.html, with the sign turned.
    """
    return _error.mean()


def mape(levels: Levels) -> pl.Expr:
    """Mean absolute percentage error, 100·mean |f - y| / |y|, zeros of y left out.

    Hyndman and Koehler (2006), section 2.2.
    """
    actual = pl.col(ACTUAL)
    return 100 * pl.when(actual != 0).then(_error.abs() / actual.abs()).mean()


def smape(levels: Levels) -> pl.Expr:
    """Symmetric percentage error, 200·mean |f - y| / (|f| + |y|), 0 where both are 0.

    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    size = pl.col(FORECAST).abs() + pl.col(ACTUAL).abs()
    return 200 * pl.when(size != 0).then(_error.abs() / size).otherwise(size).mean()


def mase(levels: Levels) -> pl.Expr:
    """Mean absolute scaled error, mean |f - y| / error_scale.

    Hyndman and Koehler (2006), https://doi.org/10.1016/j.ijforecast.2006.03.001, eq. 4.
    """
    return (_error.abs() / pl.col(ERROR_SCALE)).mean()


def rmsse(levels: Levels) -> pl.Expr:
    """Root mean squared scaled error, √mean ((f - y) / root_error_scale)².

    Hyndman and Koehler (2006), section 3; with differences of a season as in `mase`, while
    the M5 competition takes those of one row: Makridakis et al. (2022),
    https://doi.org/10.1016/j.ijforecast.2021.07.007.
    """
    return ((_error / pl.col(ROOT_SCALE)) ** 2).mean().sqrt()


def quantile_loss(levels: Levels) -> pl.Expr:
    """Pinball loss, mean over rows and levels of max(τ·(y - q), (τ - 1)·(y - q)).

    Koenker and Bassett (1978), https://doi.org/10.2307/1913643.
    """
    return pl.mean_horizontal(_pinball(level).mean() for level in levels)


def crps(levels: Levels) -> pl.Expr:
    """Continuous ranked probability score from quantiles, twice the mean pinball loss.

    Exact in the limit of many equidistant levels: Gneiting and Ranjan (2011),
    https://doi.org/10.1198/jbes.2010.08110; Berrisch and Ziel (2023),
    https://doi.org/10.1016/j.jeconom.2021.11.008.
    """
    return 2 * quantile_loss(levels)


def weighted_quantile_loss(levels: Levels) -> pl.Expr:
    """Pinball loss of all series over their size, 2·Σ pinball / Σ |y|, mean over levels.

    Salinas et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.07.001, section 4.
    """
    # Level by level, as this is over all rows at once; a model has all quantiles or none.
    loss = pl.mean_horizontal(_pinball(level).sum() for level in levels)
    size = pl.when(_pinball(min(levels)).is_not_null()).then(pl.col(ACTUAL).abs()).sum()
    return 2 * pl.when(size > 0).then(loss / size)


def coverage(levels: Levels) -> pl.Expr:
    """Share of actual values inside the widest interval; best is the interval's own share.

    Gneiting and Raftery (2007), https://doi.org/10.1198/016214506000001437, section 1.
    """
    return pl.col(ACTUAL).is_between(*_widest(levels)).mean()


def interval_width(levels: Levels) -> pl.Expr:
    """Mean width of the widest interval, in units of the data. Same source as `coverage`."""
    lower, upper = _widest(levels)
    return (upper - lower).mean()


def msis(levels: Levels) -> pl.Expr:
    """Mean scaled interval score: width, and what misses the widest interval, over error_scale.

    mean ((u - l) + max(l - y, 0) / α + max(y - u, 0) / (1 - β)) / error_scale, for the quantiles
    l at level α and u at level β. Gneiting and Raftery (2007), section 6.2, scaled as in
    Makridakis et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.04.014, section 2.
    """
    lower, upper = _widest(levels)
    actual = pl.col(ACTUAL)
    below = pl.when(actual < lower).then((lower - actual) / min(levels)).otherwise(0)
    above = pl.when(actual > upper).then((actual - upper) / (1 - max(levels))).otherwise(0)
    return ((upper - lower + below + above) / pl.col(ERROR_SCALE)).mean()


def owa(by: Sequence[str] = ()) -> pl.Expr:
    """Overall weighted average, (sMAPE / that of Naive2 + MASE / that of Naive2) / 2.

    Over a table of scores, group by group, and not over rows; null without the model `naive2`.
    Makridakis et al. (2020), same source as `smape`.
    """
    own = [pl.col(metric) for metric in ("smape", "mase")]
    naive2 = [score.filter(pl.col(MODEL) == NAIVE2).first() for score in own]
    naive2 = [score.over(by) for score in naive2] if by else naive2
    ratios = [pl.when(r > 0).then(score / r) for score, r in zip(own, naive2, strict=True)]
    return (ratios[0] + ratios[1]) / 2


METRICS: dict[str, MetricFn] = {
    "mase": mase,
    "rmsse": rmsse,
    "smape": smape,
    "mape": mape,
    "mae": mae,
    "rmse": rmse,
    "bias": bias,
    "quantile_loss": quantile_loss,
    "crps": crps,
    "weighted_quantile_loss": weighted_quantile_loss,
    "coverage": coverage,
    "interval_width": interval_width,
    "msis": msis,
}
# Over all rows at once, not the mean over series.
POOLED = ("weighted_quantile_loss", "calibration_error")
INTERVAL = ("coverage", "interval_width", "msis")
OWA = "owa"  # the only one that compares models, so it stands apart
NAIVE2 = "naive2"


def scores(table: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Score each model of a backtest on the windows that all models forecast.

    Returns:
        Columns `model`, `metric`, `value`; models in the table's order; null = undefined.
        The metric `owa` is there if the model `naive2` is.
    """
    if task.classes:
        names = {metric: metric for metric in CLASS_METRICS}
    else:
        names = score_names(task.quantile_levels)
        names |= {OWA: OWA} if NAIVE2 in models_of(table) else {}
    return (
        pl.DataFrame({MODEL: models_of(table)}, schema={MODEL: pl.String})
        .with_row_index("rank")
        .join(scores_by(table, task), on=MODEL, how="left")
        .select("rank", MODEL, *(pl.col(metric).alias(name) for metric, name in names.items()))
        .sort("rank")
        .unpivot(index=["rank", MODEL], variable_name="metric")
        .sort("rank", maintain_order=True)
        .select(MODEL, "metric", pl.col("value").cast(pl.Float64))
    )


def scores_by(table: pl.DataFrame, task: Task, *, by: Sequence[str] = ()) -> pl.DataFrame:
    """Score each model, group by group, on the windows that all models forecast.

    The score of a group is the mean over the series in it; of `POOLED` metrics it is one over
    all rows of the group.

    Args:
        table: A backtest.
        task: Horizon, season and quantile levels.
        by: Columns that make a group, of `item`, `origin`, `step`: none for the score overall,
            `step` for how errors grow, `item` for series, `item` and `origin` for forecasts.

    Returns:
        Columns `model`, those of `by`, and one a metric, with `owa` of values; null = undefined.
    """
    rows, group, names = comparable(table), [MODEL, *by], list(_metrics_of(task))
    averaged = [metric for metric in names if metric not in POOLED]
    together = [metric for metric in names if metric in POOLED]
    pooled = series_scores(rows, task, by=by, metrics=together)
    within = tuple(dict.fromkeys([*by, ITEM]))
    each = (series_scores(own, task, by=within, metrics=averaged) for own in by_model(rows))
    means = [own.group_by(group, maintain_order=True).agg(pl.col(averaged).mean()) for own in each]
    found = pl.concat(means).join(pooled, on=group, maintain_order="left")
    return found.select(*group, *names, *(() if task.classes else [owa(by).alias(OWA)]))


def score_names(levels: Levels) -> dict[str, str]:
    """Name the metrics as scores show them: those of an interval carry its share in percent.

    With 0.1 and 0.9 the widest levels, `coverage` is `coverage_80`; a single level makes no
    interval.
    """
    share = round(100 * (max(levels) - min(levels)))
    names = {metric: f"{metric}_{share}" if metric in INTERVAL else metric for metric in METRICS}
    return {metric: name for metric, name in names.items() if share or metric not in INTERVAL}


def series_scores(
    table: pl.DataFrame,
    task: Task,
    *,
    by: Sequence[str] = (ITEM,),
    metrics: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Score each model on each series, or each group: columns `model`, those of `by`, metrics.

    Without the choice of rows that all models forecast, and without any mean over series. The
    metrics are all that there are of the task, if none are named.
    """
    known = _metrics_of(task)
    asked = {name: known[name] for name in (known if metrics is None else metrics)}
    found, null = [], pl.lit(None, pl.Float64)
    for part in by_model(table):
        # What reads a column without values is null; baselines have no quantiles, which cost most.
        full = {column.name for column in part if column.count()}
        agg = {key: one if full >= {*one.meta.root_names()} else null for key, one in asked.items()}
        for few in portions(part) if ITEM in by else [part]:
            # Streaming adds up in another order each time.
            group = few.lazy().group_by([MODEL, *by], maintain_order=True)
            found.append(group.agg(**agg).collect(engine="in-memory"))
    return pl.concat(found).with_columns(pl.col(MODEL).cast(pl.String))


def comparable(table: pl.DataFrame) -> pl.DataFrame:
    """Keep the rows with a known actual that every model forecasts.

    A model without any forecast does not count, so it cannot empty the table.
    """
    unknown = table.select(pl.any_horizontal(pl.col(FORECAST, ACTUAL).is_null())).to_series()
    known = table.filter(~unknown) if unknown.any() else table
    windows = [rows_of_model(known, model).select(WINDOW) for model in models_of(known)]
    # As a rule all models forecast the same in the same order: then nothing need be looked up.
    if all(one.equals(windows[0]) for one in windows[1:]):
        return known
    return known.filter(pl.len().over(WINDOW) == len(windows))


def metric_columns(metric: str, task: Task) -> list[str]:
    """Return the columns of a backtest that a metric reads."""
    return _metrics_of(task)[metric].meta.root_names()


def _metrics_of(task: Task) -> dict[str, pl.Expr]:
    if task.classes:
        return {name: metric(task.classes) for name, metric in CLASS_METRICS.items()}
    return {name: metric(task.quantile_levels) for name, metric in METRICS.items()}


def _pinball(level: float) -> pl.Expr:
    below = pl.col(ACTUAL) - pl.col(quantile_column(level))
    return pl.max_horizontal(level * below, (level - 1) * below)


def _widest(levels: Levels) -> tuple[pl.Expr, pl.Expr]:
    return pl.col(quantile_column(min(levels))), pl.col(quantile_column(max(levels)))
