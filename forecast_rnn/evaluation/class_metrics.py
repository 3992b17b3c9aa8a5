"""How good forecasts of classes are: one Polars expression a metric.

As in `value_metrics`, over the rows of a backtest table, whose `forecast` and `actual` are
numbers of classes; a model that gives no probabilities has only an accuracy.
"""

import operator
from collections.abc import Callable
from functools import reduce

import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.tables import ACTUAL, FORECAST, probability_columns

MetricFn = Callable[[int], pl.Expr]

BINS = 10
SMALLEST = 1e-15
"""A class without any probability that comes true counts as if it had had this."""

_right = pl.col(FORECAST) == pl.col(ACTUAL)


def accuracy(classes: int) -> pl.Expr:
    """Share of forecasts whose most probable class came true.

    The zero-one score of Gneiting and Raftery (2007),
    https://doi.org/10.1198/016214506000001437, section 3.
    """
    return _right.mean()


def log_loss(classes: int) -> pl.Expr:
    """Cross-entropy, mean -ln p of the class that came true; ln K for equal probabilities.

    Good (1952), https://doi.org/10.1111/j.2517-6161.1952.tb00104.x.
    """
    columns = enumerate(probability_columns(classes), start=1)
    chosen = pl.coalesce(pl.when(pl.col(ACTUAL) == k).then(pl.col(name)) for k, name in columns)
    return -chosen.clip(lower_bound=SMALLEST).log().mean()


def brier_score(classes: int) -> pl.Expr:
    """Mean of Σ_k (p_k - o_k)², o_k = 1 for the class that came true, else 0: from 0 to 2.

    Brier (1950), https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2, eq. 2. Of two
    classes it is twice (p_up - o_up)².
    """
    columns = enumerate(probability_columns(classes), start=1)
    parts = ((pl.col(name) - (pl.col(ACTUAL) == k)) ** 2 for k, name in columns)
    return reduce(operator.add, parts).mean()


def calibration_error(classes: int) -> pl.Expr:
    """Mean distance between the probability of the most probable class and how often it comes true.

    Over ten bins of that probability: Σ_b n_b/n |mean p - share that came true|. Guo et al.
    (2017), https://arxiv.org/abs/1706.04599, eq. 3.
    """
    sure = confidence(classes)
    gap = sure - _right.cast(pl.Float64)
    sums = [gap.filter(bin_of(sure) == b).sum().abs() for b in range(BINS)]
    return pl.when(gap.count() > 0).then(pl.sum_horizontal(sums) / gap.count())


CLASS_METRICS: dict[str, MetricFn] = {
    "accuracy": accuracy,
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": calibration_error,
}


def class_metrics(task: Task) -> dict[str, pl.Expr]:
    """Return the metrics of the classes of a task, by name."""
    return {name: metric(task.classes) for name, metric in CLASS_METRICS.items()}


def confidence(classes: int) -> pl.Expr:
    """Return the probability of the most probable class, null without probabilities."""
    return pl.max_horizontal(probability_columns(classes))


def bin_of(probability: pl.Expr) -> pl.Expr:
    """Number the tenth in which a probability lies, from 0."""
    return (probability * BINS).floor().clip(0, BINS - 1)


def reliability(rows: pl.DataFrame, classes: int) -> pl.DataFrame:
    """Compare probabilities of the most probable class with how often it came true.

    Murphy and Winkler (1977), https://doi.org/10.2307/2346866, call a plot of it a reliability
    diagram.

    Args:
        rows: Backtest rows of one model.
        classes: K.

    Returns:
        A row for each bin that is not empty: mean `probability`, `share` that came true, `count`.
    """
    sure = confidence(classes)
    return (
        rows.drop_nulls([*probability_columns(classes), ACTUAL])
        .group_by(bin_of(sure).alias("bin"))
        .agg(probability=sure.mean(), share=_right.mean(), count=pl.len())
        .sort("bin")
        .drop("bin")
    )
