"""What a backtest says beyond its scores: by step, by level, by series, by size of error."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.evaluation.metrics import series_scores
from forecast_rnn.tables import (
    ACTUAL,
    ERROR_SCALE,
    FORECAST,
    ITEM,
    MODEL,
    STEP,
    models_of,
    portions,
    quantile_column,
    rows_of_model,
)

BINS = 41  # odd, so that one is for no error at all
INNER = 0.98  # share of the errors that the bins span; those beyond are in the outermost


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often errors of a size occur.

    Attributes:
        edges: Of the bins, [bins + 1]; what lies beyond counts in the outermost bin.
        shares: Of the errors in each bin, by model; each sums to 1.
    """

    edges: NDArray[np.float64]
    shares: dict[str, NDArray[np.float64]]


def scaled_errors(rows: pl.DataFrame, *, scaled: bool) -> pl.DataFrame:
    """Return `error`, forecast less actual, over the error scale if asked for, where defined.

    Beside it stand model, item and step.
    """
    error = pl.col(FORECAST) - pl.col(ACTUAL)
    errors = rows.select(MODEL, ITEM, STEP, error=error / pl.col(ERROR_SCALE) if scaled else error)
    return errors.drop_nulls("error") if errors["error"].null_count() else errors


def errors_by_step(errors: pl.DataFrame) -> pl.DataFrame:
    """Average absolute errors at each step, of each series and then over series, as scores do.

    Returns:
        `step`, and a column a model; in the order of steps.
    """
    wide = errors.select(pl.col(STEP).unique().sort())
    for model in models_of(errors):
        # As a rule there are as many groups as rows, so that all at once would take much memory.
        parts = pl.concat(_sums_by_step(part) for part in portions(rows_of_model(errors, model)))
        sums = parts.group_by(STEP, maintain_order=True).sum()
        means = sums.select(STEP, (pl.col("error") / pl.col("series")).alias(model))
        wide = wide.join(means, on=STEP, how="left")
    return wide.sort(STEP)


def _sums_by_step(errors: pl.DataFrame) -> pl.DataFrame:
    """Add up the mean absolute errors of series at each step, and count the series."""
    size, step = pl.col("error").abs().mean(), pl.col(STEP)
    each = errors.group_by(step, ITEM, maintain_order=True).agg(size)
    return each.group_by(step, maintain_order=True).agg(pl.col("error").sum(), series=pl.len())


def coverage_by_level(rows: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Say how many actual values lie at or below each quantile, as a mean over series.

    Args:
        rows: Backtest rows of one model.
        task: The quantile levels.

    Returns:
        `level` and `share`.
    """
    names = {level: quantile_column(level) for level in task.quantile_levels}
    below = [(pl.col(ACTUAL) <= pl.col(name)).mean().alias(name) for name in names.values()]
    each = [part.group_by(ITEM, maintain_order=True).agg(below) for part in portions(rows)]
    shares = pl.concat(each).select(pl.col(*names.values()).mean())
    return pl.DataFrame(
        {"level": list(names), "share": shares.row(0)},
        schema={"level": pl.Float64, "share": pl.Float64},
    ).drop_nulls()


def error_histogram(errors: pl.DataFrame, models: list[str]) -> Histogram:
    """Count the errors of some models in bins around 0 that they share."""
    by_model = {model: _values(rows_of_model(errors, model)) for model in models}
    sizes = np.concatenate(list(by_model.values()))
    np.abs(sizes, out=sizes)
    limit = float(np.quantile(sizes, INNER, overwrite_input=True)) if len(sizes) else 0.0
    del sizes
    limit = limit if 0 < limit < np.finfo(float).max / 4 else 1.0
    edges = np.linspace(-limit, limit, BINS + 1)
    shares = {}
    for model, values in by_model.items():
        counts, _ = np.histogram(np.clip(values, -limit, limit), edges)
        shares[model] = counts / max(len(values), 1)
    return Histogram(edges, shares)


def scores_by_series(
    rows: pl.DataFrame, task: Task, models: list[str], metric: str
) -> pl.DataFrame:
    """Score some models on each series.

    Returns:
        `item`, `coverage` of the first model, and a column a model; null = undefined.
    """
    rows = pl.concat([rows_of_model(rows, model) for model in models])
    each = series_scores(rows, task, metrics=(metric, "coverage"))
    first = each.filter(pl.col(MODEL) == models[0]).select(ITEM, "coverage")
    wide = each.pivot(on=MODEL, index=ITEM, values=metric)
    return first.join(wide, on=ITEM, how="left", maintain_order="left").with_columns(
        pl.col(pl.Float64).fill_nan(None)
    )


def _values(errors: pl.DataFrame) -> NDArray[np.float64]:
    values: NDArray[np.float64] = errors["error"].to_numpy()
    finite = np.isfinite(values)
    return values if finite.all() else values[finite]
