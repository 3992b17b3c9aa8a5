"""The ways in which people write times, as `strftime` patterns found from one cell."""

import re
from dataclasses import dataclass

DAYS = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{4}/\d{1,2}/\d{1,2}", ("%Y/%m/%d",)),
    (r"\d{4}\.\d{1,2}\.\d{1,2}", ("%Y.%m.%d",)),
    (r"(1[5-9]|2[01])\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", ("%Y%m%d",)),
    (r"\d{1,2}/\d{1,2}/\d{4}", ("%d/%m/%Y", "%m/%d/%Y")),
    (r"\d{1,2}-\d{1,2}-\d{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    # Points stand in day-first dates only.
    (r"\d{1,2}\.\d{1,2}\.\d{4}", ("%d.%m.%Y",)),
    (r"\d{1,2} [a-z]{3,9} \d{4}", ("%d %b %Y", "%d %B %Y")),
    (r"\d{1,2}-[a-z]{3,9}-\d{4}", ("%d-%b-%Y", "%d-%B-%Y")),
    (r"[a-z]{3,9} \d{1,2}, \d{4}", ("%b %d, %Y", "%B %d, %Y")),
    (r"[a-z]{3,9} \d{1,2} \d{4}", ("%b %d %Y", "%B %d %Y")),
    (r"\d{4} [a-z]{3,9} \d{1,2}", ("%Y %b %d", "%Y %B %d")),
)
PERIODS = (
    (r"\d{4}-\d{2}", ("%Y-%m",)),
    (r"\d{4}/\d{2}", ("%Y/%m",)),
    (r"\d{4}M\d{2}", ("%YM%m",)),
    (r"\d{2}/\d{4}", ("%m/%Y",)),
    # The year in full, so that decimals are not taken for months.
    (r"(0[1-9]|1[0-2])\.(1[5-9]|2[01])\d\d", ("%m.%Y",)),
    (r"[a-z]{3,9} \d{4}", ("%b %Y", "%B %Y")),
    (r"[a-z]{3,9}-\d{4}", ("%b-%Y", "%B-%Y")),
    (r"\d{4} [a-z]{3,9}", ("%Y %b", "%Y %B")),
    (r"\d{4}-[a-z]{3,9}", ("%Y-%b", "%Y-%B")),
    (r"\d{4}Q[1-4]", ("%YQ%q",)),
    (r"\d{4}-Q[1-4]", ("%Y-Q%q",)),
    (r"\d{4} Q[1-4]", ("%Y Q%q",)),
    (r"Q[1-4] \d{4}", ("Q%q %Y",)),
    (r"Q[1-4]-\d{4}", ("Q%q-%Y",)),
    (r"\d{4}-W\d{2}", ("%G-W%V",)),
    (r"\d{4}W\d{2}", ("%GW%V",)),
    (r"\d{4} W\d{2}", ("%G W%V",)),
    (r"\d{4}-W\d{2}-[1-7]", ("%G-W%V-%u",)),
)
_CLOCK = re.compile(
    r"(?P<gap>[T ])(?P<hour>\d{1,2}):\d{2}(?P<second>:\d{2}(?P<fraction>\.\d{1,9})?)?"
    r"(?P<half> ?[ap]m)?(?P<zone>Z| ?[+-]\d{2}:?\d{2}| ?[+-]\d{2})?$",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    r"^(\d{1,2}[/.-]\d{1,2}[/.-]\d{2}|\d{1,2}[- ][a-z]{3}[- ]\d{2}|[a-z]{3}[- ']\d{2})(\D|$)", re.I
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a time is written.

    Attributes:
        day: `strftime` pattern of the date.
        clock: `strftime` pattern of the time of day; empty for a date.
        fraction: Digits of a second.
        zone: `Z` or an offset such as `+01:00`; empty if there is none.
    """

    day: str
    clock: str = ""
    fraction: int = 0
    zone: str = ""

    @property
    def reading(self) -> str:
        """The pattern that parses, all but month, quarter and week alone."""
        fraction = "%.f" if self.fraction else ""
        return self.day + self.clock.replace("%f", fraction) + ("%#z" if self.zone else "")

    @property
    def writing(self) -> str:
        """The pattern that writes, without the zone."""
        fraction = f"%.{_nearest(self.fraction)}f" if self.fraction else ""
        return self.day + self.clock.replace("%f", fraction)


def _nearest(digits: int) -> int:
    return next(known for known in (3, 6, 9) if digits <= known)


def patterns_of(cell: str) -> list[Pattern]:
    """Return the patterns that a cell may be written in: none, one, or two to choose from."""
    clock = _CLOCK.search(cell)
    if clock:
        day = cell[: clock.start()]
        parts = _clock_pattern(clock)
        return [Pattern(day_pattern, *parts) for day_pattern in _match(day, DAYS)]
    return [Pattern(day_pattern) for day_pattern in _match(cell, DAYS) + _match(cell, PERIODS)]


def has_short_year(cell: str) -> bool:
    """Tell whether a cell looks like a date whose year has two digits."""
    return _SHORT_YEAR.match(cell) is not None


def has_zone(cell: str) -> bool:
    """Tell whether a cell ends in an offset from UTC."""
    clock = _CLOCK.search(cell)
    return clock is not None and clock["zone"] is not None


def _match(day: str, shapes: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    for shape, patterns in shapes:
        if re.fullmatch(shape, day, re.IGNORECASE):
            return list(patterns)
    return []


def _clock_pattern(clock: re.Match[str]) -> tuple[str, int, str]:
    half = clock["half"]
    pattern = clock["gap"] + ("%I" if half else "%H") + ":%M"
    pattern += ":%S%f" if clock["second"] else ""
    if half:
        pattern += (" " if half.startswith(" ") else "") + ("%p" if half.isupper() else "%P")
    zone = clock["zone"] or ""
    return pattern + (" " if zone.startswith(" ") else ""), len(clock["fraction"] or ".") - 1, zone


def unpadded(pattern: Pattern) -> list[Pattern]:
    """Return the pattern and those that leave leading zeros out, to see which writes as read."""
    day = pattern.day.replace("%d", "%-d").replace("%m", "%-m")
    clock = pattern.clock.replace("%H", "%-H").replace("%I", "%-I")
    variants = [(pattern.day, pattern.clock), (day, pattern.clock), (pattern.day, clock)]
    return [
        Pattern(day_variant, clock_variant, pattern.fraction, pattern.zone)
        for day_variant, clock_variant in [*variants, (day, clock)]
    ]
