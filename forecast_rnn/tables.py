"""The forecast table: the one form in which forecasts travel.

A row is a forecast of one model for one step after one origin. Networks and baselines
make it, `backtest` adds what came true, `metrics` scores it, `output` writes it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.kinds import CLASSES, VALUES, Kind

MODEL = "model"
ITEM = "item"  # number of the series in the panel
ORIGIN = "origin"  # position of the last known row inside its series, from 0
CUTOFF = "cutoff"  # time of that row; in a backtest, where it tells which windows are one
STEP = "step"  # 1 to H
FORECAST = "forecast"  # the median, or the number of the most probable class, from 1
ACTUAL = "actual"  # null = missing or not known yet; a value, or the number of its class
ERROR_SCALE = "error_scale"  # null = undefined
ROOT_SCALE = "root_error_scale"  # as that, of squares; null = undefined

PATH = "path"  # 1 to N
VALUE = "value"  # what a path comes to

WINDOW = (ITEM, ORIGIN, STEP)  # what is forecast, by whichever model

ROWS_AT_ONCE = 20_000
"""About as many rows are scored or written at a time, which keeps memory small."""

MODELS = pl.Categorical(pl.Categories("models of a backtest", physical=pl.UInt16))
"""Type of `model` in a backtest: two bytes a row, where text takes sixteen."""


def level_text(level: float) -> str:
    """Write a quantile level with all its digits and no exponent: 0.00005, never 5e-05."""
    return format(Decimal(repr(float(level))), "f")


def quantile_column(level: float) -> str:
    """Name the column of a quantile: 0.1 is `q0.1`."""
    return f"q{level_text(level)}"


def quantile_columns(levels: tuple[float, ...]) -> list[str]:
    """Name the columns of several quantiles."""
    return [quantile_column(level) for level in levels]


def forecast_columns(task: Task) -> list[str]:
    """Name the columns that a forecast has beside `forecast`: quantiles, or probabilities."""
    return COLUMNS[task.kind](task)


def class_names(classes: int) -> list[str]:
    """Name classes of the change, from the steepest fall to the steepest rise."""
    return ["down", "up"] if classes == 2 else [str(number) for number in range(1, classes + 1)]


def probability_columns(classes: int) -> list[str]:
    """Name the columns of the probabilities: `p_down` and `p_up`, or `p1`, `p2`, …."""
    return [f"p_{name}" if classes == 2 else f"p{name}" for name in class_names(classes)]


COLUMNS: Mapping[Kind, Callable[[Task], list[str]]] = {
    VALUES: lambda task: quantile_columns(task.quantile_levels),
    CLASSES: lambda task: probability_columns(task.classes),
}
"""Columns that a forecast of each kind has beside `forecast`."""


def forecast_table(
    model: str,
    origins: pl.DataFrame,
    forecasts: NDArray[np.floating],
    *,
    columns: Sequence[str],
    values: NDArray[np.floating] | None = None,
) -> pl.DataFrame:
    """Lay forecasts out as a table, one row a step.

    Args:
        model: Name of the forecaster.
        origins: Columns `item` and `origin`, B rows, as `origins.located` gives them.
        forecasts: Medians, [B, H]; what is not finite is no forecast, null in the table.
        columns: Names of what else there is, such as quantiles, Q.
        values: Of these columns, [B, H, Q]; None for a model that has none.
    """
    size, horizon = forecasts.shape
    item, origin = origins[ITEM].cast(pl.UInt32), origins[ORIGIN].cast(pl.Int64)
    frame = pl.DataFrame(
        [
            pl.Series(ITEM, np.repeat(item.to_numpy(), horizon)),
            pl.Series(ORIGIN, np.repeat(origin.to_numpy(), horizon)),
            pl.Series(STEP, np.tile(np.arange(1, horizon + 1, dtype=np.int32), size)),
        ]
    )
    # What is the same in all rows takes no memory as a literal.
    return frame.select(
        pl.lit(model).alias(MODEL),
        pl.all(),
        _column(FORECAST, forecasts),
        *(
            _column(name, None if values is None else values[..., place])
            for place, name in enumerate(columns)
        ),
    )


def rows_of_model(table: pl.DataFrame, model: str) -> pl.DataFrame:
    """Return the rows of one model; without a copy where they stand together."""
    of_model = table.select(pl.col(MODEL) == model).to_series().to_numpy()
    count = int(of_model.sum())
    first = int(of_model.argmax()) if count else 0
    together = bool(of_model[first : first + count].all())
    return table.slice(first, count) if together else table.filter(pl.Series(of_model))


def by_model(table: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut a table into the rows of each model; at least one part."""
    return [rows_of_model(table, model) for model in models_of(table)] or [table]


def are_sorted(keys: Sequence[pl.Series]) -> bool:
    """Tell whether rows are in the order of three keys of whole numbers, each row once."""
    columns = [key.to_numpy() for key in keys]
    begins = range(0, len(columns[0]), ROWS_AT_ONCE)
    return all(
        _ascend([key[begin : begin + ROWS_AT_ONCE + 1] for key in columns]) for begin in begins
    )


def _ascend(keys: Sequence[NDArray[np.integer]]) -> bool:
    first, second, third = (np.diff(key.astype(np.int64)) for key in keys)
    later = (first > 0) | ((first == 0) & ((second > 0) | ((second == 0) & (third > 0))))
    return bool(later.all())


def portions(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut the rows of a model between items, where those of each stand together as they should."""
    item = rows[ITEM]
    if rows.height <= ROWS_AT_ONCE or not item.is_sorted():
        return [rows]
    begins = item.gather([*range(0, rows.height, ROWS_AT_ONCE)]).unique(maintain_order=True)
    bounds = [*item.search_sorted(begins), rows.height]
    return [rows.slice(begin, end - begin) for begin, end in pairwise(bounds)]


def models_of(table: pl.DataFrame) -> list[str]:
    """Name the models of a table in the order of their first rows."""
    names: list[str] = table[MODEL].unique(maintain_order=True).to_list()
    return names


def path_table(origins: pl.DataFrame, values: NDArray[np.float64]) -> pl.DataFrame:
    """Lay paths out as a table, one row a path and step; those with a gap are left out.

    Args:
        origins: Columns `item` and `origin`, B rows, as `origins.located` gives them.
        values: [B, N, H]; NaN = no forecast.
    """
    size, paths, horizon = values.shape
    frame = origins.select(ITEM, ORIGIN)
    return (
        frame.select(pl.all().gather(np.repeat(np.arange(size), paths * horizon)))
        .with_columns(
            pl.Series(PATH, np.tile(np.repeat(np.arange(1, paths + 1), horizon), size)),
            pl.Series(STEP, np.tile(np.arange(1, horizon + 1, dtype=np.int32), size * paths)),
            _column(VALUE, values),
        )
        .filter(pl.col(VALUE).is_not_null().all().over(ITEM, ORIGIN))
    )


def _column(name: str, values: NDArray[np.floating] | None) -> pl.Series | pl.Expr:
    if values is None:
        return pl.lit(None, dtype=pl.Float64).alias(name)
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    finite = np.isfinite(flat)
    if finite.all():
        return pl.Series(name, flat)
    return pl.Series(name, np.where(finite, flat, np.nan)).fill_nan(None)
