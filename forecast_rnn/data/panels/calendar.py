"""What the calendar knows of rows: the hour, the weekday, the month, and holidays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.holiday import check_countries, day_codes, learn_names, size_of
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.time.frequency import DAY, SECOND, Frequency
from forecast_rnn.data.time.stamps import (
    Stamps,
    advance,
    days_in,
    is_weekend,
    locate,
    split_months,
    to_stamps,
)
from forecast_rnn.data.time.zones import offset_of

Codes = NDArray[np.int16]
Features = NDArray[np.float32]
SIZES = {
    "hour": 24,
    "halfhour": 48,
    "weekday": 7,
    "day of month": 31,
    "days to month end": 31,
    "day of year": 366,
    "month": 12,
    "days in month": 4,
    "weekend days": 3,
    "quarter": 4,
}
_HOUR = 3600 * SECOND
_WEEK = 7 * DAY
_LEAP_YEAR = np.append(0, np.cumsum([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30]))


@dataclass(frozen=True, slots=True)
class Almanac:
    """What the calendar knows of the rows of each item, and of rows after its last.

    Position p of item i is row `offset[i] + p` of the codes; items that stand on the
    same grid at the same time share rows.

    Attributes:
        fields: Names such as `hour`, `weekday`, `holiday DE`, [K]; they follow from the
            frequency and the countries, not from the times. Without one there are no rows.
        sizes: How many codes each field has, [K].
        codes: Codes from 0, [S, K].
        offset: Where the codes of each item's first row stand, [N].
        holiday_names: Of each country whose holidays are fields, the names of the codes from 2 on;
            0 is no holiday and 1 another holiday.
    """

    fields: tuple[str, ...]
    sizes: tuple[int, ...]
    codes: Codes
    offset: NDArray[np.int64]
    holiday_names: Mapping[str, tuple[str, ...]]


def almanac(
    panel: Panel,
    horizon: int,
    *,
    countries: Sequence[str] = (),
    holiday_names: Mapping[str, Sequence[str]] | None = None,
) -> Almanac:
    """Say what the calendar knows of the rows of a panel and of as many steps after each item.

    Times with a zone or a fixed offset count by their local clock. Whole numbers have no
    calendar; holidays are fields of frequencies up to weeks.

    Args:
        panel: The rows.
        horizon: Steps after the last row of each item.
        countries: Those whose holidays are fields, such as `DE`, `DE-BY`.
        holiday_names: Those of an earlier almanac, to have its codes; without them, the
            names of the holidays from the first row to the last, horizon left out.

    Raises:
        ConfigError: the holidays of a country are not known.
    """
    known = check_countries(countries)
    dated = _fields(panel.frequency)
    if not dated:
        empty = np.zeros((0, 0), np.int16)
        return Almanac((), (), empty, np.zeros(len(panel.starts), np.int64), {})
    times, offset = _shared_times(panel, horizon)
    local = _local_stamps(times, panel)
    columns = _codes(dated, local)
    sizes = {field: SIZES[field] for field in dated}
    known = () if panel.frequency.months else known
    names = _learn_all(panel, known) if holiday_names is None else holiday_names
    kept = {country: tuple(names[country]) for country in known}
    for country in known:
        holiday_columns = _holiday_codes(country, kept[country], local // DAY, panel.frequency)
        columns |= holiday_columns
        sizes |= dict.fromkeys(holiday_columns, size_of(kept[country]))
    codes = np.stack(list(columns.values()), axis=1)
    return Almanac(tuple(columns), tuple(sizes.values()), codes, offset, kept)


def cyclic_features(field: str, size: int) -> Features | None:
    """Return smooth features of each code of a field, [size, F]; None for holidays.

    Codes with a beginning and an end in a month or a day go around on a circle with
    its harmonics; the few of weekdays, months and quarters are one column each; counts
    of days are one column from -1 to 1. The holidays have no order, so they have none.
    """
    if field.startswith("holiday "):
        return None
    return _TABLES[field](size)


def _harmonics(count: int) -> Callable[[int], Features]:
    def table(size: int) -> Features:
        angle = 2 * np.pi * np.outer(np.arange(size), np.arange(1, count + 1)) / size
        return np.hstack([np.sin(angle), np.cos(angle)]).astype(np.float32)

    return table


def _harmonics_and_edge(size: int) -> Features:
    """Two harmonics, and whether the code is 0: the first or the last day of a month."""
    edge = np.eye(size, 1, dtype=np.float32)
    return np.hstack([_harmonics(2)(size), edge])


def _one_hot(size: int) -> Features:
    return np.eye(size, dtype=np.float32)


def _linear(size: int) -> Features:
    return np.linspace(-1, 1, size, dtype=np.float32)[:, None]


_TABLES: dict[str, Callable[[int], Features]] = {
    "hour": _harmonics(3),
    "halfhour": _harmonics(3),
    "weekday": _one_hot,
    "day of month": _harmonics_and_edge,
    "days to month end": _harmonics_and_edge,
    "day of year": _harmonics(3),
    "month": _one_hot,
    "days in month": _linear,
    "weekend days": _linear,
    "quarter": _one_hot,
}


def _fields(frequency: Frequency) -> tuple[str, ...]:
    """Return the fields that vary from row to row of a frequency."""
    if frequency.grid == "integer":
        return ()
    if frequency.months:
        return _month_fields(frequency.months)
    if not frequency.calendar:
        hours = "halfhour" if frequency.duration % _HOUR else "hour"
        return (hours, "weekday", "day of year")
    if frequency.duration and frequency.duration % _WEEK == 0:
        return ("day of year",)
    in_month = ("day of month", "days to month end", "day of year")
    fixed_weekday = frequency.grid == "business_day" and frequency.count % 5 == 0
    return in_month if fixed_weekday else ("weekday", *in_month)


def _month_fields(months: int) -> tuple[str, ...]:
    if months % 12 == 0:
        return ()
    return ("quarter",) if months % 3 == 0 else ("month", "days in month", "weekend days")


def _codes(fields: Sequence[str], local: Stamps) -> dict[str, Codes]:
    """Return the codes of local times, field by field, [S] each."""
    days, time = np.divmod(local, DAY)
    month, day, _ = split_months(local)
    makers: dict[str, Callable[[], Stamps]] = {
        "hour": lambda: time // _HOUR,
        "halfhour": lambda: time // (_HOUR // 2),
        "weekday": lambda: (days + 3) % 7,
        "day of month": lambda: day - 1,
        "days to month end": lambda: days_in(month) - day,
        "day of year": lambda: _LEAP_YEAR[month % 12] + day - 1,
        "month": lambda: month % 12,
        "days in month": lambda: days_in(month) - 28,
        "weekend days": lambda: _weekend_days(days - day + 1, days_in(month)) - 8,
        "quarter": lambda: month % 12 // 3,
    }
    return {field: makers[field]().astype(np.int16) for field in fields}


def _weekend_days(first: Stamps, count: Stamps) -> Stamps:
    """Return the Saturdays and Sundays of months that begin on some days, 8 to 10."""
    total = np.full_like(first, 8)
    for extra in (28, 29, 30):
        total += (count > extra) & is_weekend((first + extra) * DAY)
    return total


def _local_stamps(times: pl.Series, panel: Panel) -> Stamps:
    """Return times by the local clock; a fixed offset stands in the schema, its times in UTC."""
    offset = panel.schema.utc_offset
    ahead = timedelta() if offset is None else offset_of(offset)
    return to_stamps(times, local=True) + ahead // timedelta(microseconds=1)


def _learn_all(panel: Panel, countries: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of the holidays of countries from the first row to the last of any item."""
    items = pl.Series(np.arange(len(panel.starts)))
    ends = panel.timestamps(items, pl.Series(np.maximum(panel.lengths() - 1, 0)))
    first = int(_local_stamps(panel.starts, panel).min() // DAY)
    last = int(_local_stamps(ends, panel).max() // DAY)
    return {country: learn_names(country, first, last) for country in countries}


def _holiday_codes(
    country: str, names: Sequence[str], days: Stamps, frequency: Frequency
) -> dict[str, Codes]:
    """Return the codes of the holidays on and around days, field by field, [S] each.

    With steps of one day or less: that day, the one after it and the one before it, on
    business days the weekdays next to it. With longer ones: the first holiday from a
    stamp up to the next, and that since the stamp before, for a stamp may mark either end.
    """
    name = f"holiday {country}"
    width = max(frequency.duration // DAY, 1)
    margin = max(width, 3)
    low = int(days.min()) - margin
    codes = day_codes(country, names, low, int(days.max()) + margin)
    place = days - low
    if width > 1:
        ahead = _first_of(codes, width)
        return {f"{name} from": ahead[place], f"{name} until": ahead[place - width + 1]}
    weekday = (days + 3) % 7
    business = frequency.grid == "business_day"
    after = np.where(business & (weekday == 4), 3, 1)
    before = np.where(business & (weekday == 0), 3, 1)
    return {
        name: codes[place],
        f"{name} before": codes[place + after],
        f"{name} after": codes[place - before],
    }


def _first_of(codes: Codes, width: int) -> Codes:
    """Return the first code of a holiday in so many days from each day on."""
    place = np.arange(len(codes))
    there = np.where(codes > 0, place, len(codes))
    # The least place from each day on, by counting back from the end.
    first = np.minimum.accumulate(there[::-1])[::-1]
    return np.where(first < place + width, np.append(codes, 0)[first], 0).astype(np.int16)


def _shared_times(panel: Panel, horizon: int) -> tuple[pl.Series, NDArray[np.int64]]:
    """Return the times of all rows, each once for items on one grid, and each item's first."""
    stamps = to_stamps(panel.starts, local=panel.frequency.calendar)
    phase, index = _grid(stamps, panel.frequency)
    index = index - index.min()
    length = panel.lengths() + horizon
    # One line on which the grids of all phases lie, one after the other.
    _, rank = np.unique(phase, return_inverse=True)
    place = index + rank * int((index + length).max() + 1)
    by_place = np.argsort(place, kind="stable")
    begin, end = place[by_place], np.maximum.accumulate((place + length)[by_place])
    # A run of rows breaks where no earlier item reaches up to the next.
    breaks = np.append(True, begin[1:] > end[:-1])
    heads = np.flatnonzero(breaks)
    rows = end[np.append(heads[1:], len(end)) - 1] - begin[heads]
    base = np.cumsum(rows) - rows
    run = np.cumsum(breaks) - 1
    # Back from the order along the line to the order of items.
    offset = np.empty(len(place), np.int64)
    offset[by_place] = base[run] + begin - begin[heads][run]
    step = np.arange(rows.sum()) - np.repeat(base, rows)
    anchors = panel.starts.gather(pl.Series(np.repeat(by_place[heads], rows)))
    return advance(anchors, pl.Series(step), panel.frequency), offset


def _grid(stamps: Stamps, frequency: Frequency) -> tuple[Stamps, Stamps]:
    """Return on which of the grids of a frequency stamps lie, and how many steps along."""
    if frequency.duration:
        index, phase = np.divmod(stamps, frequency.duration)
        return phase, index
    if frequency.grid == "business_day":
        weekdays, _ = locate(stamps, np.zeros_like(stamps), Frequency("1b", "business_day"))
        index, phase = np.divmod(weekdays, frequency.count)
        return phase * DAY + stamps % DAY, index
    month, day, time = split_months(stamps)
    index, phase = np.divmod(month, frequency.months)
    day = np.where(frequency.grid in ("month_end", "business_month_end"), 0, day)
    # A number of its own for each month of the cycle, day and clock; no month has 32 days.
    return (phase * 32 + day) * DAY + time, index
