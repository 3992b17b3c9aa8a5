"""A workbook for people: frozen header, readable numbers, text that stays text."""

import datetime
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import polars as pl
import polars.selectors as cs

from forecast_rnn.errors import OutputError
from forecast_rnn.output import NO_PATTERNS, Patterns
from forecast_rnn.output.dates import FIRST_YEAR, number_format, read_times
from forecast_rnn.output.tables import iso_times

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575  # of a sheet, below its header
LONGEST_TEXT = 32_767
EXACT = 10**15  # a cell holds 15 digits
CREATED = datetime.datetime(2000, 1, 1)  # not now: the same table gives the same bytes
WIDEST = 60  # characters that a column shows
DIGITS = 5  # of a typical number
A4 = 9

_PIXELS, _PADDING = 7, 12  # of a character, and of a column beside its characters
_FILTER = 3  # characters that the button of a filter takes
_NO_CHARACTERS = "[\ufffe\uffff]"  # which XML cannot hold


def write_xlsx(
    table: pl.DataFrame, stream: BinaryIO, patterns: Patterns = NO_PATTERNS
) -> tuple[str, ...]:
    """Write a workbook of one sheet; see `add_sheet`."""
    check_size(table)
    with new_book(stream) as book:
        add_sheet(book, "forecast", table, patterns=patterns)
    return ()


@contextmanager
def new_book(stream: BinaryIO) -> Iterator["Workbook"]:
    """Yield an empty workbook, and write it to a stream in the end.

    Text that is written to it is text, whatever it looks like; none becomes a formula.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    literal = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **literal}) as book:
        book.set_properties({"created": CREATED})
        yield book
    stream.write(buffer.getbuffer())


def add_sheet(
    book: "Workbook",
    name: str,
    table: pl.DataFrame,
    *,
    patterns: Patterns = NO_PATTERNS,
    formats: Mapping[str, str] = NO_PATTERNS,
    digits: int = DIGITS,
) -> None:
    """Add a sheet with a table under a header that stays in view and can be filtered.

    Times that a sheet cannot hold (with a zone, before 1900) and integers of more than 15
    digits become text.

    Args:
        book: What the sheet is added to.
        name: Of the sheet.
        table: At least one column.
        patterns: Columns of text that are times, which become real times where a sheet can
            show them as written.
        formats: Number formats by column, where they are not found from the numbers.
        digits: Significant digits of a typical number.

    Raises:
        OutputError: The table is larger than a sheet can be.
    """
    check_size(table)
    table, written = _with_times(table, patterns)
    named, fitted = {**written, **formats}, _fitted(table)
    chosen = [
        named.get(name) or _format(column, digits)
        for name, column in zip(table.columns, fitted, strict=True)
    ]
    fitted.write_excel(
        book,
        name,
        table_style="Table Style Light 1",
        header_format={"bold": True},
        column_formats=dict(zip(fitted.columns, chosen, strict=True)),
        column_widths=_widths(fitted, chosen),
        freeze_panes=(1, 0),
    )
    fit_to_paper(book.get_worksheet_by_name(name))


def fit_to_paper(sheet: "Worksheet") -> None:
    """Print a sheet as wide as the paper, with its header on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def check_size(table: pl.DataFrame, rows: int | None = None) -> None:
    """Raise OutputError if a table, or so many rows like it, are more than a sheet can hold."""
    rows = table.height if rows is None else rows
    if rows > MOST_ROWS:
        raise OutputError(
            f"the table has {rows:,} rows and a sheet holds {MOST_ROWS:,}; choose csv or parquet."
        )
    longest = table.select(pl.max_horizontal(0, cs.string().str.len_chars().max())).item()
    if longest > LONGEST_TEXT:
        raise OutputError(
            f"a text has {longest:,} characters and a cell holds {LONGEST_TEXT:,}; "
            "choose csv or parquet."
        )


def _with_times(table: pl.DataFrame, patterns: Patterns) -> tuple[pl.DataFrame, dict[str, str]]:
    """Read text that is times, where a sheet can show it as it is; return the formats as well."""
    read, formats = {}, {}
    for name, pattern in patterns.items():
        shown = number_format(pattern)
        if shown is None or table.schema.get(name) != pl.String:
            continue
        times = read_times(table[name], pattern)
        if times is not None:
            read[name], formats[name] = times, shown
    return table.with_columns(**read), formats


def _fitted(table: pl.DataFrame) -> pl.DataFrame:
    """Make text of what a cell cannot hold, and tell headers apart that differ by case only."""
    table = table.with_columns(cs.float().fill_nan(None), cs.categorical().cast(pl.String))
    unfit = [column.name for column in table if not _fits(column)]
    text = iso_times(table.select(unfit)).with_columns(pl.all().cast(pl.String))
    headers: dict[str, str] = {}
    for name in table.columns:
        header = name
        while header.casefold() in map(str.casefold, headers.values()):
            header += "_"
        headers[name] = header
    table = table.with_columns(text)
    return table.with_columns(cs.string().str.replace_all(_NO_CHARACTERS, "\ufffd")).rename(headers)


def _fits(column: pl.Series) -> bool:
    if column.dtype.is_integer():
        return not bool((column.cast(pl.Float64).abs() >= EXACT).any())
    if column.dtype.is_temporal():
        zoned = getattr(column.dtype, "time_zone", None) is not None
        return not (zoned or (column.dt.year() < FIRST_YEAR).any())
    return True


def _format(column: pl.Series, digits: int) -> str:
    """Choose a number format: some digits of a typical number, times as ISO 8601."""
    if column.dtype == pl.Date:
        return "yyyy-mm-dd"
    if column.dtype == pl.Datetime:
        return "yyyy-mm-dd hh:mm:ss"
    if not column.dtype.is_float():
        return "0" if column.dtype.is_integer() else "@"
    sizes = column.filter(column != 0).abs().to_numpy()
    first = math.floor(math.log10(np.median(sizes))) if len(sizes) else 2
    decimals = min(max(digits - 1 - first, 0), 12)
    return "0" if decimals == 0 else "0." + decimals * "0"


def _widths(table: pl.DataFrame, formats: Sequence[str]) -> dict[str | cs.Selector, int]:
    """Return the width of each column in pixels: of its header and of what it shows."""
    widths: dict[str | cs.Selector, int] = {}
    for column, shown in zip(table, formats, strict=True):
        characters = max(len(column.name) + _FILTER, _characters(column, shown))
        widths[column.name] = _PADDING + _PIXELS * min(characters, WIDEST)
    return widths


def _characters(column: pl.Series, shown: str) -> int:
    """Return how many characters the longest cell shows."""
    if column.dtype == pl.String:
        return int(column.str.len_chars().max() or 0)  # type: ignore[arg-type]
    if column.dtype.is_temporal():
        return len(shown)
    largest = column.abs().max() if column.dtype.is_numeric() else None
    whole = int(math.log10(largest)) if isinstance(largest, int | float) and largest >= 1 else 0
    return 2 + whole + len(shown.partition(".")[2]) + 1
