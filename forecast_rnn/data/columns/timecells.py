"""Text cells read by one `strftime` pattern, and the pattern found from the first of them."""

from dataclasses import replace

import numpy as np
import polars as pl

from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.files.table import Plain
from forecast_rnn.data.time.patterns import Pattern, patterns_of, unpadded

SAMPLE = 1000
FIRST_YEAR = 1000


def detect(cells: pl.Series) -> list[Pattern]:
    """Return the patterns that fit the first cells of a text column."""
    sample = cells.head(SAMPLE).str.strip_chars()
    present = sample.filter(~is_missing(sample)).unique(maintain_order=True)
    if not len(present):
        return []
    patterns = patterns_of(present[0])
    return [
        pattern for pattern in patterns if read_cells(present, pattern).null_count() < len(present)
    ]


def plain_pattern(cells: pl.Series, date_format: str | None) -> Pattern | None:
    """Return the pattern of a text column if its first cells leave no doubt about it."""
    if date_format is not None or cells.dtype != pl.String:
        return None
    patterns = detect(cells)
    if len(patterns) != 1 or patterns[0].zone:
        return None
    return as_written(cells.head(SAMPLE), read_cells(cells.head(SAMPLE), patterns[0]), patterns[0])


def plain_times(pattern: Pattern | None) -> Plain:
    """Return how times of one pattern are read, or whole numbers if there is none."""

    def steps(whole: pl.Series) -> pl.Series | None:
        return None if whole.null_count() else whole

    if pattern is None:
        return Plain(pl.Int64, steps)
    written = pattern
    reading = replace(pattern, day=_padded(pattern.day), clock=_padded(pattern.clock))

    def times(cells: pl.Series) -> pl.Series | None:
        values = read_cells(cells, reading)
        if values.null_count() or odd_length(cells, written).any():
            return None
        return None if too_early(values) else values

    return Plain(pl.String, times)


def read_cells(cells: pl.Series, pattern: Pattern) -> pl.Series:
    """Parse by one pattern; what does not fit is null."""
    if pattern.clock:
        # Looking up what was parsed before takes longer than parsing again.
        return cells.str.to_datetime(pattern.reading, time_unit="us", strict=False, cache=False)
    day = pattern.day
    if day == "%Y%q":
        cells, day = cells.str.replace(r"^(\d{4})([1-4])$", "${1}Q${2}"), "%YQ%q"
    if "%q" in day:
        year = cells.str.extract(r"(\d{4})")
        month = (cells.str.extract(r"Q([1-4])").cast(pl.Int8) * 3 - 2).cast(pl.String)
        return (year + "-" + month + "-1").str.to_date("%Y-%m-%d", strict=False)
    if "%V" in day and "%u" not in day:
        return (cells + " 1").str.to_date(f"{day} %u", strict=False)
    if not any(mark in day for mark in ("%d", "%-d", "%e", "%j", "%u", "%F", "%D", "%x")):
        return (cells + " 01").str.to_date(f"{day} %d", strict=False)
    return cells.str.to_date(day, strict=False)


def read_by(cells: pl.Series, date_format: str) -> pl.Series | None:
    """Parse by a pattern of the user; what does not fit is null, and all is None by no pattern."""
    try:
        return cells.str.to_datetime(date_format, time_unit="us", strict=False)
    except pl.exceptions.PolarsError:
        pass  # a date without a clock, or no pattern at all
    try:
        return read_cells(cells, Pattern(date_format))
    except pl.exceptions.PolarsError:
        return None


def as_written(cells: pl.Series, values: pl.Series, pattern: Pattern) -> Pattern:
    """Return the variant, padded or not, that writes most cells as they are."""
    naive = values if values.dtype == pl.Date else values.dt.replace_time_zone(None)
    # The zone shifts hours but not how many digits there are.
    best = [
        int(
            (naive.dt.strftime(variant.writing).str.len_bytes() == _bare(cells, variant)).sum() or 0
        )
        for variant in unpadded(pattern)
    ]
    return unpadded(pattern)[int(np.argmax(best))]


def _bare(cells: pl.Series, pattern: Pattern) -> pl.Series:
    lengths: pl.Series = cells.str.len_bytes() - len(pattern.zone.strip())
    return lengths


def odd_length(cells: pl.Series, pattern: Pattern) -> pl.Series:
    """Tell which cells are shorter or longer than the first, where all must be alike."""
    text = pattern.writing
    lengths: pl.Series = cells.str.len_bytes()
    if "%-" in text or "%B" in text or pattern.fraction:
        return lengths < 0
    odd: pl.Series = lengths != lengths[0]
    return odd


def _padded(pattern: str) -> str:
    return pattern.replace("%-", "%")


def too_early(values: pl.Series) -> bool:
    """Tell whether a date or datetime is before `FIRST_YEAR`; Python's own begin with year 1."""
    if not values.dtype.is_temporal():
        return False
    year: int | None = values.to_frame().select(pl.all().min().dt.year()).item()
    return year is not None and year < FIRST_YEAR
