"""Parquet files written in portions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import polars as pl
from polars.io.plugins import register_io_source


@dataclass(frozen=True, slots=True)
class _Writer:
    """All that Polars may know of a stream, for in a file that it sees it loses the OSError."""

    write: Callable[[bytes], int]

    def flush(self) -> None:
        """Do nothing, as the stream is flushed by its owner."""


def write_parts(
    parts: Callable[[], Iterator[pl.DataFrame]], stream: BinaryIO, *, groups: int
) -> None:
    """Write tables below one another as Parquet, never holding all of them.

    Args:
        parts: Yields them anew, at least one, of any columns that Parquet can hold.
        stream: Where they go.
        groups: Rows in a group.
    """

    def source(*_: object) -> Iterator[pl.DataFrame]:
        yield from parts()

    rows = register_io_source(source, schema=next(parts()).schema)
    sink_parquet(rows, stream, groups=groups)


def sink_parquet(table: pl.LazyFrame, stream: BinaryIO, *, groups: int | None) -> None:
    """Write a table as Parquet, compressed with zstd, in groups of so many rows."""
    writer = cast("BinaryIO", _Writer(stream.write))
    table.sink_parquet(writer, compression="zstd", row_group_size=groups)
