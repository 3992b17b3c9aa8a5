"""Series on their grid: gaps become missing values, and a grid that is mostly gaps is refused."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.closing import about_closing
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.wide import unpivot
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.series.covariates import Column, Covariates, on_grid
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.series.spacing import Spacing
from forecast_rnn.data.time.frequency import DAY, Frequency
from forecast_rnn.data.words import counted
from forecast_rnn.errors import DataError

MAX_FILL = 10
_FEW_ROWS = 3
_SHIFT_MONTHS = (3, 4, 9, 10)


def build_panel(
    series: Series,
    spacing: Spacing,
    schema: Schema,
    columns: Mapping[str, Column] = MappingProxyType({}),
    static: pl.DataFrame | None = None,
) -> Panel:
    """Put series on their grid; several targets make one item each.

    Args:
        series: The rows.
        spacing: Where they stand on the grid.
        schema: The roles of columns.
        columns: What each of the covariates of the rows holds.
        static: What stays the same within a series; None for nothing.
    """
    indptr, place = series.indptr, None
    targets = dict(series.values)
    if spacing.position is not None:
        indptr = _bounds(series, spacing.position)
        place = np.repeat(indptr[:-1], np.diff(series.indptr)) + spacing.position
        for name, column in series.values.items():
            targets[name] = np.full(indptr[-1], np.nan)
            targets[name][place] = column
    starts = series.times.gather(series.indptr[:-1]).alias(schema.timestamp)
    values = next(iter(targets.values()))
    panel = Panel(schema, spacing.frequency, series.items, starts, series.order, values, indptr)
    if schema.covariates:
        frame = on_grid(columns, series.covariates, place, indptr)
        static = pl.DataFrame() if static is None else static
        covariates = Covariates(static, frame, indptr[:-1], np.diff(indptr))
        panel = replace(panel, covariates=covariates)
    if schema.wide:
        return unpivot(panel, targets)
    return _stacked(panel, list(targets.values())) if schema.targets else panel


def _bounds(series: Series, position: NDArray[np.int64]) -> NDArray[np.int64]:
    lengths = position[series.indptr[1:] - 1] + 1
    return np.append(0, np.cumsum(lengths)).astype(np.int64)


def _stacked(panel: Panel, columns: list[NDArray[np.float64]]) -> Panel:
    """Make each target column a series of its own, next to the others of its id."""
    schema, count = panel.schema, len(panel.order)
    names = schema.targets
    # The place of each name in order: sorting twice inverts the order of the first.
    rank = np.argsort(np.argsort(names))
    lengths, size = panel.lengths(), len(names)
    base = panel.items if panel.items.width else pl.DataFrame({"": [""]})
    items = base[np.repeat(np.arange(count), size)].with_columns(
        pl.Series(schema.item_id[-1], sorted(names) * count)
    )
    by_rank = [columns[place] for place in np.argsort(names)]
    # Item i of the result is series i // size, and the target that comes i % size-th by name.
    slices = np.concatenate([np.arange(count) * size + place for place in range(size)])
    parts = [np.split(column, panel.indptr[1:-1]) for column in by_rank]
    values = np.concatenate([parts[item % size][item // size] for item in sorted(slices)])
    return Panel(
        schema,
        panel.frequency,
        items.select(schema.item_id),
        panel.starts.gather(np.repeat(np.arange(count), size)),
        (panel.order[:, None] * size + rank[None, :]).ravel().astype(np.int64),
        values,
        np.append(0, np.cumsum(np.repeat(lengths, size))).astype(np.int64),
        _repeated(panel, size),
    )


def _repeated(panel: Panel, size: int) -> Covariates | None:
    if panel.covariates is None:
        return None
    return panel.covariates.take(
        np.repeat(np.arange(len(panel.order)), size), np.zeros(1, np.int64)
    )


def check_gaps(
    series: Series, spacing: Spacing, name: str, *, given: bool, filled: bool = False
) -> tuple[str, ...]:
    """Warn of gaps in the grid.

    Args:
        series: The rows.
        spacing: Where they stand on the grid.
        name: What messages call the input.
        given: Whether the frequency is the user's; then a sparse grid is meant.
        filled: Whether gaps are filled on the user's word; then there is nothing to warn of.

    Raises:
        DataError: most of the grid would be gaps, or a series has another frequency.
    """
    if spacing.position is None:
        return ()
    jumps = np.diff(spacing.position)
    jumps[series.indptr[1:-1] - 1] = 1
    bounds = _bounds(series, spacing.position)
    lengths, rows = np.diff(bounds), np.diff(series.indptr)
    widest = int(np.argmax(jumps))
    _check_far(series, lengths, widest, name=name)
    if not given:
        _check_mixed(series, spacing.frequency, jumps, name)
    missing, total = int(bounds[-1] - len(spacing.position)), int(bounds[-1])
    item = series.item(widest)
    longest = int(jumps[widest]) - 1
    text = (
        f"{counted(missing, 'row')} of {total:,} missing in {int((lengths > rows).sum())} of "
        f"{len(rows)} series (longest gap: {counted(longest, 'step')}, {series.name(item)}, after "
        f"{series.times[widest]})"
    )
    if filled:
        return ()
    if missing > total / 2 and longest >= lengths[item] / 2 and not given:
        raise DataError(
            f"{name}: {text}, so most values would be missing. Give the rows, or pass --freq if "
            "the frequency is another, or --missing zero if there is nothing where no row is."
        )
    shift = _clock_shift(series, spacing.frequency, jumps) or about_closing(series, spacing)
    return (f"{text}, kept as missing.{shift}",)


def _check_far(series: Series, lengths: NDArray[np.int64], widest: int, *, name: str) -> None:
    """Refuse a stamp so far away that filling up to it would swamp the data."""
    rows = np.diff(series.indptr)
    usual = np.median(lengths)
    far = lengths > MAX_FILL * np.maximum(rows, usual)
    if lengths.sum() <= MAX_FILL * rows.sum() and not far.any():
        return
    item = series.item(widest)
    raise DataError(
        f"{name}: {series.name(item)} jumps from {series.times[widest]} to "
        f"{series.times[widest + 1]}, and {int(lengths.sum() - rows.sum()):,} steps would have to "
        f"be filled for {int(rows.sum()):,} rows (limit {MAX_FILL} times). Correct the time, or "
        "pass another --freq."
    )


def _check_mixed(series: Series, frequency: Frequency, jumps: NDArray[np.int64], name: str) -> None:
    """Refuse a series whose own usual step is not that of the others."""
    inner = np.diff(series.indptr) - 1
    # How many plain steps lie before each row, so that a difference counts those of a series.
    plain = np.append(0, np.cumsum(np.append(jumps == 1, False)))
    # A jump from one series to the next counts as one plain step of the former.
    ones = plain[series.indptr[1:]] - plain[series.indptr[:-1]]
    ones[:-1] -= 1
    for item in np.flatnonzero((inner >= _FEW_ROWS) & (ones < inner / 2)):
        first, last = int(series.indptr[item]), int(series.indptr[item + 1])
        steps, counts = np.unique(jumps[first : last - 1], return_counts=True)
        regular = np.flatnonzero(ones >= inner / 2)
        if not len(regular) and len(steps) == 2:
            raise _in_turn(series, int(item), steps, name)
        if counts.max() > 0.6 * inner[item]:
            usual = int(regular[0]) if len(regular) else 0
            at = int(series.indptr[usual])
            raise DataError(
                f"{name}: {series.name(int(item))} has a row every {steps[counts.argmax()]} steps "
                f"({series.times[first]}, {series.times[first + 1]}) where {series.name(usual)} "
                f"has one each ({frequency.describe()}: {series.times[at]}, "
                f"{series.times[at + 1]}). "
                "Give all series one frequency, in files of their own if need be."
            )


def _in_turn(series: Series, item: int, steps: NDArray[np.int64], name: str) -> DataError:
    """Return the error of periods of two lengths in turn, such as 4, 4 and 5 weeks."""
    first = int(series.indptr[item])
    times = ", ".join(str(series.times[first + place]) for place in range(4))
    return DataError(
        f"{name}: the rows of {series.name(item)} are {steps[0]} or {steps[1]} steps apart in turn "
        f"({times}, …), as periods of 4, 4 and 5 weeks are. Put the number of the period (1, 2, 3, "
        "…) in place of the time, and pass --season with the periods of a year."
    )


def _clock_shift(series: Series, frequency: Frequency, jumps: NDArray[np.int64]) -> str:
    """Explain a missing local hour on a night in spring."""
    naive = series.times.dtype == pl.Datetime("us")
    if not naive or not 0 < frequency.duration < DAY:
        return ""
    at = np.flatnonzero(jumps > 1)
    before = series.times.gather(at)
    night = before.dt.month().is_in(_SHIFT_MONTHS) & (before.dt.weekday() == 7)
    night &= before.dt.hour() <= 3
    night &= pl.Series((jumps[at] - 1) * frequency.duration == 3600 * 1_000_000)
    if not night.any():
        return ""
    return (
        f" The hour after {before.filter(night)[0]} looks like a shift to summer time; "
        "pass --timezone NAME, or write times with their UTC offset, to be exact."
    )
