"""Arithmetic of stamps on a grid, for whole columns at once.

Stamps are whole numbers here: steps as they are, and times as microseconds since
1970, absolute for grids of less than a day and local for the others, so that a
zone-aware midnight stays midnight over a shift of the clock.
"""

from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.time.frequency import DAY, Frequency

Stamps = NDArray[np.int64]
_MONDAY = 3  # 1970 began on a Thursday


def to_stamps(times: pl.Series, *, local: bool) -> Stamps:
    """Return times as microseconds since 1970, or whole numbers as they are."""
    if times.dtype == pl.Date:
        stamps: Stamps = np.multiply(times.to_physical().to_numpy(), DAY, dtype=np.int64)
        return stamps
    if times.dtype == pl.Datetime:
        naive = times.dt.replace_time_zone(None) if local else times
        return naive.dt.epoch("us").to_numpy()
    return times.cast(pl.Int64).to_numpy()


def from_stamps(stamps: Stamps, like: pl.Series, *, local: bool) -> pl.Series:
    """Return stamps as times of the type of a column."""
    if like.dtype == pl.Date:
        return pl.Series(like.name, stamps // DAY).cast(pl.Int32).cast(pl.Date)
    if like.dtype != pl.Datetime:
        return pl.Series(like.name, stamps)
    naive = pl.Series(like.name, stamps).cast(pl.Datetime("us"))
    zone: str | None = getattr(like.dtype, "time_zone", None)
    if zone is None:
        return naive
    if not local:
        return naive.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    aware = _in_zone(naive, zone)
    # A local time that the shift to summer time skips becomes an hour later.
    return aware.zip_with(aware.is_not_null(), _in_zone(naive + timedelta(hours=1), zone))


def _in_zone(naive: pl.Series, zone: str) -> pl.Series:
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def shift(anchor: Stamps, steps: Stamps, frequency: Frequency) -> Stamps:
    """Return the stamps so many steps after the anchors."""
    if frequency.grid == "integer":
        return anchor + steps * frequency.step
    if frequency.duration:
        return anchor + steps * frequency.duration
    if frequency.grid == "business_day":
        index, time = _business_index(anchor)
        return _from_business_index(index + steps * frequency.count) * DAY + time
    month, day, time = split_months(anchor)
    month = month + steps * frequency.months
    day = _day_in(month, day, frequency)
    return (_first_day(month) + day - 1) * DAY + time


def locate(
    stamps: Stamps, anchor: Stamps, frequency: Frequency
) -> tuple[Stamps, NDArray[np.bool_]]:
    """Return how many steps after the anchors stamps are, and whether they are on the grid."""
    width = frequency.step if frequency.grid == "integer" else frequency.duration
    if width:
        position, rest = np.divmod(stamps - anchor, width)
        return position, rest == 0
    if frequency.grid == "business_day":
        index, time = _business_index(stamps)
        first, first_time = _business_index(anchor)
        position, rest = np.divmod(index - first, frequency.count)
        return position, (rest == 0) & (time == first_time) & ~is_weekend(stamps)
    month, day, time = split_months(stamps)
    first, first_day, first_time = split_months(anchor)
    position, rest = np.divmod(month - first, frequency.months)
    fits = (rest == 0) & (time == first_time) & (day == _day_in(month, first_day, frequency))
    return position, fits


def _day_in(month: Stamps, day: Stamps, frequency: Frequency) -> Stamps:
    """Return the day of a month that stands for a day of another, or for the last of each."""
    last = days_in(month)
    if frequency.grid == "business_month_end":
        weekday = (_first_day(month) + last - 1 + _MONDAY) % 7
        weekend: Stamps = np.maximum(weekday - 4, 0)
        return last - weekend
    return last if frequency.grid == "month_end" else np.minimum(day, last)


def split_months(stamps: Stamps) -> tuple[Stamps, Stamps, Stamps]:
    """Return months since 1970, the day of the month, and the time of day."""
    days, time = np.divmod(stamps, DAY)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return month, days - _first_day(month) + 1, time


def _first_day(month: Stamps) -> Stamps:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def days_in(month: Stamps) -> Stamps:
    """Return the days in months counted from 1970."""
    return _first_day(month + 1) - _first_day(month)


def is_weekend(stamps: Stamps) -> NDArray[np.bool_]:
    """Tell which stamps lie on a Saturday or Sunday."""
    weekend: NDArray[np.bool_] = (stamps // DAY + _MONDAY) % 7 >= 5
    return weekend


def _business_index(stamps: Stamps) -> tuple[Stamps, Stamps]:
    """Return weekdays counted from 1970, and the time of day; a weekend counts as Friday."""
    days, time = np.divmod(stamps, DAY)
    week, weekday = np.divmod(days + _MONDAY, 7)
    return week * 5 + np.minimum(weekday, 4), time


def _from_business_index(index: Stamps) -> Stamps:
    week, weekday = np.divmod(index, 5)
    return week * 7 + weekday - _MONDAY


def advance(start: pl.Series, steps: pl.Series, frequency: Frequency) -> pl.Series:
    """Return the stamps so many steps after the starts.

    Hours and less are counted in absolute time; days and more by the calendar, so
    that a zone-aware midnight stays midnight. A local time that a shift to summer
    time skips becomes an hour later, one that occurs twice the first of both.
    """
    local = frequency.calendar
    stamps = to_stamps(start, local=local)
    moved = shift(stamps, steps.cast(pl.Int64).to_numpy(), frequency)
    return from_stamps(moved, start, local=local)
