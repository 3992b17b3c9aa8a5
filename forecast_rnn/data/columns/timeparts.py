"""Times that stand in several cells of a row: which columns they are, and one text of them all.

A date and a clock, a date and an hour, or a year and the month, quarter, week, day and hour in
it. The text goes by the rules of any other time column; its name is those of its parts, joined
by commas, as `--time` takes them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from forecast_rnn.data.columns.numbers import is_missing
from forecast_rnn.data.columns.timecells import detect

Part = Literal["date", "clock", "hour", "year", "month", "quarter", "week", "day"]
_NAMES: dict[Part, str] = {
    "hour": r"hours?|hr|he|hour[ _-]?(ending|of[ _]day|beginning|start)|stunde|heure|hora",
    "year": r"years?|yr|yyyy|jahr|ann[ée]e|a[ñn]o|fiscal[ _]?year",
    "month": r"months?|mon|mm|mth|month[ _]?(name|number|no|num)|monat|mois|mes",
    "quarter": r"quarters?|qtr|q|quartal|trimestre",
    "week": r"weeks?|wk|iso[ _]?week|week[ _]?(of[ _]year|number|no|num)|woche|kw|semaine|semana",
    "day": r"days?|dd|dom|day[ _]of[ _]month|tag|jour|d[ií]a",
}
_CELLS: dict[Part, str] = {
    "clock": r"(?i)^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?$",
    "hour": r"(?i)^(he ?)?(0?\d|1\d|2[0-4])$",
    "year": r"^(1[5-9]|2[01])\d\d$",
    "month": r"(?i)^(m?(0?[1-9]|1[0-2])|[a-z]{3,9}\.?)$",
    "quarter": r"(?i)^(q ?)?[1-4]$",
    "week": r"(?i)^(w|kw|wk|week)? ?(0?[1-9]|[1-4]\d|5[0-3])$",
    "day": r"^(0?[1-9]|[12]\d|3[01])$",
}
_START = re.compile(r"start|begin|from|beginn|début|inicio", re.IGNORECASE)
_WITH_DATE: tuple[tuple[Part, ...], ...] = (("date", "clock"), ("date", "hour"))
_WITHIN_YEAR: tuple[tuple[Part, ...], ...] = (
    ("year", "month", "day", "hour"),
    ("year", "month", "day", "clock"),
    ("year", "month", "day"),
    ("year", "month"),
    ("year", "quarter"),
    ("year", "week"),
)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDER: tuple[Part, ...] = ("date", "year", "month", "quarter", "week", "day")


@dataclass(frozen=True, slots=True)
class TimeParts:
    """The columns that make up a time.

    Attributes:
        columns: What each holds, by its name.
        ending: Whether hours count from 1 to 24, each by its end.
    """

    columns: dict[str, Part]
    ending: bool = False

    @property
    def name(self) -> str:
        """What the time column that they make is called."""
        return ",".join(self.columns)


def named_parts(name: str, sample: pl.DataFrame, ending: bool | None) -> TimeParts | None:
    """Return the parts that `A,B` names; None if these are no columns or no parts of a time.

    Args:
        name: What the user calls the time column.
        sample: The first rows of all columns.
        ending: Whether hours count by their end; None for what they look like.
    """
    columns = [part.strip() for part in name.split(",")]
    if len(columns) < 2 or not {*columns} <= {*sample.columns}:
        return None
    cells = {column: _texts(sample[column]) for column in columns}
    for kinds in (*_WITH_DATE, *_WITHIN_YEAR):
        found = _matched(kinds, cells, by_name=False) if len(kinds) == len(columns) else None
        if found is not None:
            in_order = {column: found[column] for column in columns}
            return TimeParts(in_order, _by_end(in_order, cells, ending))
    return None


def found_parts(
    sample: pl.DataFrame, taken: Sequence[str], ending: bool | None
) -> TimeParts | None:
    """Find columns that are times together; None where one alone may hold them.

    Args:
        sample: The first rows of all columns.
        taken: Columns that have another role.
        ending: As for `named_parts`.
    """
    cells = {name: _texts(sample[name]) for name in sample.columns if name not in taken}
    times = [name for name in cells if sample[name].dtype == pl.Datetime or detect(cells[name])]
    dates = [name for name in times if _holds("date", cells[name])]
    columns: dict[str, Part] | None = None
    if len(dates) == 1 and times == dates:
        columns = _beside_date(dates[0], cells)
    elif not times:
        matches = (_matched(kinds, cells, by_name=True) for kinds in _WITHIN_YEAR)
        columns = next((match for match in matches if match), None)
    return None if columns is None else TimeParts(columns, _by_end(columns, cells, ending))


def other_clocks(sample: pl.DataFrame, parts: TimeParts) -> tuple[str, ...]:
    """Return other columns that hold clocks, such as the end of what starts at a time."""
    others = [name for name in sample.columns if name not in parts.columns]
    return tuple(name for name in others if _holds("clock", _texts(sample[name])))


def joined(frame: pl.DataFrame, parts: TimeParts) -> pl.Series:
    """Return the texts of times, null where a part is missing, under the name of the parts."""
    words = {part: _word(part, _texts(frame[name])) for name, part in parts.columns.items()}
    day = pl.concat_str([pl.lit(words[part]) for part in _ORDER if part in words], separator="-")
    clock = words.get("clock")
    if "hour" in words:
        hour = words["hour"].cast(pl.Int64, strict=False) - int(parts.ending)
        clock = hour.cast(pl.String).str.zfill(2) + ":00"
    text = day if clock is None else pl.concat_str(day, pl.lit(clock), separator=" ")
    return pl.select(text.alias(parts.name)).to_series()


def _texts(column: pl.Series) -> pl.Series:
    """Return cells as stripped text, missing as null; what can be no part of a time is null."""
    if column.dtype == pl.String:
        texts = column.str.strip_chars()
        return texts.set(is_missing(texts), None)
    if column.dtype == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if column.dtype == pl.Time:
        return column.dt.strftime("%H:%M:%S")
    if column.dtype.is_numeric():
        return column.cast(pl.Int64, strict=False).cast(pl.String)
    return pl.Series(column.name, [None], dtype=pl.String).new_from_index(0, len(column))


def _holds(part: Part, texts: pl.Series) -> bool:
    present = texts.drop_nulls()
    if not len(present):
        return False
    if part == "date":
        patterns = detect(present)
        return bool(patterns) and all("%d" in found.day and not found.clock for found in patterns)
    if part == "month" and present.str.contains("(?i)[a-z]").any():
        return bool(present.str.slice(0, 3).str.to_lowercase().is_in(_MONTHS).all())
    return bool(present.str.contains(_CELLS[part]).all())


def _called(part: Part, name: str) -> bool:
    pattern = _NAMES.get(part, "")
    return re.fullmatch(pattern, name.strip(), re.IGNORECASE) is not None


def _matched(
    kinds: Sequence[Part], cells: dict[str, pl.Series], *, by_name: bool
) -> dict[str, Part] | None:
    """Give each kind a column of its own, rather one of its name; None if one has none."""
    columns: dict[str, Part] = {}
    for kind in kinds:
        free = [name for name in cells if name not in columns and _holds(kind, cells[name])]
        called = [name for name in free if _called(kind, name)]
        choices = called if by_name and kind != "clock" else called or free
        if not choices:
            return None
        columns[choices[0]] = kind
    return columns


def _beside_date(date: str, cells: dict[str, pl.Series]) -> dict[str, Part] | None:
    """Return a date with the clock or the hour beside it; one that never changes is none."""
    varied = [name for name in cells if cells[name].n_unique() > 1 and name != date]
    clocks = [name for name in varied if _holds("clock", cells[name])]
    hours = [name for name in varied if _called("hour", name) and _holds("hour", cells[name])]
    starts = [name for name in clocks if _START.search(name)]
    if clocks:
        return {date: "date", (starts or clocks)[0]: "clock"}
    return {date: "date", hours[0]: "hour"} if hours else None


def _by_end(columns: dict[str, Part], cells: dict[str, pl.Series], ending: bool | None) -> bool:
    """Tell whether hours count from 1 to 24."""
    hours = [name for name, part in columns.items() if part == "hour"]
    if not hours or ending is not None:
        return bool(ending)
    numbers = _word("hour", cells[hours[0]]).cast(pl.Int64, strict=False)
    named = re.search(r"(?i)end|\bhe\b", hours[0]) is not None
    return not (numbers == 0).any() and (named or bool((numbers == 24).any()))


def _word(part: Part, texts: pl.Series) -> pl.Series:
    """Return cells as they stand in the text of a time."""
    if part in ("date", "clock", "year"):
        return texts
    if part == "month" and texts.str.contains("(?i)^[a-z]{3}").any():
        numbers = {name: f"{place:02}" for place, name in enumerate(_MONTHS, start=1)}
        months = texts.str.slice(0, 3).str.to_lowercase()
        return months.replace_strict(numbers, default=None, return_dtype=pl.String)
    digits = texts.str.extract(r"(\d+)$")
    if part == "quarter":
        return "Q" + digits
    return "W" + digits.str.zfill(2) if part == "week" else digits.str.zfill(2)
