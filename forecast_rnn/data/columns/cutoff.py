"""Reading as if it were an earlier time: nothing after a cutoff is there yet."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import in_zone
from forecast_rnn.data.columns.roles import Roles, find_time, settle_ids
from forecast_rnn.data.columns.times import Times, parse_times
from forecast_rnn.data.files.table import Rows, Table, row_number
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.time.zones import offset_of
from forecast_rnn.errors import ConfigError, DataError


def early_sample(table: Table, hints: Hints) -> Table:
    """Return a table whose first rows, by which columns are known, are not later than the cutoff.

    They stay as they are where all of them are later, or where one has no time: the error for
    that comes when all rows are read.
    """
    time = find_time(table, hints)
    rows = Rows(table.name, table.sample, row_number, typed=table.sample[time].dtype != pl.String)
    try:
        times = parse_times(rows, time, hints.date_format)
        late = _late(times, hints.cutoff or "")
    except (DataError, ConfigError):
        return table
    return table if late.all() else replace(table, sample=table.sample.filter(~late))


def cut_off(rows: Rows, times: Times, hints: Hints, roles: Roles) -> tuple[Rows, Times, Roles]:
    """Leave out what is later than the cutoff, before a cell of it is looked at.

    Where columns are known into the future, they alone stay, in the later rows of the series
    that are there yet.

    Raises:
        ConfigError: the cutoff is no time of this kind.
        DataError: nothing is left.
    """
    late = pl.Series([False]) if hints.cutoff is None else _late(times, hints.cutoff)
    if not late.any():
        return rows, times, roles
    if late.all():
        raise DataError(
            f"{rows.name}: no row is as early as --cutoff {hints.cutoff}; the first is at "
            f"{_written(times, times.values.min())}."
        )
    earlier = _only(rows, np.flatnonzero(~late))
    if not roles.settled:
        roles = replace(roles, item_id=settle_ids(earlier, roles), settled=True)
    if not hints.known:
        return earlier, _again(earlier, times, roles.time, hints, late), roles
    hidden = [*roles.target, *hints.static, *hints.past]
    shown = [pl.when(~late).then(pl.col(name)).alias(name) for name in hidden]
    kept = _of_same_series(rows, earlier, roles.item_id)
    rows = replace(rows, frame=rows.frame.with_columns(shown))
    return _only(rows, kept), replace(times, values=times.values.gather(kept)), roles


def _only(rows: Rows, kept: NDArray[np.int64]) -> Rows:
    return replace(rows, frame=rows.frame[kept], where=lambda row: rows.where(int(kept[row])))


def _of_same_series(rows: Rows, earlier: Rows, item_id: tuple[str, ...]) -> NDArray[np.int64]:
    if not item_id:
        return np.arange(rows.frame.height)
    ids = rows.frame.select(item_id).with_row_index("")
    there = earlier.frame.select(item_id).unique()
    kept = ids.join(there, on=list(item_id), how="semi", nulls_equal=True, maintain_order="left")
    return kept[""].to_numpy().astype(np.int64)


def _again(earlier: Rows, times: Times, column: str, hints: Hints, late: pl.Series) -> Times:
    """Read the earlier times anew, so that later ones do not decide how they are written."""
    if earlier.frame[column].dtype == pl.String:
        try:
            reread = parse_times(earlier, column, hints.date_format)
        except DataError:
            # Such as 03/04/2024, whose day only a later row can tell from the month.
            pass
        else:
            zone = hints.time_zone
            return reread if zone is None else in_zone(earlier, column, reread, zone)
    return replace(times, values=times.values.filter(~late))


def _late(times: Times, cutoff: str) -> pl.Series:
    """Tell which times are later than the cutoff; one without a clock takes in its whole day."""
    given = _parsed(cutoff, times)
    whole = times.type == "integer"
    if given is None or (given.type == "integer") != whole:
        kind = "a whole number" if whole else "a time written like those of the data"
        example = _written(times, times.values.max())
        raise ConfigError(f"--cutoff '{cutoff}' is not {kind}, such as '{example}'.")
    if whole:
        return _after(times.values, given.values)
    if times.type == "date":
        return _after(times.values, given.values.cast(pl.Date))
    if given.zone is not None and times.zone is None:
        raise ConfigError(f"--cutoff '{cutoff}' has a UTC offset, and the times have none.")
    return _after(_absolute(times.values), _moment(given, times))


def _after(times: pl.Series, bound: pl.Series) -> pl.Series:
    late: pl.Series = times > bound[0]
    return late


def _parsed(cutoff: str, times: Times) -> Times | None:
    """Read a time as the input writes times, or in any other way that is plain."""
    rows = Rows("--cutoff", pl.DataFrame({"time": [cutoff]}), row_number)
    for date_format in (times.format, None):
        try:
            return parse_times(rows, "time", date_format)
        except DataError:
            continue
    return None


def _moment(given: Times, times: Times) -> pl.Series:
    """Return a time of the user as an instant; without an offset it is by the data's clock."""
    moment = given.values.cast(pl.Datetime("us", given.zone))
    if given.type == "date":
        moment = moment + timedelta(days=1, microseconds=-1)
    if given.zone is None and times.offset is not None:
        return moment - offset_of(times.offset)
    if given.zone is None and times.zone is not None:
        return _absolute(_on_clock(moment, times.zone))
    return _absolute(moment)


def _on_clock(moment: pl.Series, zone: str) -> pl.Series:
    """Return a local time as an instant; one that the clock skips is an hour later."""
    for time in (moment, moment + timedelta(hours=1)):
        instant = time.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
        if not instant.has_nulls():
            break
    return instant


def _absolute(times: pl.Series) -> pl.Series:
    """Return instants in UTC, or naive times as they are, without a zone."""
    if getattr(times.dtype, "time_zone", None) is not None:
        times = times.dt.convert_time_zone("UTC")
    return times.dt.replace_time_zone(None)


def _written(times: Times, time: object) -> str:
    """Return a time as the input writes it, as far as that is plain."""
    if times.format is None or times.zone is not None:
        return str(time)
    return str(pl.Series([time], dtype=times.values.dtype).dt.strftime(times.format)[0])
