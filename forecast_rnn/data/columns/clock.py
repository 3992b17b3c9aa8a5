"""The clock of times: their zone, and how they are written by it."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from forecast_rnn.data.columns.times import Times, offset_mark
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.zones import check_zone, offset_of
from forecast_rnn.data.words import shown
from forecast_rnn.errors import ConfigError, DataError

_TWICE = "the earlier and then the later of two rows with a time that the clock shows twice"
_OFFSET_MARKS = "%[:#]*z|%[Zs+]"


def in_zone(rows: Rows, column: str, times: Times, zone: str, item_id: Sequence[str] = ()) -> Times:
    """Take times without offset for those of a zone's clock, and bring others to that clock.

    Of two rows of a series with one time that the clock shows twice the first is the earlier.

    Args:
        rows: The input.
        column: The time column.
        times: What it holds.
        zone: IANA name.
        item_id: Columns that name a series.

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
        paired = _by_order(rows.frame.select(item_id), times.values, local.is_null(), zone)
        if paired is not None:
            return replace(times, values=paired, zone=zone, note=_TWICE)
        if local.null_count():
            raise _not_on_clock(rows, column, times, int(local.is_null().arg_max() or 0), zone)
        return replace(times, values=local, zone=zone)
    written = times.format
    if written is not None and times.offset is not None:
        written = written.removesuffix(times.offset) + offset_mark(times.offset)
    return Times(times.values.dt.convert_time_zone(zone), "datetime", written, zone)


def _by_order(
    ids: pl.DataFrame, naive: pl.Series, doubtful: pl.Series, zone: str
) -> pl.Series | None:
    """Return times with those that the clock shows twice by the order of rows.

    Returns:
        None if there are none, or if one of them does not come exactly twice in its series.
    """
    if not doubtful.any():
        return None
    keys = pl.DataFrame([naive.alias("time"), *ids.rename(lambda name: f"id_{name}")])
    pairs = keys.filter(doubtful).select(
        pl.len().over(keys.columns).alias("count"),
        pl.col("time").cum_count().over(keys.columns).alias("turn"),
    )
    if (pairs["count"] != 2).any():
        return None
    first = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    again = naive.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
    second = doubtful.to_numpy(writable=True)
    second[second] = (pairs["turn"] == 2).to_numpy()
    paired: pl.Series = again.zip_with(pl.Series(second), first)
    return None if paired.has_nulls() else paired


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
