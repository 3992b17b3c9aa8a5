"""Parquet through pyarrow: checksums are verified, and a damaged file is an error and no crash."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl

from forecast_rnn.data.files.source import Source
from forecast_rnn.data.files.table import Plain, Rows, Table, row_number
from forecast_rnn.data.words import shown
from forecast_rnn.errors import DataError

_SAMPLE_ROWS = 5000
_ROWS_AT_ONCE = 2**20
_BUFFER_BYTES = 2**20
_FREE_BYTES = 2**30
MAX_RATIO = 200
_EXTENSION, _PERIOD = b"ARROW:extension:name", b"pandas.period"
_MONTHS = {"M": 1, "Q": 3, "Y": 12, "A": 12}


def parquet_table(source: Source) -> Table:
    """Look at the columns and the first rows of a Parquet file; columns in lists are left out.

    Raises:
        DataError: it is damaged, has no rows, or names a column twice.
        BusyError: it changed since it was opened.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = source.name
    with _faults(source):
        file = pq.ParquetFile(
            source.path or io.BytesIO(source.data),
            # Or all columns of a group of rows would be held as they are in the file.
            buffer_size=_BUFFER_BYTES,
            page_checksum_verification=True,
        )
    _check_names(name, file.schema_arrow.names)
    if not file.metadata.num_rows:
        raise DataError(f"{name} has columns but no data rows.")

    def load(columns: Sequence[str], plain: Mapping[str, Plain]) -> Rows:
        with _faults(source):
            size = source.path.stat().st_size if source.path else len(source.data)
            _check_size(name, file.metadata.num_rows, len(columns), size)
            batches = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(columns))
            parts = [_narrowed(pa.Table.from_batches([batch]), plain) for batch in batches]
            frame = pl.concat(parts, rechunk=False).select(columns)
        # Or Arrow would keep as much memory as the columns take for its next use.
        pa.default_memory_pool().release_unused()
        return Rows(name, frame, row_number, typed=True)

    with _faults(source):
        head = next(file.iter_batches(batch_size=_SAMPLE_ROWS))
        return Table(name, _to_polars(pa.Table.from_batches([head])), load)


@contextmanager
def _faults(source: Source) -> Iterator[None]:
    """Say what is wrong with a file that cannot be read, and whether it changed in between."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, StopIteration) as error:
        source.check_unchanged()
        raise _damaged(source.name, error) from None
    source.check_unchanged()


def _narrowed(table: Any, plain: Mapping[str, Plain]) -> pl.DataFrame:
    """Take part of a file over, texts that name series as numbers, which takes less memory."""
    frame = _to_polars(table)
    ids = [
        name
        for name, rule in plain.items()
        if rule.dtype == pl.Categorical and frame[name].dtype == pl.String
    ]
    return frame.with_columns(pl.col(ids).cast(pl.Categorical))


def _to_polars(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(_of_storage(table))
    assert isinstance(frame, pl.DataFrame)
    return frame.with_columns(
        _first_moments(frame[field.name], field.metadata)
        for field in table.schema
        if (field.metadata or {}).get(_EXTENSION) == _PERIOD
    )


def _of_storage(table: Any) -> Any:
    """Return a table whose columns of types that other libraries define are what they store."""
    import pyarrow as pa

    plain = [
        pa.field(field.name, getattr(field.type, "storage_type", field.type))
        for field in table.schema
    ]
    return table.cast(pa.schema(plain))


def _first_moments(periods: pl.Series, metadata: Mapping[bytes, bytes]) -> pl.Series:
    """Return the first days of periods of pandas, which count from 1970; others stay numbers."""
    unit = json.loads(metadata[b"ARROW:extension:metadata"]).get("freq", "").partition("-")[0]
    name = periods.name
    if unit == "D":
        return periods.cast(pl.Int32).cast(pl.Date)
    if unit not in _MONTHS:
        return periods
    months = pl.col(name) * _MONTHS[unit]
    first = pl.date(1970 + months // 12, months % 12 + 1, 1)
    return periods.to_frame().select(first.alias(name)).to_series()


def _damaged(name: str, error: BaseException) -> DataError:
    reason = " ".join(str(error).split())
    what = "a page checksum does not match" if "CRC" in reason else shown(reason, 160)
    return DataError(f"{name} is damaged or not Parquet: {what}. Write or copy it again.")


def _check_names(name: str, columns: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for position, column in enumerate(columns, start=1):
        if column in first:
            raise DataError(
                f"{name}: columns {first[column]} and {position} are both named "
                f"{shown(column)}; rename one."
            )
        first[column] = position


def _check_size(name: str, rows: int, columns: int, size: int) -> None:
    expanded = 8 * rows * columns
    if expanded > max(_FREE_BYTES, MAX_RATIO * size):
        raise DataError(
            f"{name}: {size:,} bytes claim to hold {rows:,} rows, a compression ratio above "
            f"{MAX_RATIO}:1; this is refused as unsafe."
        )
