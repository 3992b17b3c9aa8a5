"""Times that are text as real times of a spreadsheet, shown as the text was written."""

import re

import polars as pl

FIRST_YEAR = 1900  # of a spreadsheet

_WHOLE = {"%F": "%Y-%m-%d", "%T": "%H:%M:%S", "%R": "%H:%M"}
_FORMATS = {
    "%Y": "yyyy",
    "%y": "yy",
    "%B": "mmmm",
    "%b": "mmm",
    "%m": "mm",
    "%-m": "m",
    "%d": "dd",
    "%-d": "d",
    "%H": "hh",
    "%-H": "h",
    "%I": "hh",
    "%-I": "h",
    "%M": "mm",
    "%S": "ss",
    "%.3f": ".000",
    "%p": "AM/PM",
}
_PART = re.compile(r"%\.3f|%-?.|.", re.DOTALL)
_ENGLISH = "[$-409]"  # names of months as the text has them, in whatever language the sheet opens
_HOURS = ("%H", "%-H", "%I", "%-I")


def number_format(pattern: str) -> str | None:
    """Return the number format that shows a time as a `strftime` pattern does.

    None if there is none: for zones, weeks, quarters, microseconds, a year alone, and what is
    no date.
    """
    for short, full in _WHOLE.items():
        pattern = pattern.replace(short, full)
    parts = _PART.findall(pattern)
    directives = [part for part in parts if part.startswith("%")]
    if not _has_date(directives) or not _has_clear_clock(directives):
        return None
    shown = [_FORMATS.get(part) if part in directives else f"\\{part}" for part in parts]
    if None in shown:
        return None
    named = {"%B", "%b", "%p"} & set(directives)
    return (_ENGLISH if named else "") + "".join(part or "" for part in shown)


def read_times(text: pl.Series, pattern: str) -> pl.Series | None:
    """Read text that a pattern wrote; None if it is not all of it, or a sheet has no such day."""
    has_clock = any(part in pattern for part in (*_HOURS, "%T", "%R"))
    day = "" if re.search("%(-?d|F)", pattern) else " %d"
    kind = pl.Datetime("us") if has_clock else pl.Date
    first = text + " 01" if day else text
    times = first.str.strptime(kind, pattern + day, strict=False)
    if not (times.dt.strftime(pattern) == text).all() or times.null_count() > text.null_count():
        return None
    return None if (times.dt.year() < FIRST_YEAR).any() else times


def _has_date(directives: list[str]) -> bool:
    """Tell whether there are a year and a month."""
    return bool({"%Y", "%y"} & set(directives)) and bool(
        {"%m", "%-m", "%b", "%B"} & set(directives)
    )


def _has_clear_clock(directives: list[str]) -> bool:
    """Tell whether `mm` is a minute exactly where it follows an hour, and 12 hours have a half."""
    for before, part in zip(["", *directives], directives, strict=False):
        if (part == "%M") != (before in _HOURS and part in ("%M", "%m", "%-m")):
            return False
        if part == "%S" and before != "%M":
            return False
    return ("%p" in directives) == bool({"%I", "%-I"} & set(directives))
