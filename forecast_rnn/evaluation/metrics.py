"""Scores of a backtest: metrics by series, averaged over series.

Scores take a metric for each series and average over series, as the M competitions and the
Monash archive do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_metrics import CLASS_METRICS, class_metrics
from forecast_rnn.evaluation.value_metrics import score_names, value_metrics
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.tables import (
    ACTUAL,
    FORECAST,
    ITEM,
    MODEL,
    WINDOW,
    by_model,
    models_of,
    portions,
    rows_of_model,
)

# Over all rows at once, not the mean over series.
POOLED = ("weighted_quantile_loss", "calibration_error")
OWA = "owa"  # the only one that compares models, so it stands apart
NAIVE2 = "naive2"


def owa(by: Sequence[str] = ()) -> pl.Expr:
    """Overall weighted average, (sMAPE / that of Naive2 + MASE / that of Naive2) / 2.

    Over a table of scores, group by group, and not over rows; null without the model `naive2`.
    Makridakis et al. (2020), same source as `smape`.
    """
    scored = [pl.col(metric) for metric in ("smape", "mase")]
    naive2 = [score.filter(pl.col(MODEL) == NAIVE2).first() for score in scored]
    naive2 = [score.over(by) for score in naive2] if by else naive2
    ratios = [pl.when(r > 0).then(score / r) for score, r in zip(scored, naive2, strict=True)]
    return (ratios[0] + ratios[1]) / 2


@dataclass(frozen=True, slots=True)
class Metrics:
    """By what forecasts of a kind are scored.

    Attributes:
        of: Makes the metrics of a task, by name.
        shown_as: Says by what names scores show them, those that are shown.
        relative: Metrics that compare models, over a table of scores and not over rows, by name;
            they take the columns that make a group, and are shown if the model `naive2` is there.
    """

    of: Callable[[Task], Mapping[str, pl.Expr]]
    shown_as: Callable[[Task], Mapping[str, str]]
    relative: Mapping[str, Callable[[Sequence[str]], pl.Expr]] = field(default_factory=dict)


METRICS_OF: Mapping[Kind, Metrics] = {
    VALUES: Metrics(value_metrics, lambda task: score_names(task.quantile_levels), {OWA: owa}),
    CLASSES: Metrics(class_metrics, lambda task: {name: name for name in CLASS_METRICS}),
}


def scores(table: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Score each model of a backtest on the windows that all models forecast.

    Returns:
        Columns `model`, `metric`, `value`; models in the table's order; null = undefined.
        The metric `owa` is there if the model `naive2` is.
    """
    metrics = METRICS_OF[task.kind]
    relative = metrics.relative if NAIVE2 in models_of(table) else ()
    names = {**metrics.shown_as(task), **{name: name for name in relative}}
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
    metrics = METRICS_OF[task.kind]
    rows, group, names = comparable(table), [MODEL, *by], list(metrics.of(task))
    averaged = [metric for metric in names if metric not in POOLED]
    together = [metric for metric in names if metric in POOLED]
    pooled = series_scores(rows, task, by=by, metrics=together)
    within = tuple(dict.fromkeys([*by, ITEM]))
    each = (series_scores(part, task, by=within, metrics=averaged) for part in by_model(rows))
    means = [
        part.group_by(group, maintain_order=True).agg(pl.col(averaged).mean()) for part in each
    ]
    scored = pl.concat(means).join(pooled, on=group, maintain_order="left")
    relative = [metric(by).alias(name) for name, metric in metrics.relative.items()]
    return scored.select(*group, *names, *relative)


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
    known = METRICS_OF[task.kind].of(task)
    asked = {name: known[name] for name in (known if metrics is None else metrics)}
    scored, null = [], pl.lit(None, pl.Float64)
    for part in by_model(table):
        # What reads a column without values is null; baselines have no quantiles, which cost most.
        full = {column.name for column in part if column.count()}
        agg = {key: one if full >= {*one.meta.root_names()} else null for key, one in asked.items()}
        for few in portions(part) if ITEM in by else [part]:
            # Streaming adds up in another order each time.
            group = few.lazy().group_by([MODEL, *by], maintain_order=True)
            scored.append(group.agg(**agg).collect(engine="in-memory"))
    return pl.concat(scored).with_columns(pl.col(MODEL).cast(pl.String))


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
    return METRICS_OF[task.kind].of(task)[metric].meta.root_names()
