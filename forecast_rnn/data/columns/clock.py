"""The clock of times: their zone, and how they are written by it."""

import re
from dataclasses import replace

import polars as pl

from forecast_rnn.data.columns.times import Times, offset_mark
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.zones import check_zone, offset_of
from forecast_rnn.data.words import shown
from forecast_rnn.errors import ConfigError, DataError

_OFFSET_MARKS = "%[:#]*z|%[Zs+]"


def in_zone(rows: Rows, column: str, times: Times, zone: str) -> Times:
    """Take times without offset for those of a zone's clock, and bring others to that clock.

    Raises:
        ConfigError: there is no such zone, or the times are dates or whole numbers.
        DataError: the clock of the zone skips a time, or shows it twice.
    """
    check_zone(zone)
    if times.type != "datetime":
        kind = "dates" if times.type == "date" else "whole numbers"
        raise ConfigError(
            f"--timezone suits times of day, but {column} holds {kind}; leave it out."
        )
    if times.zone is None:
        local = times.values.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
        if local.null_count():
            raise _not_on_clock(rows, column, times, int(local.is_null().arg_max() or 0), zone)
        return replace(times, values=local, zone=zone)
    written = times.format
    if written is not None and times.offset is not None:
        written = written.removesuffix(times.offset) + offset_mark(times.offset)
    return Times(times.values.dt.convert_time_zone(zone), "datetime", written, zone)


def format_times(times: pl.Series, schema: Schema) -> pl.Series:
    """Write times as the input wrote them: text if it was text, else as they are.

    Text without offset for which the user named a zone is written by its clock, again without.
    Where the clock is put back, and so shows one of the times twice, all of them get their offset.
    """
    if schema.time_format is None:
        return times
    if schema.utc_offset is None:
        bare = schema.zone_given and not re.search(_OFFSET_MARKS, schema.time_format)
        mark = "%:z" if bare and _any_twice(times) else ""
        return times.dt.strftime(schema.time_format + mark)
    # The pattern ends in the offset itself, so it writes local times.
    local = times.dt.replace_time_zone(None) + offset_of(schema.utc_offset)
    written: pl.Series = local.dt.strftime(schema.time_format)
    return written


def _any_twice(times: pl.Series) -> bool:
    """Tell whether any of some zone-aware times is one that the clock shows twice."""
    zone = getattr(times.dtype, "time_zone", None)
    local = times.dt.replace_time_zone(None)
    return local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").has_nulls()


def _not_on_clock(rows: Rows, column: str, times: Times, at: int, zone: str) -> DataError:
    time = times.values[at : at + 1]
    cell = shown(str(time.dt.strftime(times.format)[0] if times.format else time[0]))
    earliest = time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if earliest.has_nulls():
        reason = f"does not exist in {zone}, where the clock is put forward then; correct it"
    else:
        reason = f"occurs twice in {zone}, where the clock is put back then"
    return DataError(
        f"{rows.place(at, column)}: {cell} {reason}. Write times with their UTC offset, or pass "
        "another --timezone."
    )
