"""A file, standard input or a frame becomes a panel, with what was understood and put right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import polars as pl

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.columns.ids import take_ids
from forecast_rnn.data.columns.jointimes import join_times
from forecast_rnn.data.columns.layout import prepared
from forecast_rnn.data.columns.numbers import usual_decimal
from forecast_rnn.data.columns.roles import Roles, check_columns, find_roles
from forecast_rnn.data.columns.timecells import plain_pattern
from forecast_rnn.data.columns.times import Times
from forecast_rnn.data.files.csv import csv_table
from forecast_rnn.data.files.frame import frame_table
from forecast_rnn.data.files.parquet import parquet_table
from forecast_rnn.data.files.sheet import sheet_table
from forecast_rnn.data.files.source import open_source
from forecast_rnn.data.files.table import Rows, Table
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.facts import facts_of
from forecast_rnn.data.panels.future import cut_future, trailing, with_future
from forecast_rnn.data.panels.grid import build_panel, check_gaps
from forecast_rnn.data.panels.holiday import check_countries
from forecast_rnn.data.panels.missing import fill_missing
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.quality import check_missing, check_names, check_values
from forecast_rnn.data.panels.wide import TARGET, check_missing_cells, series_column
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.series.covariates import (
    Column,
    about_missing,
    fixed_columns,
    parse_columns,
)
from forecast_rnn.data.series.grouping import (
    Series,
    combine_duplicates,
    drop_duplicates,
    find_groups,
    group,
    without_rows,
)
from forecast_rnn.data.series.parsing import load_rows, parse_cells, times_of
from forecast_rnn.data.series.spacing import by_month, find_spacing
from forecast_rnn.data.words import counted
from forecast_rnn.errors import DataError

__all__ = ["Findings", "format_times", "panel_from_frame", "read_panel", "refuse_warnings"]

_TOLD = 5


@dataclass(frozen=True, slots=True)
class Findings:
    """What reading found.

    Attributes:
        facts: What was inferred, in order: `time`, `id`, `target`, `frequency`, `rows`, ….
        warnings: What was put right or looks odd, one sentence each.
    """

    facts: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_panel(source: Path | Literal["-"], hints: Hints) -> tuple[Panel, Findings]:
    """Read a CSV, Parquet or xlsx file, or the same on standard input.

    Raises:
        InputError: the input is not there.
        DataError: it cannot be used as it is; the message says where and why.
    """
    return _panel(_table(source, hints.encoding, hints.header_line), hints)


def read_future(
    panel: Panel, source: Path | Literal["-"] | pl.DataFrame, horizon: int
) -> tuple[Panel, tuple[str, ...]]:
    """Take in a file or frame with the known columns of the steps ahead; return warnings too.

    Raises:
        InputError: the input is not there.
        DataError: it cannot be used, or a row that is needed is not there.
    """
    schema, hints = panel.schema, panel.schema.hints()
    if isinstance(source, pl.DataFrame):
        table = frame_table(source)
    else:
        table = _table(source, schema.encoding)
    table, hints, _ = join_times(table, hints)
    columns = [schema.timestamp, *schema.given_ids, *schema.known]
    check_columns(table, columns)
    rows = table.load(columns, {})
    times = times_of(rows, schema.timestamp, hints, None, schema.given_ids)
    ids = take_ids(rows, schema.given_ids)
    rows = replace(rows, frame=rows.frame.with_columns(ids))
    known, doubts = parse_columns(rows, schema.known, hints)
    targets = [name for name in (*schema.targets, schema.target) if name in table.sample.columns]
    if targets:
        doubts += (f"{rows.name}: column {targets[0]} ignored, for it is what is forecast.",)
    panel, warnings = with_future(panel, rows, times, known, horizon)
    return panel, rows.warnings + doubts + warnings


def refuse_warnings(warnings: Sequence[str]) -> None:
    """Raise DataError if there are any warnings, with the first few of them."""
    if warnings:
        first = "\n".join(f"  {warning}" for warning in warnings[:_TOLD])
        more = f"\n  and {len(warnings) - _TOLD} more" if len(warnings) > _TOLD else ""
        count = counted(len(warnings), "warning")
        raise DataError(f"{count} refused by --strict:\n{first}{more}")


def _table(
    source: Path | Literal["-"], encoding: str | None, header_line: int | None = None
) -> Table:
    opened = open_source(source)
    if opened.kind == "parquet":
        return parquet_table(opened)
    if opened.kind == "xlsx":
        return sheet_table(opened.name, opened.data)
    return csv_table(opened.name, opened.data, encoding, header_line)


def panel_from_frame(frame: pl.DataFrame, hints: Hints) -> tuple[Panel, Findings]:
    """Make a panel of a frame, by the same rules as of a file.

    Raises:
        DataError: it cannot be used as it is; the message says where and why.
    """
    return _panel(frame_table(frame), hints)


def _panel(table: Table, hints: Hints) -> tuple[Panel, Findings]:
    table, hints, about_layout = prepared(table, hints)
    roles = find_roles(table, hints)
    columns = table.sample.columns
    decimal = hints.decimal or usual_decimal(table.sample[roles.target[0]])
    pattern = plain_pattern(table.sample[roles.time], hints.date_format)
    rows = load_rows(table, roles, hints, pattern)
    # Free what is not needed any more: a file may be nearly as large as the memory.
    del table
    cells = parse_cells(rows, roles, hints, pattern)
    rows, roles, times = replace(rows, frame=pl.DataFrame()), cells.roles, cells.times
    beside = {name: column.values for name, column in cells.covariates.items()}
    groups = find_groups(cells.ids, times.values)
    series = group(groups, times.values, cells.values, beside)
    covariates, warnings = cells.covariates, (*about_layout, *cells.warnings)
    del cells, groups, beside
    schema = replace(_schema(roles, times, hints, covariates), decimal=decimal)
    panel, facts, put_right = _regular(series, rows, schema, covariates)
    used = {roles.time, *roles.target, *roles.item_id, *schema.covariates}
    unused = tuple(name for name in columns if name not in used)
    facts = facts_of(panel, times, roles.target, unused) | facts
    return panel, Findings(facts, warnings + put_right)


def _regular(
    series: Series, rows: Rows, schema: Schema, columns: Mapping[str, Column]
) -> tuple[Panel, dict[str, str], tuple[str, ...]]:
    """Put series on their grid; return what duplicates and missing values became."""
    if schema.duplicates == "error":
        series, double = drop_duplicates(series, rows)
    else:
        series, double = combine_duplicates(series, rows, schema.duplicates)
        if schema.aggregate is not None:
            double = ()  # as the user asked for
    given, filled = schema.frequency is not None, schema.missing != "keep"
    check = check_missing_cells if schema.wide else check_missing
    observed = without_rows(series, trailing(series)) if schema.known else series
    missing = () if filled else check(observed, rows)
    static, series = fixed_columns(series, columns, schema.static, rows)
    missing += about_missing(observed, static, schema, rows)
    series, moved = by_month(series, schema.frequency)
    spacing = find_spacing(series, rows.name, schema.frequency)
    gaps = check_gaps(series, spacing, rows.name, given=given, filled=filled)
    panel = build_panel(series, spacing, schema, columns, static)
    # Where columns are known ahead, rows without a target at the end are the future.
    panel, facts = fill_missing(cut_future(panel) if schema.known else panel, schema.missing)
    odd = check_values(panel, rows.name) + check_names(panel)
    panel, useless = _settle_holidays(panel)
    return panel, facts, double + moved + missing + gaps + odd + useless


def _schema(
    roles: Roles,
    times: Times,
    hints: Hints,
    columns: Mapping[str, Column],
) -> Schema:
    item_id = roles.item_id
    name = "series" if "target" in (*item_id, roles.time) else "target"
    several = len(roles.target) > 1
    targets = roles.target if several else ()
    if hints.wide:
        # All columns are taken anew from newer data unless the user named some.
        name, several, targets = series_column(roles.time), True, hints.target
    return Schema(
        timestamp=roles.time,
        target=TARGET if hints.wide else ",".join(roles.target),
        item_id=(*item_id, name) if several else item_id,
        time_type=times.type,
        time_format=times.format,
        read_format=times.read_format,
        time_zone=times.zone,
        zone_given=hints.time_zone is not None,
        utc_offset=times.offset,
        targets=targets,
        frequency=hints.frequency,
        duplicates=hints.aggregate or hints.duplicates,
        aggregate=hints.aggregate,
        round_times=hints.round_times,
        missing=hints.missing,
        wide=hints.wide,
        encoding=hints.encoding,
        static=hints.static,
        past=hints.past,
        known=hints.known,
        categorical=tuple(name for name, column in columns.items() if column.names is not None),
        holidays=check_countries(hints.holidays),
        thousands=hints.thousands,
        hour_ending=hints.hour_ending,
        header_line=hints.header_line,
        single=hints.single and not roles.item_id,
    )


def _settle_holidays(panel: Panel) -> tuple[Panel, tuple[str, ...]]:
    """Leave out holidays where rows are too long, or no times, to have any."""
    schema, frequency = panel.schema, panel.frequency
    if not schema.holidays or not (frequency.months or frequency.grid == "integer"):
        return panel, ()
    warning = f"--holidays has no use, for the times are {frequency.describe()}; it is ignored."
    return replace(panel, schema=replace(schema, holidays=())), (warning,)
