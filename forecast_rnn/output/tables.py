"""CSV, TSV, Parquet, JSON and NDJSON.

CSV and TSV are for people as well: forecasts are rounded to 7 significant digits and never
to fewer than 3 decimals, so 20.000000000000004 is 20.0 and 1000000000.125 stays. Actual
values are the user's own and stay exact. Text that a spreadsheet would run as a formula is
escaped. Parquet, JSON and NDJSON hold exactly what the table holds.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl
import polars.selectors as cs

from forecast_rnn.system.parquet import sink_parquet

ROUNDED = r"^(forecast|value|q0\.\d+|p_down|p_up|p\d+)_*$"
# The characters of CWE-1236 and their full-width forms, but never a plain number.
FORMULA = "^[=+\\-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20]"
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
ESCAPED = (
    "some text cells begin like a spreadsheet formula and were escaped with a leading ' in "
    "the file; Parquet and JSON hold them as they are."
)

_ROWS_AT_ONCE = 10_000


def write_csv(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write comma-separated values in UTF-8, with a header."""
    return _write_delimited(table, stream, ",")


def write_tsv(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write tab-separated values in UTF-8, with a header."""
    return _write_delimited(table, stream, "\t")


def write_parquet(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write Parquet, compressed with zstd."""
    sink_parquet(table.lazy(), stream, groups=None)
    return ()


def write_json(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write a JSON array of objects, one a line."""
    before = b"[\n"
    for line in _json_lines(table):
        stream.write(before + line)
        before = b",\n"
    stream.write(b"\n]\n" if table.height else b"[]\n")
    return ()


def write_ndjson(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write one JSON object a line."""
    for line in _json_lines(table):
        stream.write(line + b"\n")
    return ()


def iso_times(table: pl.DataFrame) -> pl.DataFrame:
    """Write times as ISO 8601 text, with the offset from UTC where there is a zone."""
    stamp = "%Y-%m-%dT%H:%M:%S%.f"
    zoned = cs.datetime(time_zone="*")
    return table.with_columns(
        zoned.dt.to_string(f"{stamp}%:z"), (cs.datetime() - zoned).dt.to_string(stamp)
    )


def rounded(table: pl.DataFrame, columns: str = ROUNDED) -> pl.DataFrame:
    """Round forecasts as the module says; missing is an empty cell, and -0.0 is 0.0."""
    numbers = cs.float() & cs.matches(columns)
    shown = (
        pl.when(numbers == 0)
        .then(0.0)
        .when(numbers.abs() < 1e4)
        .then(numbers.round_sig_figs(7))
        .otherwise(numbers.round(3))
        .name.keep()
    )
    return table.with_columns(shown).with_columns(cs.float().fill_nan(None))


def _write_delimited(table: pl.DataFrame, stream: BinaryIO, separator: str) -> tuple[str, ...]:
    plain = table.with_columns(cs.categorical().cast(pl.String))
    escaped = bool(plain.select(pl.any_horizontal(False, _runs(cs.string()).any())).item())
    plain = plain.rename({name: f"'{name}" for name in plain.columns if re.match(FORMULA, name)})
    stream.write(plain.clear().write_csv(separator=separator).encode())
    # In slices, so that memory stays small and a reader that has enough is noticed at once.
    for rows in plain.iter_slices(_ROWS_AT_ONCE):
        safe = rounded(iso_times(rows.with_columns(_escaped(cs.string()))))
        stream.write(safe.write_csv(separator=separator, include_header=False).encode())
    return (ESCAPED,) if escaped else ()


def _runs(text: pl.Expr) -> pl.Expr:
    """Tell text that a spreadsheet would run."""
    return text.str.contains(FORMULA) & ~text.str.contains(NUMBER)


def _escaped(text: pl.Expr) -> pl.Expr:
    return pl.when(_runs(text)).then("'" + text).otherwise(text).name.keep()


def _json_lines(table: pl.DataFrame) -> Iterator[bytes]:
    for rows in table.iter_slices(_ROWS_AT_ONCE):
        plain = iso_times(rows).with_columns(cs.float().fill_nan(None))
        yield from plain.write_ndjson().encode().splitlines()
