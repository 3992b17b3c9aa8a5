"""From the forecast table to the table that users see, in their own words."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.tables import (
    ACTUAL,
    CUTOFF,
    FORECAST,
    ITEM,
    MODEL,
    ORIGIN,
    PATH,
    ROWS_AT_ONCE,
    STEP,
    VALUE,
    are_sorted,
    by_model,
    class_names,
    forecast_columns,
)

MOST_INTEGER = 2.0**53


def published(
    table: pl.DataFrame,
    panel: Panel,
    task: Task,
    *,
    marked: bool = False,
    whole: bool = False,
) -> pl.DataFrame:
    """Name series and times as the input does, and sort as the input does.

    A forecast has the id columns, the time column, `forecast` and the quantiles, by series
    and time; if `marked`, also `model`, by what it is; if `whole`, forecasts are integers. A
    backtest (a table with `actual`) has
    `model`, the id columns, the time column, `cutoff`, `step`, `actual`, `forecast` and the
    quantiles, by model, series, cutoff and time. Of classes there are names and
    probabilities. Where a column of the user has the name of
    one of ours, ours gets a trailing underscore.
    """
    if ACTUAL in table.columns:
        return pl.concat(published_backtest(table, panel, task))
    ours = [FORECAST, *forecast_columns(task)]
    table = NAMED[task.kind](_sorted(table, panel), task)
    users = [*panel.items.columns, panel.schema.timestamp]
    table = _as_integers(table, ours) if whole else table
    names = [*ours, MODEL] if marked else ours
    return pl.DataFrame(
        [
            *_identified(table, panel),
            *(table[name].alias(free_name(name, users)) for name in names),
        ]
    )


def published_backtest(table: pl.DataFrame, panel: Panel, task: Task) -> Iterator[pl.DataFrame]:
    """Publish a backtest as `published` does, some rows at a time; at least one part."""
    users = [*panel.items.columns, panel.schema.timestamp]
    ours = [FORECAST, *forecast_columns(task)]
    for of_model in by_model(table):
        rows = NAMED[task.kind](_sorted(of_model, panel), task)
        for part in rows.iter_slices(ROWS_AT_ONCE) if rows.height else [rows]:
            cutoff = format_times(part[CUTOFF], panel.schema)
            columns = [cutoff, *part[[STEP, ACTUAL, *ours]]]
            freed = [column.alias(free_name(column.name, users)) for column in columns]
            model = part[MODEL].cast(pl.String).alias(free_name(MODEL, users))
            yield pl.DataFrame([model, *_identified(part, panel), *freed])


def _identified(table: pl.DataFrame, panel: Panel) -> list[pl.Series]:
    """Return the id columns and the time of each row."""
    times = _times(table, panel, table[ORIGIN] + table[STEP], panel.schema.timestamp)
    return [*panel.items.select(pl.all().gather(table[ITEM])), times]


def _as_integers(table: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Make integers of whole numbers, unless one is so large that integers would not hold it."""
    largest = table.select(pl.max_horizontal(pl.col(columns).abs()).max()).item()
    fit = largest is not None and largest <= MOST_INTEGER
    return table.with_columns(pl.col(columns).cast(pl.Int64)) if fit else table


def published_paths(table: pl.DataFrame, panel: Panel, *, whole: bool = False) -> pl.DataFrame:
    """Name series and times of paths as the input does: ids, time, `path`, `value`, in this order.

    If `whole`, values are integers. Where a column of the user has the name of one of ours, ours
    gets a trailing underscore.
    """
    table = table.sort(_rank(table, panel), ORIGIN, STEP, PATH)
    table = _as_integers(table, [VALUE]) if whole else table
    users = [*panel.items.columns, panel.schema.timestamp]
    return pl.DataFrame(
        [
            *panel.items.select(pl.all().gather(table[ITEM])),
            _times(table, panel, table[ORIGIN] + table[STEP], panel.schema.timestamp),
            *(table[name].alias(free_name(name, users)) for name in (PATH, VALUE)),
        ]
    )


def published_scores(table: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Name series as the input does in scores by `item`, and sort as it does: `model`, ids, scores.

    Where a column of the user has the name of one of ours, ours gets a trailing underscore.
    """
    table = table.sort(_rank(table, panel), maintain_order=True)
    ids, ours = panel.items.select(pl.all().gather(table[ITEM])), table.drop(ITEM)
    named = ours.rename({name: free_name(name, ids.columns) for name in ours.columns})
    return pl.DataFrame([named.to_series(0), *ids, *named.get_columns()[1:]])


def _with_class_names(table: pl.DataFrame, task: Task) -> pl.DataFrame:
    """Put the names of classes in place of their numbers."""
    names = dict(enumerate(class_names(task.classes), start=1))
    numbers = pl.col(FORECAST, *({ACTUAL} & {*table.columns})).cast(pl.Int64)
    return table.with_columns(numbers.replace_strict(names, return_dtype=pl.String))


NAMED: Mapping[Kind, Callable[[pl.DataFrame, Task], pl.DataFrame]] = {
    VALUES: lambda table, task: table,
    CLASSES: _with_class_names,
}
"""Makes forecasts of each kind into what users read."""


def time_patterns(panel: Panel) -> dict[str, str]:
    """Return how the time columns of published tables are written, where they are bare text."""
    schema = panel.schema
    if schema.time_format is None or schema.utc_offset is not None:
        return {}
    users = [*panel.items.columns, schema.timestamp]
    return dict.fromkeys((schema.timestamp, free_name(CUTOFF, users)), schema.time_format)


def free_name(name: str, taken: list[str]) -> str:
    """Return a name of ours, with underscores behind it until no column of the user has it."""
    while name in taken:
        name += "_"
    return name


def shown_order(panel: Panel) -> NDArray[np.int64]:
    """Return where each item comes in the input's order, [N]."""
    shown = np.empty(len(panel.order), dtype=np.int64)
    shown[panel.order] = np.arange(len(panel.order))
    return shown


def _sorted(table: pl.DataFrame, panel: Panel) -> pl.DataFrame:
    """Sort by series in the input's order, then time; what is so already is not copied."""
    rank = _rank(table, panel)
    return table if are_sorted([rank, *table[[ORIGIN, STEP]]]) else table.sort(rank, ORIGIN, STEP)


def _rank(table: pl.DataFrame, panel: Panel) -> pl.Series:
    """Return where the series of each row comes in the input's order."""
    return pl.Series("shown", shown_order(panel)[table[ITEM].to_numpy()])


def _times(table: pl.DataFrame, panel: Panel, position: pl.Series, name: str) -> pl.Series:
    return format_times(panel.timestamps(table[ITEM], position), panel.schema).alias(name)
