"""Frequencies: their names, their seasons, and the stamps that follow a start."""

import re
from dataclasses import dataclass
from typing import Literal

from forecast_rnn.errors import ConfigError

SECOND = 1_000_000
DAY = 86_400 * SECOND

Grid = Literal["integer", "offset", "month_end", "business_month_end", "business_day"]
UNITS = ("s", "m", "h", "d", "b", "w", "mo", "q", "y")
_DURATIONS = {
    "us": 1,
    "ms": 1000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
    "d": DAY,
    "w": 7 * DAY,
}
_MONTHS = {"mo": 1, "q": 3, "y": 12}
_WORDS = {
    "sec": "s", "second": "s", "secondly": "s",
    "min": "m", "minute": "m", "minutely": "m", "t": "m",
    "hr": "h", "hour": "h", "hourly": "h",
    "day": "d", "daily": "d",
    "bd": "b", "bday": "b", "business day": "b", "business_day": "b", "weekday": "b",
    "week": "w", "weekly": "w",
    "month": "mo", "monthly": "mo", "ms": "mo", "me": "me",
    "quarter": "q", "quarterly": "q", "qs": "q", "qe": "qe",
    "year": "y", "yearly": "y", "annual": "y", "ys": "y", "ye": "ye", "a": "y", "as": "y",
}  # fmt: skip
_ENDS = {"me": "mo", "qe": "q", "ye": "y"}


@dataclass(frozen=True, slots=True)
class Frequency:
    """Spacing of the rows of a series.

    Attributes:
        every: Polars offset with its count, such as `1h`, `30m`, `1mo`; `1b` for
            business days, `1i` for whole numbers of unknown meaning.
        grid: How stamps advance; whole numbers whose meaning the user gives have
            the grid `integer` and any `every`.
        step: Difference between neighbouring stamps of an integer grid.
    """

    every: str
    grid: Grid
    step: int = 1

    @property
    def count(self) -> int:
        """How many units lie between neighbouring stamps."""
        return _split(self.every)[0]

    @property
    def unit(self) -> str:
        """One of `UNITS`, or `i`."""
        return _split(self.every)[1]

    @property
    def months(self) -> int:
        """Months between neighbouring stamps; 0 if they are no whole months."""
        return self.count * _MONTHS.get(self.unit, 0)

    @property
    def duration(self) -> int:
        """Microseconds between neighbouring stamps; 0 for months and business days."""
        return self.count * _DURATIONS.get(self.unit, 0)

    @property
    def calendar(self) -> bool:
        """Whether stamps advance by the calendar, a day or more at a time."""
        return self.grid != "integer" and not self.duration % DAY

    def describe(self) -> str:
        """Return the frequency in words: `daily`, `every 30 minutes`, `month ends`."""
        count, unit = _split(self.every)
        if unit == "i":
            return "whole numbers" if self.step == 1 else f"whole numbers, every {self.step}"
        single, plural = _NAMES[unit]
        words = single if count == 1 else f"every {count} {plural}"
        ends = {"month_end": ", month ends", "business_month_end": ", last weekdays of months"}
        return words + ends.get(self.grid, "")


_NAMES = {
    "us": ("every microsecond", "microseconds"),
    "ms": ("every millisecond", "milliseconds"),
    "s": ("every second", "seconds"),
    "m": ("every minute", "minutes"),
    "h": ("hourly", "hours"),
    "d": ("daily", "days"),
    "b": ("business days", "business days"),
    "w": ("weekly", "weeks"),
    "mo": ("monthly", "months"),
    "q": ("quarterly", "quarters"),
    "y": ("yearly", "years"),
}


def _split(every: str) -> tuple[int, str]:
    match = re.fullmatch(r"(\d+)([a-z]+)", every)
    assert match, every
    return int(match[1]), match[2]


def parse_frequency(text: str) -> tuple[str, Grid | None]:
    """Read a frequency as people write it: `h`, `30m`, `15min`, `MS`, `hourly`, `W-SUN`.

    Returns:
        The offset with its count, and the grid where the text settles it.

    Raises:
        ConfigError: it is none; the message has the choices.
    """
    cleaned = text.strip().partition("-")[0] if text.strip()[:1] not in "-0" else text.strip()
    match = re.fullmatch(r"(\d{0,4})\s*([A-Za-z_ ]+)", cleaned)
    if match:
        count, word = int(match[1] or 1), match[2]
        # Capital M is a month in the aliases of pandas; a small one is a minute in Polars.
        unit = "mo" if word == "M" else word.lower()
        unit = unit if unit in UNITS or unit in _WORDS else unit.removesuffix("s")
        unit = _WORDS.get(unit, unit)
        grid: Grid | None = "month_end" if unit in _ENDS else None
        unit = _ENDS.get(unit, unit)
        if unit == "i" and count == 1:
            return "1i", "integer"
        if unit in (*UNITS, "ms", "us") and count > 0:
            return f"{count}{unit}", "business_day" if unit == "b" else grid
    raise ConfigError(
        f"frequency '{text}' is not known; write {', '.join(UNITS)} with a count if need be, "
        "such as h, 30m, d, w, mo."
    )


def season_length(frequency: Frequency, rows: int) -> int:
    """Return the steps in a season of a series with so many rows; 1 if there is none."""
    season = _season_of(frequency)
    # A season is learnt from its repetition.
    return season if rows >= 2 * season else 1


def _season_of(frequency: Frequency) -> int:
    count, unit = frequency.count, frequency.unit
    if frequency.months:
        return max(1, 12 // frequency.months) if 12 % frequency.months == 0 else 1
    if unit == "d":
        return 7 if count == 1 else 1
    if unit == "b":
        return 5 if count == 1 else 1
    if unit == "w":
        return round(52 / count) if count in {1, 2, 4} else 1
    duration = frequency.duration
    if not duration:
        return 1
    if DAY % duration == 0 and duration >= 60 * SECOND:
        return max(1, DAY // duration)
    return 60 if unit == "s" and count == 1 else 1


def default_horizon(frequency: Frequency, rows: int, season: int) -> int:
    """Return how many steps to forecast for series with so many rows."""
    long, short = _horizons(frequency, season)
    horizon = long if rows >= 8 * long else short
    return max(1, min(horizon, rows // 3))


def _horizons(frequency: Frequency, season: int) -> tuple[int, int]:
    """Return the horizon of a long and of a short series."""
    usual = {"1h": (48, 24), "1d": (28, 14), "1b": (20, 10), "1w": (13, 13)}
    usual |= {"1mo": (18, 12), "1q": (8, 8), "3mo": (8, 8), "1y": (6, 6), "12mo": (6, 6)}
    season = season if season > 1 else 12
    return usual.get(frequency.every, (season, season))
