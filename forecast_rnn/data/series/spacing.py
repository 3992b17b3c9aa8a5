"""The frequency of series from the spacing of their rows, and where each row stands on its grid."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.regular import rounding_step
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.time.frequency import DAY, SECOND, Frequency, Grid, parse_frequency
from forecast_rnn.data.time.stamps import (
    Stamps,
    days_in,
    is_weekend,
    locate,
    split_months,
    to_stamps,
)
from forecast_rnn.errors import ConfigError, DataError

_MONTH = 30.436875 * DAY
_UNITS = ((7 * DAY, "w"), (DAY, "d"), (3600 * SECOND, "h"), (60 * SECOND, "m"), (SECOND, "s"))
_SUBSECOND = ((1000, "ms"), (1, "us"))
_LONGEST_GUESS = 12


@dataclass(frozen=True, slots=True)
class Spacing:
    """How the rows of all series are spaced.

    Attributes:
        frequency: The grid of all series.
        position: Steps of each row after the first of its series; None if there are no gaps.
    """

    frequency: Frequency
    position: NDArray[np.int64] | None


def find_spacing(series: Series, name: str, hint: str | None) -> Spacing:
    """Find the grid on which all rows of all series lie.

    Raises:
        DataError: there is none, or one series has another frequency than the others.
        ConfigError: the user's frequency is not known or does not suit the times.
    """
    given = parse_frequency(hint) if hint is not None else None
    integer = series.times.dtype == pl.Int64
    gaps = _gaps(series)
    if not len(gaps) and given is None and not integer:
        raise DataError(
            f"{name}: each series has one row, which tells neither a frequency nor what follows; "
            "give more rows."
        )
    usual = _mode(gaps) if len(gaps) else 1
    if integer:
        every = given[0] if given is not None else _every_of_steps(series.stamps, usual)
        choices = [Frequency(every, "integer", step) for step in _widths(gaps, usual)]
    elif given is not None:
        choices = _of_hint(given, series)
    else:
        choices = _of_times(series, gaps, usual)
    for frequency in choices:
        width = frequency.step if integer else frequency.duration
        # Plain counting spares the arithmetic where no row is missing.
        if width == usual and (gaps == usual).all():
            return Spacing(frequency, None)
        position, fits = _positions(series, frequency)
        if fits.all():
            return Spacing(frequency, _or_none(position, series))
    raise _off_grid(series, choices[0], name, given is not None)


def _gaps(series: Series) -> Stamps:
    """Return the steps between rows of the same series; a single one if all are alike."""
    steps = np.diff(series.stamps)
    several = np.flatnonzero(np.diff(series.indptr) > 1)
    if len(several):
        first = series.indptr[several[0]]
        alike = steps == steps[first]
        alike[series.indptr[1:-1] - 1] = True
        if alike.all():
            return steps[first : first + 1].copy()
    return _inner(steps, series)


def _inner(steps: Stamps, series: Series) -> Stamps:
    """Return the steps between rows of the same series."""
    if len(series.indptr) == 2:
        return steps
    mask = np.ones(len(steps), bool)
    mask[series.indptr[1:-1] - 1] = False
    return steps[mask]


def _mode(steps: Stamps) -> int:
    if (steps == steps[0]).all():
        return int(steps[0])
    counted = pl.Series("step", steps).value_counts(sort=True)
    most = counted.filter(pl.col("count") == counted["count"][0])["step"].min()
    assert isinstance(most, int)
    return most


def _widths(gaps: Stamps, usual: int) -> list[int]:
    """Return the usual step, and the one that divides all if it is not far smaller."""
    if not len(gaps):
        return [usual]
    common = int(np.gcd.reduce(np.unique(gaps)[:1000])) if (gaps % usual).any() else usual
    return [usual, common] if common < usual <= _LONGEST_GUESS * common else [usual]


def _every_of_steps(stamps: Stamps, step: int) -> str:
    """Return `1y` for whole numbers that are years of our era, else `1i`."""
    years = step == 1 and stamps.min() >= 1500 and stamps.max() <= 2200
    return "1y" if years else "1i"


def _of_hint(given: tuple[str, Grid | None], series: Series) -> list[Frequency]:
    every, grid = given
    plain = Frequency(every, "offset")
    if grid == "integer":
        raise ConfigError(f"--freq {every} suits whole numbers, not times.")
    if series.times.dtype == pl.Date and plain.duration % DAY:
        raise ConfigError(f"--freq {every} does not suit dates, which have no hours.")
    if grid == "business_day":
        return [Frequency(every, "business_day")]
    if not plain.months:
        return [plain]
    if grid == "month_end":
        return [Frequency(every, "month_end")]
    return [*_ends(every, series), plain]


def _of_times(series: Series, gaps: Stamps, usual: int) -> list[Frequency]:
    """Return the grids that may be meant, the likeliest first."""
    zone = getattr(series.times.dtype, "time_zone", None)
    if zone is not None and usual > 20 * 3600 * SECOND:
        gaps = _inner(np.diff(series.local_stamps()), series)
        usual = _mode(gaps)
    choices = [Frequency(_every(width), "offset") for width in _widths(gaps, usual)]
    if usual == DAY and gaps.max() > DAY and _skips_weekends(series):
        return [Frequency("1b", "business_day"), *choices]
    if usual >= 28 * DAY and usual % DAY == 0:
        every = _every_months(round(usual / _MONTH))
        return [*_ends(every, series), Frequency(every, "offset"), *choices]
    return choices


def _every(width: int) -> str:
    for size, unit in _UNITS + _SUBSECOND:
        if width % size == 0:
            return f"{width // size}{unit}"
    raise AssertionError(width)


def _every_months(months: int) -> str:
    if months % 12 == 0:
        return f"{months // 12}y"
    return "1q" if months == 3 else f"{months}mo"


def _skips_weekends(series: Series) -> bool:
    """Tell whether no row is on a weekend though Mondays follow Fridays."""
    stamps = series.local_stamps()
    if is_weekend(stamps).any():
        return False
    monday = (stamps // DAY + 3) % 7 == 0
    after_weekend = np.append(False, np.diff(stamps) == 3 * DAY) & monday
    after_weekend[series.indptr[:-1]] = False
    return bool(after_weekend.any())


def _ends(every: str, series: Series) -> list[Frequency]:
    """Return the grid of month ends or of last weekdays, if all rows stand on one."""
    stamps = series.local_stamps()
    month, day, _ = split_months(stamps)
    left = days_in(month) - day
    if not left.any():
        return [Frequency(every, "month_end")]
    # Only a weekend may follow within the month.
    last = (left == 0) | ((stamps // DAY + 3) % 7 == 4)
    if (left <= 2).all() and last.all() and not is_weekend(stamps).any():
        return [Frequency(every, "business_month_end")]
    return []


def by_month(series: Series, hint: str | None) -> tuple[Series, tuple[str, ...]]:
    """Take rows for their months where the user says that there is one a month, on any day.

    Where their days are those of a grid, or a month has two rows, they stay as they are.
    """
    every, grid = (None, None) if hint is None else parse_frequency(hint)
    integer = series.times.dtype == pl.Int64
    if every is None or grid is not None or integer or not Frequency(every, "offset").months:
        return series, ()
    if any(_positions(series, frequency)[1].all() for frequency in _of_hint((every, grid), series)):
        return series, ()
    times = series.times.dt.truncate(every)
    stamps = to_stamps(times, local=False)
    if (_inner(np.diff(stamps), series) <= 0).any():
        return series, ()
    warning = (
        f"the times lie on different days (first {series.times[0]}, then {series.times[1]}), and "
        "each is taken for the step that it lies in, by its first day."
    )
    return replace(series, times=times, stamps=stamps), (warning,)


def _positions(series: Series, frequency: Frequency) -> tuple[Stamps, NDArray[np.bool_]]:
    stamps = series.local_stamps() if frequency.calendar else series.stamps
    anchor = np.repeat(stamps[series.indptr[:-1]], np.diff(series.indptr))
    return locate(stamps, anchor, frequency)


def _or_none(position: Stamps, series: Series) -> Stamps | None:
    return None if (_inner(np.diff(position), series) == 1).all() else position


def _longer(gap: int) -> str:
    """Return a frequency whose steps mostly hold several rows that lie so far apart."""
    return "d" if gap < DAY else "w" if gap < 7 * DAY else "mo"


def _off_grid(series: Series, frequency: Frequency, name: str, given: bool) -> DataError:
    """Say which series leaves the grid first, and with which stamps."""
    _, fits = _positions(series, frequency)
    row = int(np.flatnonzero(~fits)[0])
    item = series.item(row)
    first, last = series.indptr[item], series.indptr[item + 1]
    usual = _mode(np.diff(series.stamps[first:last]))
    pair = f"{series.times[row - 1]} is followed by {series.times[row]}"
    if given:
        way = "pass another --freq, or add --aggregate sum, mean, last or max"
    elif series.times.dtype == pl.Datetime and rounding_step(series.stamps) is not None:
        way = "pass --round-times, or give all series one frequency"
    elif usual != frequency.duration and usual == frequency.step:
        way = "give all series one frequency"
    else:
        steps = f"--freq {_longer(usual)} --aggregate sum, mean, last or max"
        way = f"pass {steps} to bring rows to steps, or give all series one frequency"
    return DataError(
        f"{name}: the times of {series.name(item)} are not regular: {pair}, which is off the grid "
        f"({frequency.describe()}) that begins at {series.times[int(first)]}; {way}."
    )
