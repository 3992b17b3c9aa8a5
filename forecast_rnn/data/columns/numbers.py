"""Text to numbers by strict rules: what is not plainly a number is refused with its place."""

import math
import re
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.notation import (
    EITHER,
    Notation,
    describe,
    find_notation,
    is_undecided,
    parts_of,
    read_parts,
)
from forecast_rnn.data.faults import LISTED, faults_error
from forecast_rnn.data.files.table import Plain, Rows
from forecast_rnn.data.hints import Decimal, Hints
from forecast_rnn.data.words import counted, shown
from forecast_rnn.errors import DataError, Fault

MISSING = frozenset(
    {"", "na", "n/a", "#n/a", "<na>", "nan", "null", "none", "nil", "missing"}
    | {"-", "--", "?", ".", "..", "...", "…", "\\n"}
)
LIMIT = 1e100
_EXACT = 2**53
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


def parse_numbers(
    rows: Rows,
    column: str,
    hints: Hints = Hints(),  # noqa: B008 -- it is frozen
) -> tuple[pl.Series, tuple[str, ...]]:
    """Return a column as finite Float64, missing as null, and warnings.

    Raises:
        DataError: cells are neither a number nor a way to write a missing value, or all can be
            read in two ways.
    """
    cells = rows.frame[column]
    values = cells.cast(pl.Float64, strict=False)
    warnings: list[str] = []
    if cells.dtype == pl.String:
        values, warnings = _settle_text(rows, column, values, hints)
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


def plain_numbers(sample: pl.Series) -> Plain | None:
    """Return how a column is read whose first cells leave no doubt; None if they do."""
    if sample.dtype != pl.String:
        return PLAIN_NUMBERS
    if is_undecided(sample):
        return None
    return PLAIN_NUMBERS if sample.str.contains(".", literal=True).any() else _PLAIN_WHOLE


def usual_decimal(sample: pl.Series) -> Decimal | None:
    """Return the decimal sign by the first cells of a column; None if they leave it open."""
    if sample.dtype != pl.String:
        return "."
    parts = parts_of(sample.filter(~is_missing(sample)).str.strip_chars())
    marked = parts["core"].str.contains("[.,]").any()
    return find_notation(parts).decimal if marked else None


def _plain(values: pl.Series) -> pl.Series | None:
    return values if math.isfinite(values.sum()) and _largest(values) < _EXACT else None


def _plain_whole(values: pl.Series) -> pl.Series | None:
    return _plain(values.cast(pl.Float64))


PLAIN_NUMBERS = Plain(pl.Float64, _plain)
_PLAIN_WHOLE = Plain(pl.Int64, _plain_whole)
"""Fails at the first point, which takes a closer look: it may part thousands."""


def is_missing(cells: pl.Series) -> pl.Series:
    """Tell which text cells are a way to write a missing value."""
    return cells.is_null() | cells.str.strip_chars().str.to_lowercase().is_in(list(MISSING))


def _settle_text(
    rows: Rows, column: str, values: pl.Series, hints: Hints
) -> tuple[pl.Series, list[str]]:
    """Look at cells that did not parse plainly, or whose points may part thousands."""
    # A sum is finite only if all is, and costs next to nothing.
    plain = not values.null_count() and math.isfinite(values.sum())
    if plain and not is_undecided(rows.frame[column]):
        return values, []
    cells = rows.frame[column].str.strip_chars()
    missing = is_missing(cells)
    parts = parts_of(cells.set(missing, None))
    notation = _notation(rows, column, parts.filter(~missing), hints)
    if notation.decimal is None:
        raise _either(rows, column, cells)
    settled = read_parts(parts, notation)
    wrong = np.flatnonzero((~missing & ~settled.is_finite().fill_null(False)).to_numpy())
    if len(wrong):
        raise _not_numbers(rows, column, wrong, cells.gather(wrong), notation)
    said = describe(parts, notation)
    separator = "';' and " if rows.decimal_comma and said.startswith("decimal") else ""
    return settled, [f"column {column} is read with {separator}{said}."] if said else []


def _notation(rows: Rows, column: str, parts: pl.DataFrame, hints: Hints) -> Notation:
    """Find the notation of a column, where `;` between columns leaves commas to decimals."""
    notation = find_notation(parts, hints.decimal, hints.thousands)
    if notation.decimal is None and rows.decimal_comma:
        with_comma = parts["core"].str.contains(",", literal=True).any()
        return replace(notation, decimal="," if with_comma else None)
    return notation


def _either(rows: Rows, column: str, cells: pl.Series) -> DataError:
    """Return the error of a column each of whose marks may be decimal or part thousands."""
    at = int(cells.str.contains(EITHER).fill_null(False).arg_max() or 0)
    cell = cells[at]
    mark = "." if "." in cell else ","
    problem = (
        f"{shown(cell)} may be {cell.replace(mark, '')} ('{mark}' parts thousands) or "
        f"{cell.replace(mark, '.')} ('{mark}' is the decimal sign), and no cell settles it"
    )
    remedy = f"pass --thousands '{mark}' or --decimal '{mark}'"
    return faults_error(rows.name, [Fault(rows.where(at), column, cell, problem, remedy)])


def _not_numbers(
    rows: Rows,
    column: str,
    at: NDArray[np.int64],
    cells: pl.Series,
    notation: Notation = Notation(),  # noqa: B008 -- it is frozen
) -> DataError:
    faults = [
        Fault(rows.where(int(row)), column, cell, *_reason(cell, notation))
        for row, cell in zip(at[:LISTED], cells[:LISTED], strict=True)
    ]
    return faults_error(rows.name, faults, {column: len(at)})


def _reason(cell: str, notation: Notation) -> tuple[str, str]:
    """Return what is wrong with a cell in a column of a notation, and a way out."""
    other = "," if notation.decimal == "." else "."
    if re.fullmatch(rf"[+-]?\d*[{other}]\d*", cell):
        words = f"has a decimal '{other}' where other cells have '{notation.decimal}'"
        return f"{shown(cell)} {words}", "write all in one way"
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
