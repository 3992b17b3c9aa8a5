"""Times brought to a grid by the user's word: rounded, or each to the beginning of its step."""

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np

from forecast_rnn.data.columns.times import Times
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.time.frequency import DAY, SECOND, Frequency, parse_frequency
from forecast_rnn.data.words import counted
from forecast_rnn.errors import ConfigError

_STEPS = tuple(
    size * unit
    for unit, sizes in (
        (SECOND, (1, 2, 5, 10, 15, 20, 30)),
        (60 * SECOND, (1, 2, 3, 5, 10, 15, 20, 30)),
        (3600 * SECOND, (1, 2, 3, 4, 6, 8, 12)),
        (DAY, (1, 7)),
    )
    for size in sizes
)
_CLOCK = re.compile(r"[T ]%-?[HI].*$")


def on_grid(times: Times, column: str, hints: Hints) -> tuple[Times, tuple[str, ...]]:
    """Round times, or take each for the step it lies in; return what was done as a warning.

    Raises:
        ConfigError: it is asked for without the frequency it takes, or of whole numbers.
    """
    if not hints.round_times and hints.aggregate is None:
        return times, ()
    option = "--round-times" if hints.aggregate is None else "--aggregate"
    if times.type == "integer":
        raise ConfigError(f"{option} suits times, but {column} holds whole numbers; leave it out.")
    if hints.aggregate is None:
        return _rounded(times, column, hints.frequency)
    if hints.frequency is None:
        raise ConfigError("--aggregate takes the steps to aggregate to; pass --freq, such as d.")
    return _truncated(times, hints.frequency), ()


def rounding_step(stamps: np.ndarray) -> int | None:
    """Return the step in microseconds that times lie on but for some jitter, None if there is none.

    Args:
        stamps: Microseconds, of all rows.
    """
    gaps = np.diff(np.unique(stamps))
    if not len(gaps):
        return None
    usual = float(np.median(gaps))
    step = min(_STEPS, key=lambda size: abs(np.log(size / usual)))
    off = np.abs((stamps + step // 2) % step - step // 2)
    return step if off.max() <= step // 4 else None


def _rounded(times: Times, column: str, frequency: str | None) -> tuple[Times, tuple[str, ...]]:
    stamps = times.values.dt.epoch("us").to_numpy()
    given = Frequency(parse_frequency(frequency)[0], "offset").duration if frequency else 0
    step = given or rounding_step(stamps)
    if step is None:
        raise ConfigError(
            f"--round-times finds no step that {column} lies on; pass --freq as well."
        )
    values = times.values.dt.round(timedelta(microseconds=int(step)))
    moved = np.abs(values.dt.epoch("us").to_numpy() - stamps).max() / SECOND
    changed = int((values != times.values).sum())
    warning = (
        f"{changed:,} of {counted(len(values), 'time')} in column {column} are rounded to "
        f"{timedelta(microseconds=int(step))} (by at most {moved:g} seconds)."
    )
    return replace(times, values=values), (warning,) if changed else ()


def _truncated(times: Times, frequency: str) -> Times:
    every, grid = parse_frequency(frequency)
    every = "1d" if grid == "business_day" else every
    values = times.values.dt.truncate(every)
    step = Frequency(every, "offset")
    if times.type == "date" or step.duration % DAY:
        return replace(times, values=values)
    # Days and longer have no clock.
    form = None if times.format is None else _CLOCK.sub("", times.format)
    written = form if form != times.format else "%Y-%m-%d"
    return Times(values.dt.date(), "date", written, read_format=times.format, note=times.note)
