"""Whole numbers that are times: 202401 (months), 202053 (weeks), 20244 (quarters), Unix time.

They are steps of nothing else: steps that lie so, year after year, are hardly meant.
"""

from dataclasses import dataclass

import polars as pl

from forecast_rnn.data.columns.timecells import read_cells
from forecast_rnn.data.time.patterns import Pattern

_FIRST_YEAR, _LAST_YEAR = 1500, 2199
_UNIX = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
UNIX_FORMATS = {"%s": "s", "%s%3f": "ms", "%s%6f": "us", "%s%9f": "ns"}
_FROM, _UNTIL = 946_684_800, 4_102_444_800
"""Seconds of the years 2000 to 2100, in which Unix time is taken for it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Times that came as whole numbers.

    Attributes:
        values: Date, or Datetime in UTC.
        format: `strftime` pattern that writes the numbers.
        note: What they were taken for.
    """

    values: pl.Series
    format: str
    note: str


def decoded(numbers: pl.Series) -> Encoded | None:
    """Return the times that whole numbers are; None if they are steps.

    Args:
        numbers: Int64 without missing ones.
    """
    low, high = int(numbers.min()), int(numbers.max())  # type: ignore[arg-type]
    if _in_years(low, high, 100):
        return _months(numbers) or _weeks(numbers)
    if _in_years(low, high, 10):
        return _quarters(numbers)
    return next((_unix(numbers, unit) for unit in _UNIX if _in_unix(low, high, unit)), None)


def unix_times(numbers: pl.Series, unit: str) -> pl.Series:
    """Return Unix times in seconds, `ms`, `us` or `ns` as Datetime in microseconds, in UTC."""
    factor = _UNIX[unit]
    scaled = numbers * (10**6 // factor) if factor <= 10**6 else numbers // 1000
    return scaled.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _in_years(low: int, high: int, base: int) -> bool:
    return low >= _FIRST_YEAR * base and high < (_LAST_YEAR + 1) * base


def _in_unix(low: int, high: int, unit: str) -> bool:
    return low >= _FROM * _UNIX[unit] and high < _UNTIL * _UNIX[unit]


def _unix(numbers: pl.Series, unit: str) -> Encoded:
    words = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
    form = next(form for form, other in UNIX_FORMATS.items() if other == unit)
    return Encoded(unix_times(numbers, unit), form, f"Unix {words[unit]}, in UTC")


def _months(numbers: pl.Series) -> Encoded | None:
    year, month = numbers // 100, numbers % 100
    if not month.is_between(1, 12).all() or year.n_unique() < 2:
        return None
    return Encoded((numbers.cast(pl.String) + "01").str.to_date("%Y%m%d"), "%Y%m", "")


def _weeks(numbers: pl.Series) -> Encoded | None:
    """Read 202053 as a week by ISO 8601, where weeks go on to the end of years."""
    year, week = numbers // 100, numbers % 100
    full = numbers.filter(week >= 52)
    if not week.is_between(1, 53).all() or year.n_unique() < 2 or not len(full):
        return None
    values = read_cells(numbers.cast(pl.String), Pattern("%G%V"))
    return None if values.null_count() else Encoded(values, "%G%V", "weeks by ISO 8601")


def _quarters(numbers: pl.Series) -> Encoded | None:
    year, quarter = numbers // 10, numbers % 10
    if not quarter.is_between(1, 4).all() or year.n_unique() < 2 or not (quarter == 4).any():
        return None
    month = (quarter * 3 - 2).cast(pl.String).str.zfill(2)
    dates = (year.cast(pl.String) + month + "01").str.to_date("%Y%m%d")
    return Encoded(dates, "%Y%q", "years and quarters")
