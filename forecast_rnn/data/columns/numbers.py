"""Text to numbers by strict rules: what is not plainly a number is refused with its place."""

import math
import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.faults import LISTED, faults_error
from forecast_rnn.data.files.table import Plain, Rows
from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError, Fault

MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil", "missing"}
    | {"-", "--", "?", ".", "..", "...", "…", "\\n"}
)
LIMIT = 1e100
_EXACT = 2**53
_DECIMAL_COMMA = r"^[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
_LEAVE = "correct it, or leave the cell empty if the value is not known"
_ALONE = "write the number alone"
_REASONS = (
    (r"^[+-]?(inf|infinity)$", "is infinite", _LEAVE),
    (r"^[+-]?0x[0-9a-f]+$", "is hexadecimal", "write it in decimal"),
    (r"^[+-]?\d[\d_]*_[\d_.]*$", "holds underscores", "remove them"),
    (r"^\(.*\)$", "is in parentheses", "write a negative number with a minus sign"),
    (r"%$", "is a percentage", _ALONE),
    (r"^[-+]?\s*[$€£¥₹]|[$€£¥₹]$", "has a currency sign", _ALONE),
    (r"^[\u2212\u2013\u2014]", "has a dash that is not a minus sign", "write '-'"),
    (
        r"^[+-]?\d{1,3}([,.' \u00a0\u202f]\d{3})+([.,]\d+)?$",
        "has thousands marks",
        "write the number without them",
    ),
    (r"^(true|false|yes|no)$", "is a truth value", "write 1 and 0"),
    (
        r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$",
        f"is beyond {LIMIT:g}, the largest number that is read",
        _LEAVE,
    ),
    ("", "is not a number", _LEAVE),
)


def parse_numbers(rows: Rows, column: str) -> tuple[pl.Series, tuple[str, ...]]:
    """Return a column as finite Float64, missing as null, and warnings.

    Raises:
        DataError: cells are neither a number nor a way to write a missing value.
    """
    cells = rows.frame[column]
    values = cells.cast(pl.Float64, strict=False)
    warnings: list[str] = []
    if cells.dtype == pl.String:
        values, warnings = _settle_text(rows, column, values)
        if rows.typed:
            warnings.append(f"column {column} is text; its cells are read as numbers.")
    else:
        values = values.fill_nan(None)
    largest = _largest(values)
    if largest > LIMIT:
        beyond = np.flatnonzero((values.abs() > LIMIT).fill_null(False).to_numpy())
        raise _not_numbers(rows, column, beyond, cells.gather(beyond).cast(pl.String))
    if largest >= _EXACT:
        warnings += _inexact(rows, column, values)
    return values, tuple(warnings)


def _largest(values: pl.Series) -> float:
    ends = [abs(float(end)) for end in (values.min(), values.max()) if isinstance(end, float)]
    return max(ends, default=0.0)


def _plain_numbers(values: pl.Series) -> pl.Series | None:
    return values if math.isfinite(values.sum()) and _largest(values) < _EXACT else None


PLAIN_NUMBERS = Plain(pl.Float64, _plain_numbers)


def is_missing(cells: pl.Series) -> pl.Series:
    """Tell which text cells are a way to write a missing value."""
    return cells.is_null() | cells.str.strip_chars().str.to_lowercase().is_in(list(MISSING))


def _settle_text(rows: Rows, column: str, values: pl.Series) -> tuple[pl.Series, list[str]]:
    """Look again at the cells that did not parse plainly; there are few, or all are alike."""
    # A sum is finite only if all is, and costs next to nothing.
    if not values.null_count() and math.isfinite(values.sum()):
        return values, []
    doubtful = np.flatnonzero((values.is_null() | ~values.is_finite()).to_numpy())
    cells = rows.frame[column].gather(doubtful).str.strip_chars()
    missing = is_missing(cells)
    settled = cells.cast(pl.Float64, strict=False).set(missing, None)
    comma = cells.str.contains(_DECIMAL_COMMA) & ~missing
    warnings = []
    if comma.any() and _comma_is_decimal(rows, column, cells.filter(comma)):
        with_point = cells.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        settled = settled.zip_with(~comma, with_point)
        separator = "';' and " if rows.decimal_comma else ""
        warnings.append(f"column {column} is read with {separator}decimal ','.")
    wrong = np.flatnonzero((~missing & ~settled.is_finite().fill_null(False)).to_numpy())
    if len(wrong):
        raise _not_numbers(rows, column, doubtful[wrong], cells.gather(wrong))
    return values.scatter(doubtful, settled), warnings


def _comma_is_decimal(rows: Rows, column: str, with_comma: pl.Series) -> bool:
    """Tell whether commas are decimal signs: no cell has a point, and they are no thousands."""
    if rows.frame[column].str.contains(".", literal=True).any():
        return False
    return rows.decimal_comma or not with_comma.str.contains(_GROUPED).all()


def _not_numbers(rows: Rows, column: str, at: NDArray[np.int64], cells: pl.Series) -> DataError:
    faults = [
        Fault(rows.where(int(row)), column, cell, *_reason(cell))
        for row, cell in zip(at[:LISTED], cells[:LISTED], strict=True)
    ]
    return faults_error(rows.name, faults, {column: len(at)})


def _reason(cell: str) -> tuple[str, str]:
    """Return what is wrong with a cell, and a way out."""
    words, remedy = next(
        reason for pattern, *reason in _REASONS if re.search(pattern, cell, re.IGNORECASE)
    )
    return f"{shown(cell)} {words}", remedy


def _inexact(rows: Rows, column: str, values: pl.Series) -> list[str]:
    """Warn of whole numbers that a float cannot hold exactly."""
    large = np.flatnonzero((values.abs() >= _EXACT).fill_null(False).to_numpy())
    if not len(large) or rows.frame[column].dtype.is_float():
        return []
    cells = rows.frame[column].gather(large).cast(pl.String)
    whole = large[cells.str.contains(r"^\s*[+-]?\d+\s*$").to_numpy()]
    if not len(whole):
        return []
    where = rows.where(int(whole[0]))
    return [
        f"column {column} holds {counted(len(whole), 'whole number')} beyond exact ones "
        f"(2^53), first: {where}."
    ]
