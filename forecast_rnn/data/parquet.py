"""Parquet through pyarrow: checksums are verified, and a damaged file is an error and no crash."""

import mmap
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from forecast_rnn.data.table import Plain, Rows, Table, row_number, shown
from forecast_rnn.errors import DataError

_SAMPLE_ROWS = 5000
_FREE_BYTES = 2**30
MAX_RATIO = 200


def parquet_table(name: str, data: bytes | mmap.mmap) -> Table:
    """Look at the columns and the first rows of a Parquet file; columns in lists are left out.

    Raises:
        DataError: it is damaged, has no rows, or names a column twice.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(pa.py_buffer(data)), page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(name, error) from None
    _check_names(name, file.schema_arrow.names)
    if not file.metadata.num_rows:
        raise DataError(f"{name} has columns but no data rows.")

    def load(columns: Sequence[str], _: Mapping[str, Plain]) -> Rows:
        _check_size(name, file.metadata.num_rows, len(columns), len(data))
        try:
            frame = _to_polars(file.read(columns=list(columns)))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise _damaged(name, error) from None
        return Rows(name, frame.select(columns), row_number, typed=True)

    try:
        head = next(file.iter_batches(batch_size=_SAMPLE_ROWS))
        return Table(name, _to_polars(pa.Table.from_batches([head])), load)
    except (pa.ArrowException, OSError, ValueError, StopIteration) as error:
        raise _damaged(name, error) from None


def _to_polars(table: Any) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


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
