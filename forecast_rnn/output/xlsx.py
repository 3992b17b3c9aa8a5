"""A workbook for people: frozen header, readable numbers, text that stays text."""

import datetime
import io
import math
from typing import BinaryIO

import numpy as np
import polars as pl
import polars.selectors as cs

from forecast_rnn.errors import OutputError
from forecast_rnn.output.tables import iso_times

MOST_ROWS = 1_048_575  # of a sheet, below its header
LONGEST_TEXT = 32_767
EXACT = 10**15  # a cell holds 15 digits
FIRST_YEAR = 1900
CREATED = datetime.datetime(2000, 1, 1)  # not now: the same table gives the same bytes


def write_xlsx(table: pl.DataFrame, stream: BinaryIO) -> tuple[str, ...]:
    """Write a workbook of one sheet.

    Times that a sheet cannot hold (with a zone, before 1900) and integers of more than 15
    digits become text.

    Raises:
        OutputError: The table is larger than a sheet can be.
    """
    import xlsxwriter

    _check_size(table)
    table = _fitted(table)
    buffer = io.BytesIO()
    literal = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **literal}) as workbook:
        workbook.set_properties({"created": CREATED})
        table.write_excel(
            workbook,
            "forecast",
            table_style="Table Style Light 1",
            header_format={"bold": True},
            column_formats={column.name: _format(column) for column in table},
            freeze_panes=(1, 0),
            autofit=True,
        )
    stream.write(buffer.getbuffer())
    return ()


def _check_size(table: pl.DataFrame) -> None:
    if table.height > MOST_ROWS:
        raise OutputError(
            f"the table has {table.height:,} rows and a sheet holds {MOST_ROWS:,}; "
            "choose csv or parquet."
        )
    longest = table.select(pl.max_horizontal(0, cs.string().str.len_chars().max())).item()
    if longest > LONGEST_TEXT:
        raise OutputError(
            f"a text has {longest:,} characters and a cell holds {LONGEST_TEXT:,}; "
            "choose csv or parquet."
        )


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
    return table.with_columns(text).rename(headers)


def _fits(column: pl.Series) -> bool:
    if column.dtype.is_integer():
        return not bool((column.cast(pl.Float64).abs() >= EXACT).any())
    if column.dtype.is_temporal():
        zoned = getattr(column.dtype, "time_zone", None) is not None
        return not (zoned or (column.dt.year() < FIRST_YEAR).any())
    return True


def _format(column: pl.Series) -> str:
    """Choose a number format: five digits of a typical number, times as ISO 8601."""
    if column.dtype == pl.Date:
        return "yyyy-mm-dd"
    if column.dtype == pl.Datetime:
        return "yyyy-mm-dd hh:mm:ss"
    if not column.dtype.is_float():
        return "0" if column.dtype.is_integer() else "@"
    sizes = column.filter(column != 0).abs().to_numpy()
    digits = math.floor(math.log10(np.median(sizes))) if len(sizes) else 2
    decimals = min(max(4 - digits, 0), 12)
    return "0" if decimals == 0 else "0." + decimals * "0"
