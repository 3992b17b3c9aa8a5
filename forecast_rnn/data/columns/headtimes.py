"""Names of columns that are times, such as `1960`, `2000-Q1`, `1/22/20` or `1960 [YR1960]`."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

from forecast_rnn.data.columns.rewriting import rewritten
from forecast_rnn.data.columns.timecells import detect, read_by, read_cells
from forecast_rnn.data.time.patterns import has_short_year

_LEAST = 4
_YEAR = r"^(?:X|YR|FY ?)?((?:1[5-9]|2[01])\d\d)(?: \[YR\d{4}\])?$"
_SHORT = ("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%d-%b-%y", "%b-%y", "%b %y")


def head_times(columns: Sequence[str], date_format: str | None = None) -> dict[str, str]:
    """Return the times that names of columns are, as cells would hold them; empty if too few are.

    They follow each other without a column between them, and in order of time.

    Args:
        columns: The names of all columns.
        date_format: `strftime` pattern by the user's word, or None.
    """
    # A letter a column, so that the longest run of times is the longest word.
    marks = "".join("x" if _may_be_time(name.strip(), date_format) else " " for name in columns)
    longest = max(marks.split(" "), key=len)
    if len(longest) < _LEAST:
        return {}
    first = marks.index(longest)
    names = columns[first : first + len(longest)]
    times = _written(pl.Series([name.strip() for name in names]), date_format)
    return {} if times is None else dict(zip(names, times, strict=True))


def _may_be_time(name: str, date_format: str | None) -> bool:
    if not any(map(str.isdigit, name)):
        return False
    if re.search(_YEAR, name):
        return True
    cell = pl.Series([name])
    if date_format is not None:
        by_user = read_by(cell, date_format)
        return by_user is not None and not by_user.has_nulls()
    other = rewritten(cell)
    return bool(detect(cell)) or has_short_year(name) or (other is not None)


def _written(names: pl.Series, date_format: str | None) -> list[str] | None:
    """Return names in a form that a column of times is read from; None if they are in disorder."""
    years = names.str.extract(_YEAR)
    if not years.has_nulls():
        return years.to_list() if _rising(years.cast(pl.Int64)) else None
    if date_format is not None or has_short_year(names[0]):
        forms = _SHORT if date_format is None else (date_format,)
        # Days and months that rise evenly settle which of both is which.
        readings = [read_by(names, form) for form in forms]
        rising = [times for times in readings if times is not None and _rising(times)]
        evenest = min(rising, key=_unevenness, default=None)
        return None if evenest is None else evenest.dt.strftime("%Y-%m-%d").to_list()
    other = names if detect(names) else rewritten(names)
    patterns = [] if other is None else detect(other)
    if other is None or not any(_rising(read_cells(other, pattern)) for pattern in patterns):
        return None
    return other.to_list()


def _rising(times: pl.Series) -> bool:
    return not times.has_nulls() and times.is_sorted() and times.n_unique() == len(times)


def _unevenness(times: pl.Series) -> int:
    return int(np.unique(np.diff(times.to_physical().to_numpy())).size)
