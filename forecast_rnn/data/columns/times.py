"""Text to times by one format a column, kept so that output is written as the input was."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from forecast_rnn.data.columns.encoded import UNIX_FORMATS, decoded, unix_times
from forecast_rnn.data.columns.rewriting import rewritten
from forecast_rnn.data.columns.timecells import (
    FIRST_YEAR,
    SAMPLE,
    as_written,
    detect,
    odd_length,
    read_cells,
    too_early,
)
from forecast_rnn.data.faults import LISTED, Faults, faults_error
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.time.patterns import Pattern, has_short_year, has_zone, patterns_of
from forecast_rnn.data.time.zones import find_zone
from forecast_rnn.data.words import shown
from forecast_rnn.errors import ConfigError, DataError, Fault

_EXCEL_DAYS = (29_000, 62_000)
_MISSING = ("the time is missing", "fill it in, or remove the row")
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
        read_format: Pattern of the input where `format` writes times in another way, else None.
        note: What the cells were taken for where this is not plain, else empty.
    """

    values: pl.Series
    type: Literal["integer", "date", "datetime"]
    format: str | None = None
    zone: str | None = None
    offset: str | None = None
    read_format: str | None = None
    note: str = ""


def parse_times(
    rows: Rows, column: str, date_format: str | None, pattern: Pattern | None = None
) -> Times:
    """Return a time column as times or integers; `pattern` if `plain_times` converted it.

    Raises:
        DataError: cells are missing or are no times, or all cells can be read in two ways.
    """
    cells = rows.frame[column]
    absent = _absent(cells)
    if absent.any():
        raise _with_absent(rows, column, date_format, absent)
    if date_format is not None and cells.dtype.is_integer():
        cells = cells.cast(pl.String)  # 20240131 of a typed file, or of a text that is all digits
    if cells.dtype == pl.String:
        return _from_text(rows, column, cells, date_format)
    written = pattern.writing if pattern is not None and not rows.typed else None
    if cells.dtype == pl.Date:
        return Times(cells, "date", written)
    if cells.dtype == pl.Datetime:
        zone: str | None = getattr(cells.dtype, "time_zone", None)
        return Times(cells.cast(pl.Datetime("us", zone)), "datetime", written, zone)
    return _from_numbers(rows, column, cells)


def _absent(cells: pl.Series) -> pl.Series:
    absent = cells.is_null()
    return absent | (cells.str.len_bytes() == 0) if cells.dtype == pl.String else absent


def _with_absent(rows: Rows, column: str, date_format: str | None, absent: pl.Series) -> DataError:
    """Return the error of a column with missing times, and of those that cannot be read."""
    faults = Faults(rows.name)
    faults.add(_faulty(rows, column, absent, lambda cell: _MISSING))
    kept = np.flatnonzero(~absent.to_numpy())
    present = replace(rows, frame=rows.frame[kept], where=lambda row: rows.where(int(kept[row])))
    if len(kept):
        with faults.caught():
            parse_times(present, column, date_format)
    return faults.error()


def _faulty(
    rows: Rows, column: str, bad: pl.Series, reason: Callable[[str], tuple[str, str]]
) -> DataError:
    """Return the error of the bad cells; `reason` gives the problem and the remedy of each."""
    at = np.flatnonzero(bad.to_numpy())
    cells = rows.frame[column].gather(at[:LISTED]).cast(pl.String).fill_null("")
    faults = [
        Fault(rows.where(int(row)), column, cell, *reason(cell))
        for row, cell in zip(at, cells, strict=False)
    ]
    return faults_error(rows.name, faults, {column: len(at)})


def _from_numbers(rows: Rows, column: str, cells: pl.Series) -> Times:
    whole = cells.cast(pl.Int64, strict=False)
    bad = whole.is_null() | (whole.cast(pl.Float64) != cells.cast(pl.Float64))
    if bad.any():
        raise _faulty(rows, column, bad, _neither)
    return _steps(whole)


def _neither(cell: str) -> tuple[str, str]:
    return f"{shown(cell)} is neither a time nor a whole step", "correct it"


def _from_text(rows: Rows, column: str, cells: pl.Series, date_format: str | None) -> Times:
    if date_format is not None:
        return _by_user_format(rows, column, cells, date_format)
    if cells.head(SAMPLE).str.contains(r"^\s|\s$").any():
        cells = cells.str.strip_chars()
    patterns = detect(cells)
    other = None if patterns else rewritten(cells)
    if other is not None and detect(other):
        rows = replace(rows, frame=pl.DataFrame({column: other}))
        return replace(_from_text(rows, column, other, None), note=f"'{other[0]}' for '{cells[0]}'")
    if not patterns:
        return _integers(rows, column, cells)
    pattern = _the_one(rows, column, cells, patterns)
    values = read_cells(cells, pattern)
    written = as_written(cells.head(SAMPLE), values.head(SAMPLE), pattern)
    bad = values.is_null() | odd_length(cells, written)
    if not bad.any() and too_early(values):
        bad = values.dt.year() < FIRST_YEAR
    if bad.any():
        raise _not_times(rows, column, bad)
    return _with_zone(cells, values, written)


def _integers(rows: Rows, column: str, cells: pl.Series) -> Times:
    plain = cells.str.contains(r"^[+-]?\d{1,18}$")
    whole = cells.cast(pl.Int64, strict=False)
    bad = whole.is_null() | ~plain
    if bad.any():
        raise _not_times(rows, column, bad)
    return _steps(whole)


def _steps(whole: pl.Series) -> Times:
    """Return whole numbers as the times that they encode, or as steps."""
    found = decoded(whole)
    if found is None:
        return Times(whole, "integer")
    kind: Literal["date", "datetime"] = "date" if found.values.dtype == pl.Date else "datetime"
    zone = None if kind == "date" else "UTC"
    return Times(found.values, kind, found.format, zone, note=found.note)


def check_excel_days(rows: Rows, column: str, times: Times) -> None:
    """Refuse whole numbers that look like the day numbers of a spreadsheet."""
    low, high = _EXCEL_DAYS
    values = times.values
    if times.type == "integer" and values.is_between(low, high).all():
        day = np.datetime64("1899-12-30") + np.timedelta64(int(values[0]), "D")
        problem = f"'{values[0]}' looks like Excel day numbers ({values[0]} would be {day})"
        remedy = "format the column as dates or, if these are plain steps, pass --freq"
        fault = Fault(rows.where(0), column, str(values[0]), problem, remedy)
        raise faults_error(rows.name, [fault])


def _by_user_format(rows: Rows, column: str, cells: pl.Series, date_format: str) -> Times:
    if date_format in UNIX_FORMATS:
        return _by_unix(rows, column, cells, date_format)
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
        words = f"does not fit --date-format {shown(date_format)}"
        remedy = "correct it, or pass another --date-format"
        raise _faulty(rows, column, bad, lambda cell: (f"{shown(cell)} {words}", remedy))
    if values.dtype == pl.Date:
        return Times(values, "date", date_format)
    zone: str | None = getattr(values.dtype, "time_zone", None)
    return Times(values, "datetime", date_format, zone)


def _by_unix(rows: Rows, column: str, cells: pl.Series, date_format: str) -> Times:
    numbers = cells.str.strip_chars().cast(pl.Int64, strict=False)
    if numbers.has_nulls():
        bad = numbers.is_null()
        raise _faulty(
            rows, column, bad, lambda cell: (f"{shown(cell)} is no Unix time", "correct it")
        )
    values = unix_times(numbers, UNIX_FORMATS[date_format])
    return Times(values, "datetime", date_format, "UTC")


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
        problem = (
            f"{shown(cells[at])} may be {one:%-d %B %Y} (day first) or {two:%-d %B %Y} (month "
            "first), and no row settles it"
        )
        ways = " or ".join(f"--date-format '{pattern.writing}'" for pattern in patterns)
        fault = Fault(rows.where(at), column, cells[at], problem, f"pass {ways}")
        raise faults_error(rows.name, [fault])
    return patterns[int(np.argmin(faults))]


def _not_times(rows: Rows, column: str, bad: pl.Series) -> DataError:
    first = rows.frame[column][0].strip()

    def reason(cell: str) -> tuple[str, str]:
        words, remedy = _reason(cell.strip(), first, rows.where(0))
        return f"{shown(cell)} {words}", remedy

    return _faulty(rows, column, bad, reason)


def _reason(cell: str, first: str, where: str) -> tuple[str, str]:
    """Return what is wrong with a cell in a column with this first one, and a way out."""
    if re.fullmatch(r"[2-6]\d{4}(\.\d+)?", cell):
        return "looks like an Excel day number", "format the column as dates"
    if has_short_year(cell):
        return "has a year of two digits", f"write all four, or pass {_short_formats(first)}"
    if patterns_of(first) and has_zone(cell) != has_zone(first):
        has, first_has = ("a", "none") if has_zone(cell) else ("no", "one")
        words = f"has {has} UTC offset and {shown(first)} in {where} has {first_has}"
        return words, "write all in one way, for some times have a UTC offset and some have none"
    if re.search(r"(^|\D)0\d{3}(\D|$)", cell):
        return f"has a year before {FIRST_YEAR}", "correct it"
    if len(cell) == len(first) and patterns_of(cell) == patterns_of(first) != []:
        return "is not a date of the calendar", "correct it"
    if cell != first and patterns_of(cell):
        words = f"is not a date that is written like the first, {shown(first)}"
        return words, "correct it, or write all in one way"
    return "is not a date or a whole step", "correct it, or pass --date-format"


def _short_formats(cell: str) -> str:
    """Return the options that read a date whose year has two digits."""
    known = (
        "%m/%d/%y",
        "%d/%m/%y",
        "%d.%m.%y",
        "%d-%m-%y",
        "%d-%b-%y",
        "%d %b %y",
        "%b-%y",
        "%b %y",
    )
    fits = [form for form in known if not read_cells(pl.Series([cell]), Pattern(form)).has_nulls()]
    return " or ".join(f"--date-format '{form}'" for form in fits) or "--date-format"


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
        written = pattern.writing + offset_mark(offset)
        return Times(values.dt.convert_time_zone(zone), "datetime", written, zone)
    offset = "+00:00" if ":" in offset else "+0000"
    return Times(values, "datetime", pattern.writing + offset, "UTC", offset)


def offset_mark(offset: str) -> str:
    """Return the `strftime` mark that writes offsets like this one."""
    return "%z" if re.fullmatch(r"[+-]\d{4}", offset) else "%:z"
