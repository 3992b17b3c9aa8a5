"""Text to times by one format a column, kept so that output is written as the input was."""

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from forecast_rnn.data.patterns import Pattern, has_short_year, has_zone, patterns_of
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.table import Rows, shown
from forecast_rnn.data.timecells import (
    FIRST_YEAR,
    SAMPLE,
    as_written,
    detect,
    odd_length,
    read_cells,
    year_of,
)
from forecast_rnn.data.zones import check_zone, find_zone, offset_of
from forecast_rnn.errors import ConfigError, DataError

_EXCEL_DAYS = (29_000, 62_000)
_OFFSET_MARKS = "%[:#]*z|%[Zs+]"
_CLOCKS = ("%H", "%I", "%T", "%R", "%M", "%-H", "%-I", "%k", "%c")


@dataclass(frozen=True, slots=True)
class Times:
    """A time column.

    Attributes:
        values: Int64, Date, or Datetime in microseconds, without missing ones.
        type: What they are.
        format: `strftime` pattern of a text column.
        zone: IANA name, or None.
        offset: UTC offset that all cells of a text column share, or None.
    """

    values: pl.Series
    type: Literal["integer", "date", "datetime"]
    format: str | None = None
    zone: str | None = None
    offset: str | None = None


def parse_times(
    rows: Rows, column: str, date_format: str | None, pattern: Pattern | None = None
) -> Times:
    """Return a time column as times or integers; `pattern` if `plain_times` converted it.

    Raises:
        DataError: a cell is missing or is no time, or all cells can be read in two ways.
    """
    cells = rows.frame[column]
    _check_present(rows, column, cells)
    if cells.dtype == pl.String:
        return _from_text(rows, column, cells, date_format)
    written = pattern.writing if pattern is not None and not rows.typed else None
    if cells.dtype == pl.Date:
        return Times(cells, "date", written)
    if cells.dtype == pl.Datetime:
        zone: str | None = getattr(cells.dtype, "time_zone", None)
        return Times(cells.cast(pl.Datetime("us", zone)), "datetime", written, zone)
    return _compact(_from_numbers(rows, column, cells))


def in_zone(rows: Rows, column: str, times: Times, zone: str) -> Times:
    """Take times without offset for those of a zone's clock, and bring others to that clock.

    Raises:
        ConfigError: there is no such zone, or the times are dates or whole numbers.
        DataError: the clock of the zone skips a time, or shows it twice.
    """
    check_zone(zone)
    if times.type != "datetime":
        kind = "dates" if times.type == "date" else "whole numbers"
        raise ConfigError(
            f"--timezone suits times of day, but {column} holds {kind}; leave it out."
        )
    if times.zone is None:
        local = times.values.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        if local.null_count():
            raise _not_on_clock(rows, column, times, int(local.is_null().arg_max() or 0), zone)
        return replace(times, values=local, zone=zone)
    written = times.format
    if written is not None and times.offset is not None:
        written = written.removesuffix(times.offset) + _offset_mark(times.offset)
    return Times(times.values.dt.convert_time_zone(zone), "datetime", written, zone)


def format_times(times: pl.Series, schema: Schema) -> pl.Series:
    """Write times as the input wrote them: text if it was text, else as they are.

    Text without offset that the user said to be of a zone is written by its clock, again
    without. Where the clock is put back, and so shows one of the times twice, all of them
    get their offset.
    """
    if schema.time_format is None:
        return times
    if schema.utc_offset is None:
        bare = schema.zone_given and not re.search(_OFFSET_MARKS, schema.time_format)
        mark = "%:z" if bare and _any_twice(times) else ""
        return times.dt.strftime(schema.time_format + mark)
    # The pattern ends in the offset itself, so it writes local times.
    local = times.dt.replace_time_zone(None) + offset_of(schema.utc_offset)
    written: pl.Series = local.dt.strftime(schema.time_format)
    return written


def _check_present(rows: Rows, column: str, cells: pl.Series) -> None:
    absent = cells.is_null()
    if cells.dtype == pl.String:
        absent |= cells.str.len_bytes() == 0
    if absent.any():
        first = int(absent.arg_max() or 0)
        raise DataError(
            f"{rows.place(first, column)}: the time is missing ({int(absent.sum())} such rows). "
            "Fill it in, or remove the row."
        )


def _from_numbers(rows: Rows, column: str, cells: pl.Series) -> Times:
    whole = cells.cast(pl.Int64, strict=False)
    bad = whole.is_null() | (whole.cast(pl.Float64) != cells.cast(pl.Float64))
    if bad.any():
        first = int(bad.arg_max() or 0)
        cell = shown(str(cells[first]))
        raise DataError(f"{rows.place(first, column)}: {cell} is neither a time nor a whole step.")
    return Times(whole, "integer")


def _from_text(rows: Rows, column: str, cells: pl.Series, date_format: str | None) -> Times:
    if date_format is not None:
        return _by_user_format(rows, column, cells, date_format)
    if cells.head(SAMPLE).str.contains(r"^\s|\s$").any():
        cells = cells.str.strip_chars()
    patterns = detect(cells)
    if not patterns:
        return _integers(rows, column, cells)
    pattern = _the_one(rows, column, cells, patterns)
    values = read_cells(cells, pattern)
    written = as_written(cells.head(SAMPLE), values.head(SAMPLE), pattern)
    bad = values.is_null() | odd_length(cells, written)
    if not bad.any() and year_of(values.min()) < FIRST_YEAR:
        bad = values.dt.year() < FIRST_YEAR
    if bad.any():
        raise _not_times(rows, column, cells, int(bad.arg_max() or 0))
    return _with_zone(cells, values, written)


def _integers(rows: Rows, column: str, cells: pl.Series) -> Times:
    plain = cells.str.contains(r"^[+-]?\d{1,18}$")
    whole = cells.cast(pl.Int64, strict=False)
    bad = whole.is_null() | ~plain
    if bad.any():
        raise _not_times(rows, column, cells, int(bad.arg_max() or 0))
    return _compact(Times(whole, "integer"))


def _compact(times: Times) -> Times:
    """Read whole numbers such as 202401 as months if they can hardly be anything else."""
    year, month = times.values // 100, times.values % 100
    if not (year.is_between(1500, 2199) & month.is_between(1, 12)).all() or year.n_unique() < 2:
        return times
    return Times((times.values.cast(pl.String) + "01").str.to_date("%Y%m%d"), "date", "%Y%m")


def check_excel_days(rows: Rows, column: str, times: Times) -> None:
    """Refuse whole numbers that look like the day numbers of a spreadsheet."""
    low, high = _EXCEL_DAYS
    values = times.values
    if times.type == "integer" and values.is_between(low, high).all():
        day = np.datetime64("1899-12-30") + np.timedelta64(int(values[0]), "D")
        raise DataError(
            f"{rows.place(0, column)}: '{values[0]}' looks like Excel day numbers ({values[0]} "
            f"would be {day}). Format the column as dates; if these are plain steps, pass --freq."
        )


def _by_user_format(rows: Rows, column: str, cells: pl.Series, date_format: str) -> Times:
    try:
        if any(clock in date_format for clock in _CLOCKS):
            values = cells.str.to_datetime(date_format, time_unit="us", strict=False)
        else:
            values = read_cells(cells, Pattern(date_format))
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise ConfigError(f"--date-format {shown(date_format)} cannot be used: {reason}.") from None
    bad = values.is_null()
    if bad.any():
        first = int(bad.arg_max() or 0)
        raise DataError(
            f"{rows.place(first, column)}: {shown(cells[first])} does not fit --date-format "
            f"{shown(date_format)} ({int(bad.sum())} such rows)."
        )
    if values.dtype == pl.Date:
        return Times(values, "date", date_format)
    zone: str | None = getattr(values.dtype, "time_zone", None)
    return Times(values, "datetime", date_format, zone)


def _the_one(rows: Rows, column: str, cells: pl.Series, patterns: list[Pattern]) -> Pattern:
    """Choose between day-first and month-first by all cells; refuse what fits both."""
    if len(patterns) == 1:
        return patterns[0]
    readings = [read_cells(cells, pattern) for pattern in patterns]
    faults = [reading.null_count() for reading in readings]
    doubtful = {pattern.day[:2] for pattern in patterns} == {"%d", "%m"}
    apart = readings[0] != readings[1]  # 01/01/2024 is the same either way
    if doubtful and faults == [0, 0] and apart.any():
        at = int(apart.arg_max() or 0)
        one, two = readings[0][at], readings[1][at]
        raise DataError(
            f"{rows.place(at, column)}: {shown(cells[at])} may be {one:%-d %B %Y} (day first) or "
            f"{two:%-d %B %Y} (month first), and no row settles it. Pass "
            f"--date-format '{patterns[0].writing}' or --date-format '{patterns[1].writing}'."
        )
    return patterns[int(np.argmin(faults))]


def _not_times(rows: Rows, column: str, cells: pl.Series, at: int) -> DataError:
    cell, first = str(cells[at]), str(cells[0])
    if re.fullmatch(r"[2-6]\d{4}(\.\d+)?", cell):
        reason = "looks like an Excel day number; format the column as dates"
    elif has_short_year(cell):
        reason = "has a year of two digits; write all four, or pass --date-format"
    elif patterns_of(first) and has_zone(cell) != has_zone(first):
        reason = f"and {shown(first)} in row 1: some times have a UTC offset and some have none"
    elif at and patterns_of(cell):
        reason = f"is not a date that is written like the first, {shown(first)}"
    else:
        reason = "is not a date or a whole step; correct it, or pass --date-format"
    return DataError(f"{rows.place(at, column)}: {shown(cell)} {reason}.")


def _with_zone(cells: pl.Series, values: pl.Series, pattern: Pattern) -> Times:
    if values.dtype == pl.Date:
        return Times(values, "date", pattern.writing)
    if not pattern.zone:
        return Times(values, "datetime", pattern.writing)
    offset = pattern.zone.strip()
    offsets = cells.str.slice(-len(offset), len(offset))
    if offsets.n_unique() == 1:
        return Times(values, "datetime", pattern.writing + offset, "UTC", offset)
    # Offsets that change with the season come from a zone, in which output goes on.
    zone = find_zone(values, offsets)
    if zone is not None:
        written = pattern.writing + _offset_mark(offset)
        return Times(values.dt.convert_time_zone(zone), "datetime", written, zone)
    offset = "+00:00" if ":" in offset else "+0000"
    return Times(values, "datetime", pattern.writing + offset, "UTC", offset)


def _offset_mark(offset: str) -> str:
    """Return the `strftime` mark that writes offsets like this one."""
    return "%z" if re.fullmatch(r"[+-]\d{4}", offset) else "%:z"


def _any_twice(times: pl.Series) -> bool:
    """Tell whether any of some zone-aware times is one that the clock shows twice."""
    zone = getattr(times.dtype, "time_zone", None)
    local = times.dt.replace_time_zone(None)
    return local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").has_nulls()


def _not_on_clock(rows: Rows, column: str, times: Times, at: int, zone: str) -> DataError:
    time = times.values[at : at + 1]
    cell = shown(str(time.dt.strftime(times.format)[0] if times.format else time[0]))
    earliest = time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if earliest.has_nulls():
        reason = f"does not exist in {zone}, where the clock is put forward then; correct it"
    else:
        reason = f"occurs twice in {zone}, where the clock is put back then"
    return DataError(
        f"{rows.place(at, column)}: {cell} {reason}. Write times with their UTC offset, or pass "
        "another --timezone."
    )
