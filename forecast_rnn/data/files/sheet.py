"""The first sheet of an Excel workbook as text, which goes by the rules of CSV."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from forecast_rnn.data.files.source import FREE_BYTES, MAX_RATIO
from forecast_rnn.data.files.table import Plain, Rows, Table, column_names
from forecast_rnn.data.words import counted
from forecast_rnn.errors import ConfigError, DataError

_SAMPLE_ROWS = 5000
_MIDNIGHT = r"^\d{4}-\d\d-\d\d 00:00:00$"
_INSTALL = 'python -m pip install "fastexcel>=0.12"'


def sheet_table(name: str, data: bytes) -> Table:
    """Read the first sheet of a workbook; its first row that is not blank names the columns.

    Raises:
        ConfigError: what reads workbooks is not installed.
        DataError: it is damaged, has no rows, or names a column twice.
    """
    content = bytes(data)
    _check_size(name, content)
    cells = _cells(name, content)
    blank = cells.select(pl.all_horizontal(pl.all().str.strip_chars() == "")).to_series()
    present = np.flatnonzero(~blank.to_numpy())
    if len(present) < 2:
        raise DataError(f"{name} has no data rows in its first sheet.")
    top, rows = int(present[0]), present[1:]
    header = [str(field).strip() for field in cells.row(top)]
    frame = cells[rows]
    frame.columns = column_names(header, f"{name} row {top + 1}")
    frame = frame.with_columns(_dates(column) for column in frame)
    warnings = _about_blank(blank.to_numpy(), top, int(rows[-1]))

    def where(row: int) -> str:
        return f"row {rows[row] + 1}"

    def load(columns: Sequence[str], _: Mapping[str, Plain]) -> Rows:
        return Rows(name, frame.select(columns), where, warnings)

    return Table(name, frame.head(_SAMPLE_ROWS), load)


def _check_size(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _damaged(name, error) from None
    if size > max(FREE_BYTES, MAX_RATIO * len(content)):
        raise DataError(
            f"{name}: compression ratio above {MAX_RATIO}:1 ({len(content):,} bytes hold "
            f"{size:,}); save it as CSV if that is right."
        )


def _cells(name: str, content: bytes) -> pl.DataFrame:
    """Return every cell of the first sheet as text, from its first row on, empty as ''."""
    try:
        import fastexcel
    except ImportError:
        raise ConfigError(f"{name}: reading .xlsx takes fastexcel: {_INSTALL}") from None
    try:
        # Without a header and with nothing to skip, a row of the frame is one of the sheet.
        sheet = fastexcel.read_excel(content).load_sheet(
            0, header_row=None, skip_rows=0, dtypes="string"
        )
        frame = sheet.to_polars()
    except Exception as error:
        raise _damaged(name, error) from None
    except BaseException as error:
        # A panic of the library derives from no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name, error) from None
    if not frame.width:
        raise DataError(f"{name} has no data rows in its first sheet.")
    return frame.with_columns(pl.all().cast(pl.String).fill_null(""))


def _damaged(name: str, error: BaseException) -> DataError:
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    return DataError(f"{name} is damaged or not an Excel workbook ({reason}). Save it again.")


def _dates(column: pl.Series) -> pl.Series:
    """Return a column whose times are all midnights as dates."""
    present = column.filter(column != "")
    if not len(present) or not present.str.contains(_MIDNIGHT).all():
        return column
    return column.str.slice(0, len("2024-01-01"))


def _about_blank(blank: np.ndarray, top: int, last: int) -> tuple[str, ...]:
    inside = top + np.flatnonzero(blank[top:last])
    if not len(inside):
        return ()
    return (f"{counted(len(inside), 'blank row')} left out (first: row {inside[0] + 1}).",)
