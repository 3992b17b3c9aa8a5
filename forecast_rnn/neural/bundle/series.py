"""The series of a bundle as Parquet: written by Polars, and read by Arrow.

Polars is in memory already when a bundle is written, where Arrow would take 30 MB for its code
alone. But a file of somebody else may be forged, so that Polars would allocate what no machine has
and end the process; Arrow raises an error.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from forecast_rnn.errors import BundleError

MOST_ROWS = 10**9
GROUP = 500  # series in a row group

Series = Callable[[], Iterator[pl.DataFrame]]


def unpack_series(content: bytes) -> Iterator[pl.DataFrame]:
    """Yield the series group by group.

    Raises:
        BundleError: it cannot be read, or has more rows than any bundle.
    """
    import pyarrow.parquet as pq

    # Whatever goes wrong inside the readers, a panic included, the file is at fault.
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        rows = file.metadata.num_rows
        # Group by group, and in one thread, for others keep what they freed.
        for one in range(file.num_row_groups if rows <= MOST_ROWS else 0):
            yield pl.DataFrame(file.read_row_group(one, use_threads=False))
    except (Exception, pl.exceptions.PanicException) as error:
        raise BundleError(f"cannot be read: {error}") from None
    if rows > MOST_ROWS:
        raise BundleError(f"has {rows:,} rows, more than {MOST_ROWS:,}")


def reread_series(path: Path) -> Iterator[pl.DataFrame]:
    """Yield series that this process has written just now, group by group."""
    file = pl.scan_parquet(path)
    for first in range(0, file.select(pl.len()).collect().item(), GROUP):
        yield file.slice(first, GROUP).collect()
