"""Reading as if it were an earlier time: nothing after a cutoff is there yet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from forecast_rnn.data.table import Rows, row_number
from forecast_rnn.data.times import Times, parse_times
from forecast_rnn.data.zones import offset_of
from forecast_rnn.errors import ConfigError, DataError


def cut_off(
    rows: Rows, times: Times, cutoff: str, *, targets: Sequence[str], keep: bool
) -> tuple[Rows, Times]:
    """Leave out what is later than the cutoff, before a cell of it is looked at.

    Args:
        rows: The columns.
        times: The time column.
        cutoff: The last time that counts, as the input writes times; a date takes in its
            whole day.
        targets: The target columns.
        keep: Whether later rows stay without their targets, for columns known into the future.

    Raises:
        ConfigError: the cutoff is no time of this kind.
        DataError: nothing is left.
    """
    late = times.values > _bound(times, cutoff)
    if not late.any():
        return rows, times
    if late.all():
        raise DataError(
            f"{rows.name}: no row is as early as --cutoff {cutoff}; the first is at "
            f"{times.values.min()!s}."
        )
    if keep:
        hidden = [pl.when(~late).then(pl.col(name)).alias(name) for name in targets]
        return replace(rows, frame=rows.frame.with_columns(hidden)), times
    left = np.flatnonzero(~late)
    earlier = replace(rows, frame=rows.frame[left], where=lambda row: rows.where(int(left[row])))
    return earlier, replace(times, values=times.values.gather(left))


def _bound(times: Times, cutoff: str) -> object:
    """Return the last time that counts, of the type of the time column."""
    given = _parsed(cutoff)
    whole = times.type == "integer"
    if given is None or (given.type == "integer") != whole:
        kind = "a whole number" if whole else "a time written like those of the data"
        raise ConfigError(f"--cutoff '{cutoff}' is not {kind}, such as {_example(times)}.")
    if whole:
        return given.values[0]
    if times.type == "date":
        return given.values.cast(pl.Date)[0]
    if given.zone is not None and times.zone is None:
        raise ConfigError(f"--cutoff '{cutoff}' has a UTC offset, and the times have none.")
    return _moment(given, times)[0]


def _parsed(cutoff: str) -> Times | None:
    rows = Rows("--cutoff", pl.DataFrame({"time": [cutoff]}), row_number)
    try:
        return parse_times(rows, "time", None)
    except DataError:
        return None


def _moment(given: Times, times: Times) -> pl.Series:
    """Return a time of the user as an instant; without an offset it is by the data's clock."""
    moment = given.values.cast(pl.Datetime("us", given.zone))
    if given.type == "date":
        moment = moment + timedelta(days=1, microseconds=-1)
    if given.zone is None and times.offset is not None:
        return (moment - offset_of(times.offset)).dt.replace_time_zone("UTC")
    if given.zone is None and times.zone is not None:
        return moment.dt.replace_time_zone(times.zone, ambiguous="latest", non_existent="null")
    return moment


def _example(times: Times) -> str:
    return f"'{times.values.max()!s}'"
