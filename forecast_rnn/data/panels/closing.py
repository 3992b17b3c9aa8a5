"""Weekdays and hours without any row, as of a shop that is closed then."""

import numpy as np

from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.series.spacing import Spacing
from forecast_rnn.data.time.frequency import DAY, SECOND

_HOUR = 3600 * SECOND
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_WEEKS = 3


def about_closing(series: Series, spacing: Spacing) -> str:
    """Say at which weekdays and hours no series ever has a row; empty if there are none."""
    width = spacing.frequency.duration
    stamps = series.local_stamps()
    if not 0 < width <= DAY or stamps.max() - stamps.min() < _WEEKS * 7 * DAY:
        return ""
    days, clock = np.divmod(stamps, DAY)
    weekday = np.bincount((days + 3) % 7, minlength=7) > 0
    words = [name for name, there in zip(_DAYS, weekday, strict=True) if not there]
    if width <= _HOUR:
        hours = np.bincount(clock // _HOUR, minlength=24) > 0
        words += _runs(hours)
    if not words:
        return ""
    return (
        f" There is never a row on or at {', '.join(words)}: the forecast covers these times as "
        "well; pass --missing zero if nothing happens then, or leave out those rows of it."
    )


def _runs(hours: np.ndarray) -> list[str]:
    """Return the hours that are never there as ranges that may go on over midnight."""
    if hours.all():
        return []
    # A day that begins at an hour which is there has no range over its end.
    begin = int(np.argmax(hours))
    order = np.roll(np.arange(24), -begin)
    closed = np.append(~hours[order], False)
    edges = np.flatnonzero(np.diff(closed.astype(np.int8), prepend=0))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [f"{order[first]:02}:00 to {(order[last - 1] + 1) % 24:02}:00" for first, last in pairs]
