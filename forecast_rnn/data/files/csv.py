"""CSV as text: nothing is guessed by the parser, and every row keeps its line number."""

import csv
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.faults import LISTED, faults_error
from forecast_rnn.data.files import records
from forecast_rnn.data.files.encoding import about_encoding, as_utf8
from forecast_rnn.data.files.parts import read_plain
from forecast_rnn.data.files.preamble import header_start
from forecast_rnn.data.files.records import Shape, Text
from forecast_rnn.data.files.table import Plain, Rows, Table, column_names
from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError, Fault

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_BYTES = 2**17
_SNIFFED_LINES = 50
_TITLE = "is there a title above the header? Remove it, or pass --header-line {}"
_MOST_TITLES = 20
_MORE = "a field that holds the separator must be in quotes"
_FEWER = "write all fields, also the empty ones, or copy the file again if it is cut off there"


def csv_table(
    name: str, data: bytes, encoding: str | None = None, header_line: int | None = None
) -> Table:
    """Look at the header and the first rows of a CSV text; no encoding is UTF-8.

    Lines above the header are left out: those before `header_line` or, without one, blank ones
    and those that begin with `#`.

    Raises:
        DataError: it is not text of that encoding, quotes do not match, or there are no rows.
    """
    text, skipped = _text(name, as_utf8(name, data, encoding), header_line)
    if text.quoted:
        records.check_quotes(text)
    header = _header(text)
    names = column_names(header, f"{name} line {text.first_line}")
    head = _head(text)
    sample = _parse(head, names, range(len(names)))
    if not sample.height:
        raise DataError(f"{name} has a header but no data rows.")

    warnings = about_encoding(data, encoding) + skipped

    def load(columns: Sequence[str], plain: Mapping[str, Plain]) -> Rows:
        rows = _load(text, names, columns, plain)
        return replace(rows, warnings=warnings + rows.warnings)

    return Table(name, sample, load)


def _text(name: str, data: bytes, header_line: int | None) -> tuple[Text, tuple[str, ...]]:
    """Return the text from the header on, and a warning of what stands above it."""
    if b"\n" not in data and b"\r" in data:
        raise DataError(f"{name} has old Mac line ends (CR alone); save it with LF or CRLF.")
    start, warnings = header_start(name, data, header_line)
    body = data[start:] if start else data
    first_line = 1 + data.count(b"\n", 0, start)
    return Text(name, body, _sniff_separator(body), b'"' in body, first_line), warnings


def _sniff_separator(data: bytes) -> str:
    """Return the separator that most of the first lines hold equally often."""
    head = data[:_SAMPLE_BYTES].decode("utf-8", "replace")
    outside_quotes = "".join(head.split('"')[::2])
    # A line of quoted fields is nothing but separators here, which may be tabs.
    lines = [line for line in outside_quotes.split("\n")[:_SNIFFED_LINES] if line.strip(" \r")]
    best, most = ",", 0.0
    for separator in SEPARATORS:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        # A header that holds it as often as the rows do settles most doubts.
        score = counts.count(usual) / len(counts) + (counts[0] == usual) if usual else 0.0
        # Of two that are as regular it is the tab, which hardly ever stands within cells.
        if score > most or (score == most == 2.0 and separator == "\t"):
            best, most = separator, score
    return best


def _header(text: Text) -> list[str]:
    head = text.data[:_SAMPLE_BYTES].decode("utf-8", "replace")
    fields = next(csv.reader(io.StringIO(head, newline=""), delimiter=text.separator))
    return [field.strip() for field in fields]


def _head(text: Text) -> Text:
    """Return the first records of a text."""
    if len(text.data) <= _SAMPLE_BYTES:
        return text
    start = Text(text.name, text.data[:_SAMPLE_BYTES], text.separator, text.quoted)
    whole = records.measure(start)
    # The last record may be cut, and so is left out.
    lines = text.data[:_SAMPLE_BYTES].split(b"\n")[: int(whole.line[-1]) - 1]
    return Text(text.name, b"\n".join(lines) + b"\n", text.separator, text.quoted, text.first_line)


def _parse(
    text: Text, names: Sequence[str], columns: Sequence[int], *, lenient: bool = False
) -> pl.DataFrame:
    """Read columns by place as text; raise what explains a parser's failure."""
    try:
        frame = pl.read_csv(
            text.data,
            columns=list(columns),
            separator=text.separator,
            quote_char='"' if text.quoted else None,
            infer_schema=False,
            empty_string_is_null=False,
            truncate_ragged_lines=lenient,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        shape = records.measure(text)
        if not lenient and _all_trailing(shape):
            return _parse(text, names, columns, lenient=True)
        _check_fields(text, shape)
        reason = str(error).partition("\n")[0]
        raise DataError(f"{text.name} cannot be read as CSV: {reason}.") from None
    frame.columns = [names[column] for column in columns]
    return frame


def _all_trailing(shape: Shape) -> bool:
    rows = ~shape.blank[1:]
    long = shape.fields[1:] == shape.fields[0] + 1
    return bool((long & shape.trailing[1:])[rows].all())


def _load(text: Text, names: list[str], columns: Sequence[str], plain: Mapping[str, Plain]) -> Rows:
    """Read columns in full; blank lines are left out.

    Raises:
        DataError: a record has more or fewer fields than the header.
    """
    places = sorted(names.index(column) for column in columns)
    may_be_plain = bool(plain) and not text.quoted
    plain_frame = read_plain(text, names, places, plain) if may_be_plain else None
    if plain_frame is not None:
        where = _counted_line(text.first_line)
        return Rows(text.name, plain_frame, where, decimal_comma=text.separator == ";")
    frame = _parse(text, names, places)
    count_of_records, separators = records.count(text)
    wanted = count_of_records * (len(names) - 1)
    # Spreadsheets leave rows of nothing but separators behind.
    hollow = frame.select(pl.all_horizontal(pl.all() == "")).to_series().any()
    if frame.height == count_of_records - 1 and separators == wanted and not hollow:
        by_line = not text.quoted or text.data.count(b"\n") <= count_of_records
        where = _counted_line(text.first_line) if by_line else _found_line(text)
        return Rows(text.name, frame, where, decimal_comma=text.separator == ";")
    if frame.height != count_of_records - 1:
        _check_fields(text, records.measure(text))
        raise DataError(f"{text.name} cannot be read as CSV: quotes or line ends are in disorder.")
    return _mended(text, frame)


def _mended(text: Text, frame: pl.DataFrame) -> Rows:
    """Leave out blank lines and separators at the end of all lines; refuse other disorder."""
    shape = records.measure(text)
    warnings: list[str] = []
    if _all_trailing(shape) and not shape.trailing[0]:
        warnings.append("every row ends in a separator that the header lacks; it is ignored.")
    else:
        _check_fields(text, shape)
    blank = shape.blank[1:]
    if blank.all():
        raise DataError(f"{text.name} has a header but no data rows.")
    inside = int(np.count_nonzero(blank[: np.flatnonzero(~blank)[-1]]))
    if inside:
        line = int(shape.line[1:][blank][0])
        warnings.append(f"{counted(inside, 'blank line')} left out (first: line {line}).")
    return Rows(
        text.name,
        frame.filter(~blank),
        _found_line(text),
        tuple(warnings),
        decimal_comma=text.separator == ";",
    )


def _check_fields(text: Text, shape: Shape) -> None:
    wanted = int(shape.fields[0])
    wrong = np.flatnonzero((shape.fields != wanted) & ~shape.blank)
    if not len(wrong):
        return
    # The header has as many fields as most lines, and is the first that does.
    usual = int(np.bincount(shape.fields[~shape.blank]).argmax())
    header = int(np.argmax(shape.fields == usual))
    if usual > wanted and header <= _MOST_TITLES:
        remedy = _TITLE.format(int(shape.line[header]))
        fault = _wrong_fields(text, shape, int(wrong[0]), remedy)
        raise faults_error(text.name, [fault])
    faults = [
        _wrong_fields(text, shape, int(record), _MORE if shape.fields[record] > wanted else _FEWER)
        for record in wrong[:LISTED]
    ]
    raise faults_error(text.name, faults, {None: len(wrong)})


def _wrong_fields(text: Text, shape: Shape, record: int, remedy: str) -> Fault:
    line, fields = int(shape.line[record]), int(shape.fields[record])
    written = _line(text, line)
    problem = f"has {fields} fields where the header has {shape.fields[0]}: {shown(written)}"
    return Fault(f"line {line}", None, written, problem, remedy)


def _line(text: Text, number: int) -> str:
    """Return a line as it stands."""
    lines = itertools.islice(io.BytesIO(text.data), number - text.first_line, None)
    return next(lines, b"").decode("utf-8", "replace").rstrip("\r\n")


def _counted_line(first_line: int) -> Callable[[int], str]:
    """Return a function from a row to its line, where each row is one line."""
    return lambda row: f"line {first_line + 1 + row}"


def _found_line(text: Text) -> Callable[[int], str]:
    """Return a function from a row to its line, which looks lines up at its first call."""

    @cache
    def lines() -> NDArray[np.int64]:
        shape = records.measure(text)
        begins: NDArray[np.int64] = shape.line[1:][~shape.blank[1:]]
        return begins

    return lambda row: f"line {int(lines()[row])}"
