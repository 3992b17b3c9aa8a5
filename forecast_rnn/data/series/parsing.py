"""The columns in use as values, with all their faults refused at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import in_zone
from forecast_rnn.data.columns.cutoff import cut_off
from forecast_rnn.data.columns.ids import take_ids
from forecast_rnn.data.columns.numbers import parse_numbers, plain_numbers
from forecast_rnn.data.columns.regular import on_grid
from forecast_rnn.data.columns.roles import Roles, settle_ids
from forecast_rnn.data.columns.timecells import plain_times
from forecast_rnn.data.columns.times import Times, check_excel_days, parse_times
from forecast_rnn.data.columns.totals import without_totals
from forecast_rnn.data.faults import Faults
from forecast_rnn.data.files.table import Plain, Rows, Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.series.covariates import Column, check_leaks, parse_columns
from forecast_rnn.data.series.grouping import PLAIN_IDS
from forecast_rnn.data.time.patterns import Pattern
from forecast_rnn.data.words import counted

_LISTED = 5


@dataclass(frozen=True, slots=True)
class Cells:
    """The columns in use, by row of the input.

    Attributes:
        roles: Of the columns, ids settled.
        times: The time column.
        ids: The id columns.
        values: The values of each target, missing as NaN.
        covariates: The columns beside.
        warnings: What was put right or looks odd, one sentence each.
    """

    roles: Roles
    times: Times
    ids: pl.DataFrame
    values: dict[str, NDArray[np.float64]]
    covariates: dict[str, Column]
    warnings: tuple[str, ...]


def load_rows(table: Table, roles: Roles, hints: Hints, pattern: Pattern | None) -> Rows:
    """Read the columns in use in full, without totals at the end."""
    numbers = {name: plain_numbers(table.sample[name]) for name in roles.target}
    plain: dict[str, Plain] = {name: rule for name, rule in numbers.items() if rule is not None}
    plain |= dict.fromkeys(roles.item_id, PLAIN_IDS) | {roles.time: plain_times(pattern)}
    rows = table.load([roles.time, *roles.target, *roles.item_id, *hints.covariates], plain)
    return without_totals(rows, roles.time, roles.target[0])


def parse_cells(rows: Rows, roles: Roles, hints: Hints, pattern: Pattern | None) -> Cells:
    """Make values of the cells of all columns in use.

    Args:
        rows: Their cells.
        roles: What they are.
        hints: The user's word.
        pattern: How times are written, if `plain_times` converted them.

    Raises:
        DataError: cells are at fault; it lists the first of all columns.
    """
    faults = Faults(rows.name)
    with faults.caught():
        times = times_of(rows, roles.time, hints, pattern, roles.item_id)
        times, about_grid = on_grid(times, roles.time, hints)
        rows, times, roles = cut_off(rows, times, hints, roles)
    if not roles.settled:
        roles = replace(roles, item_id=settle_ids(rows, roles), settled=True)
    values, doubts = _values(rows, roles.target, hints, faults)
    with faults.caught():
        ids = take_ids(rows, roles.item_id)
        covariates, odd = parse_columns(rows, hints.covariates, hints)
    faults.refuse()
    odd += check_leaks(covariates, values[roles.target[0]])
    warnings = (
        *_about(times, roles.time),
        *about_grid,
        *roles.warnings,
        *rows.warnings,
        *doubts,
        *odd,
    )
    return Cells(roles, times, ids, values, covariates, warnings)


def times_of(
    rows: Rows,
    column: str,
    hints: Hints,
    pattern: Pattern | None = None,
    item_id: Sequence[str] = (),
) -> Times:
    """Read the time column by the user's word, on the clock of the zone."""
    times = parse_times(rows, column, hints.date_format, pattern)
    if hints.time_zone is not None:
        times = in_zone(rows, column, times, hints.time_zone, item_id)
    if hints.frequency is None:
        check_excel_days(rows, column, times)
    return times


def _about(times: Times, column: str) -> tuple[str, ...]:
    return (f"column {column} is read as {times.note}.",) if times.note else ()


def _values(
    rows: Rows, targets: Sequence[str], hints: Hints, faults: Faults
) -> tuple[dict[str, NDArray[np.float64]], tuple[str, ...]]:
    values: dict[str, NDArray[np.float64]] = {}
    warnings: list[str] = []
    for target in targets:
        with faults.caught():
            column, doubts = parse_numbers(rows, target, hints)
            warnings += doubts
            values[target] = column.to_numpy(writable=True)  # null becomes NaN
    if len(warnings) > _LISTED:
        more = counted(len(warnings) - _LISTED, "more warning")
        warnings = [*warnings[:_LISTED], f"{more} such as these, of other columns."]
    return values, tuple(warnings)
