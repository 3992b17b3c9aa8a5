"""A Polars frame in memory as an input, by the same rules as a file."""

from collections.abc import Mapping, Sequence

import polars as pl

from forecast_rnn.data.files.table import Plain, Rows, Table, row_number
from forecast_rnn.errors import DataError

_NAME = "the data frame"
_SAMPLE_ROWS = 5000


def frame_table(frame: pl.DataFrame) -> Table:
    """Look at the columns and the first rows of a frame.

    Raises:
        DataError: it has no rows.
    """
    if not frame.height:
        raise DataError(f"{_NAME} has no rows.")

    def load(columns: Sequence[str], _: Mapping[str, Plain]) -> Rows:
        return Rows(_NAME, _plain(frame.select(columns)), row_number, typed=True)

    return Table(_NAME, _plain(frame.head(_SAMPLE_ROWS)), load)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return dictionary columns as text and decimals as floats."""
    return frame.with_columns(
        pl.col(pl.Categorical).cast(pl.String),
        pl.col(pl.Enum).cast(pl.String),
        pl.col(pl.Decimal).cast(pl.Float64),
    )
