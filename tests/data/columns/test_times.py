"""Text to times by one format a column, and back."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from forecast_rnn.data.columns.clock import format_times, in_zone
from forecast_rnn.data.columns.times import (
    Times,
    check_excel_days,
    parse_times,
)
from forecast_rnn.data.files.table import Rows, row_number
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.patterns import patterns_of
from forecast_rnn.errors import ConfigError, DataError


def parse(cells: list[str], date_format: str | None = None) -> Times:
    rows = Rows("data.csv", pl.DataFrame({"ds": cells}), lambda row: f"line {row + 2}")
    return parse_times(rows, "ds", date_format)


def written(times: Times, *, zone_given: bool = False) -> list[str]:
    schema = Schema(
        timestamp="ds",
        target="y",
        time_type=times.type,
        time_format=times.format,
        time_zone=times.zone,
        zone_given=zone_given,
        utc_offset=times.offset,
    )
    return format_times(times.values, schema).to_list()


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-01-31", "2024-02-01"],
        ["2024/01/31", "2024/02/01"],
        ["2024-1-31", "2024-2-1"],
        ["20240131", "20240201"],
        ["31.01.2024", "01.02.2024"],
        ["31/01/2024", "01/02/2024"],
        ["01/31/2024", "02/01/2024"],
        ["1/31/2024", "2/1/2024"],
        ["31-Jan-2024", "01-Feb-2024"],
        ["31 January 2024", "01 February 2024"],
        ["Jan 31, 2024", "Feb 01, 2024"],
        ["2024-01", "2024-02"],
        ["2024M01", "2024M02"],
        ["Jan 2024", "Feb 2024"],
        ["202312", "202401"],
        ["2024Q3", "2024Q4"],
        ["2024-Q3", "2024-Q4"],
        ["Q3 2024", "Q4 2024"],
        ["2024-W05", "2024-W06"],
        ["2024W52", "2025W01"],
        ["2024-W05-1", "2024-W05-2"],
        ["2024-01-31 05:00", "2024-01-31 06:00"],
        ["2024-01-31T05:00:00", "2024-01-31T06:00:00"],
        ["2024-01-31T05:00:00.250", "2024-01-31T06:00:00.000"],
        ["2024-01-31T05:00:00Z", "2024-01-31T06:00:00Z"],
        ["2024-01-31T05:00:00+05:30", "2024-01-31T06:00:00+05:30"],
        ["2024-01-31 05:00:00-0800", "2024-01-31 06:00:00-0800"],
        ["1/31/2024 5:00 PM", "2/1/2024 6:00 AM"],
        ["1/31/2024 5:00", "2/1/2024 16:00"],
    ],
)
def test_times_are_written_as_they_were_read(cells: list[str]) -> None:
    times = parse(cells)

    assert times.type in {"date", "datetime"}
    assert written(times) == cells


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dates(date(1600, 1, 1), date(2200, 1, 1)), min_size=1, max_size=4),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y"]),
)
def test_dates_are_read_as_the_standard_library_reads_them(days: list[date], form: str) -> None:
    cells = [day.strftime(form) for day in days]

    assert parse(cells).values.to_list() == [datetime.strptime(cell, form).date() for cell in cells]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789-", min_size=8, max_size=11))
@example("-00000-1-1")
@example("12024-01-01")
@example("0000-01-01")
def test_what_the_standard_library_does_not_read_is_refused(cell: str) -> None:
    try:
        wanted = datetime.strptime(cell, "%Y-%m-%d").date()
    except ValueError:
        wanted = None
    if wanted is not None and len(cell) == 10:
        assert parse(["2024-01-31", cell]).values[1] == wanted
    else:
        with pytest.raises(DataError, match=r"line 3, column ds"):
            parse(["2024-01-31", cell])


def test_an_offset_is_an_instant() -> None:
    times = parse(["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"])

    assert times.values.diff()[1] == timedelta(hours=1)
    assert written(times) == ["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"]


def test_offsets_of_no_known_zone_are_written_as_utc() -> None:
    times = parse(["2024-01-01T01:00:00+01:00", "2024-01-01T03:00:00+02:00"])

    assert times.zone == "UTC"
    assert written(times) == ["2024-01-01T00:00:00+00:00", "2024-01-01T01:00:00+00:00"]


def test_the_row_named_as_doubtful_is_one_that_reads_in_two_ways() -> None:
    with pytest.raises(DataError, match=r"line 3.*2 January 2024 .day first. or 1 February 2024"):
        parse(["01/01/2024", "02/01/2024", "03/01/2024"])


def test_days_that_read_alike_either_way_are_not_doubtful() -> None:
    assert written(parse(["01/01/2024", "02/02/2024"])) == ["01/01/2024", "02/02/2024"]


def test_months_are_read_with_a_point_but_decimals_are_not_months() -> None:
    assert written(parse(["01.2024", "02.2024"])) == ["01.2024", "02.2024"]
    assert not patterns_of("12.3456")


def test_day_and_month_that_no_row_settles_are_refused_with_both_readings() -> None:
    with pytest.raises(
        DataError, match=r"2 January 2024 .day first. or 1 February 2024 .month"
    ) as e:
        parse(["02/01/2024", "03/01/2024"])

    assert "--date-format '%d/%m/%Y'" in str(e.value)
    assert parse(["02/01/2024"], "%m/%d/%Y").values[0] == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["2024-02-29", "2024-02-30"], "'2024-02-30' is not a date"),
        (["2024-02-29", "2024-03-1"], "'2024-03-1' is not a date"),
        (["2024-02-29", "03/01/2024"], "'03/01/2024' is not a date that is written like"),
        (["2024-02-29", "45292.5"], "Excel day number"),
        (["2024-02-29", "tomorrow"], "'tomorrow' is not a date"),
        (["2024-02-29T00:00", "2024-02-29T01:00+01:00"], "some have none"),
        (["2024-02-29", ""], "the time is missing"),
        (["2023-02-28", "2023-02-29"], "'2023-02-29' is not a date of the calendar"),
        (["2024-02-29", "0024-02-29"], "'0024-02-29' has a year before 1000"),
    ],
)
def test_a_time_that_does_not_fit_is_refused_with_its_line(cells: list[str], reason: str) -> None:
    with pytest.raises(DataError, match=f"data.csv line 3, column ds: .*{reason}"):
        parse(cells)


def test_missing_times_and_what_is_no_time_are_told_in_one_go() -> None:
    with pytest.raises(DataError) as caught:
        parse(["", "2024-01-02", "2024-01-32", "2024-01-04", "", "Friday"])

    assert str(caught.value).splitlines() == [
        "data.csv has 4 faults:",
        "  line 2, column ds: the time is missing; fill it in, or remove the row",
        "  line 4, column ds: '2024-01-32' is not a date of the calendar; correct it",
        "  line 6, column ds: the time is missing",
        "  line 7, column ds: 'Friday' is not a date or a whole step; correct it, or pass "
        "--date-format",
    ]


def test_a_column_without_any_time_is_refused() -> None:
    with pytest.raises(DataError, match="line 2, column ds: the time is missing") as caught:
        parse(["", ""])

    assert caught.value.counts == {"ds": 2}


def test_typed_times_that_are_missing_are_refused_by_row() -> None:
    cells = pl.Series("ds", [date(2024, 1, 1), None, date(2024, 1, 3), None])
    rows = Rows("data.parquet", pl.DataFrame({"ds": cells}), row_number, typed=True)

    with pytest.raises(DataError) as caught:
        parse_times(rows, "ds", None)

    assert [fault.place for fault in caught.value.faults] == ["row 2", "row 4"]


def test_steps_that_are_not_whole_are_refused() -> None:
    cells = pl.Series("ds", [1.0, 2.5, 3.0, 4.25])
    rows = Rows("data.parquet", pl.DataFrame({"ds": cells}), row_number, typed=True)

    with pytest.raises(DataError, match=r"row 2, column ds: '2\.5' is neither a time") as caught:
        parse_times(rows, "ds", None)

    assert [fault.text for fault in caught.value.faults] == ["2.5", "4.25"]


def test_a_year_of_two_digits_is_refused() -> None:
    with pytest.raises(DataError, match="two digits"):
        parse(["31/01/24", "01/02/24"])


def test_whole_numbers_are_steps() -> None:
    times = parse(["1", "2", "10"])

    assert (times.type, times.values.to_list()) == ("integer", [1, 2, 10])
    assert format_times(
        times.values, Schema(timestamp="t", target="y", time_type="integer")
    ).equals(times.values)


def test_day_numbers_of_a_spreadsheet_are_refused() -> None:
    rows = Rows("data.csv", pl.DataFrame({"ds": ["45292", "45293"]}), lambda row: f"line {row + 2}")

    with pytest.raises(DataError, match=r"Excel day numbers .45292 would be 2024-01-01"):
        check_excel_days(rows, "ds", parse_times(rows, "ds", None))


def test_the_date_format_of_the_user_is_obeyed_and_checked() -> None:
    assert parse(["2024|31|01"], "%Y|%d|%m").values[0] == date(2024, 1, 31)
    assert parse(["31|01|2024 15:00"], "%d|%m|%Y %H:%M").values[0] == datetime(2024, 1, 31, 15)
    with pytest.raises(DataError, match=r"line 2.*does not fit --date-format"):
        parse(["2024-01-31"], "%d/%m/%Y")


def test_typed_times_stay_as_they_are() -> None:
    values = pl.Series("ds", [datetime(2024, 1, 1)]).dt.replace_time_zone("Europe/Berlin")
    rows = Rows("data.parquet", pl.DataFrame({"ds": values}), str, typed=True)

    times = parse_times(rows, "ds", None)

    assert times.values.equals(values)
    assert (times.zone, times.format) == ("Europe/Berlin", None)


def test_a_date_format_that_is_none_is_a_usage_error() -> None:
    with pytest.raises((ConfigError, DataError), match="--date-format"):
        parse(["2024-01-31"], "%!")


def in_berlin(cells: list[str]) -> Times:
    rows = Rows("data.csv", pl.DataFrame({"ds": cells}), lambda row: f"line {row + 2}")
    return in_zone(rows, "ds", parse_times(rows, "ds", None), "Europe/Berlin")


def test_times_without_offset_are_taken_for_those_of_the_zone() -> None:
    times = in_berlin(["2024-03-31 01:00", "2024-03-31 03:00", "2024-07-01 00:00"])

    assert times.zone == "Europe/Berlin"
    assert times.values.diff()[1] == timedelta(hours=1)
    assert written(times, zone_given=True) == [
        "2024-03-31 01:00",
        "2024-03-31 03:00",
        "2024-07-01 00:00",
    ]


@pytest.mark.parametrize("offset", ["Z", "+05:30", "-0330", "+01"])
def test_times_with_offset_are_brought_to_the_clock_of_the_zone(offset: str) -> None:
    cells = [f"2024-03-31T00:30:00{offset}", f"2024-06-01T00:30:00{offset}"]

    times, plain = in_berlin(cells), parse(cells)

    assert times.values.dt.epoch().equals(plain.values.dt.epoch())
    shown = [time.isoformat() for time in times.values]
    assert [text.replace(":", "") for text in written(times, zone_given=True)] == [
        text.replace(":", "") for text in shown
    ]


def test_a_time_that_the_clock_repeats_is_written_with_its_offset_and_so_are_all() -> None:
    times = in_berlin(["2024-10-27 01:00", "2024-10-27 04:00"])
    later = pl.datetime_range(times.values[0], times.values[1], "1h", eager=True)

    assert written(replace(times, values=later), zone_given=True) == [
        "2024-10-27 01:00+02:00",
        "2024-10-27 02:00+02:00",
        "2024-10-27 02:00+01:00",
        "2024-10-27 03:00+01:00",
        "2024-10-27 04:00+01:00",
    ]
    assert written(replace(times, values=later[:1]), zone_given=True) == ["2024-10-27 01:00"]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2024-03-31 02:30", "'2024-03-31 02:30' does not exist in Europe/Berlin, where the clock"),
        ("2024-10-27 02:30", "'2024-10-27 02:30' occurs twice in Europe/Berlin, where the clock"),
    ],
)
def test_a_time_that_the_clock_skips_or_repeats_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(DataError, match=f"data.csv line 3, column ds: {reason}") as caught:
        in_berlin(["2024-01-01 02:30", cell])

    assert "Write times with their UTC offset, or pass another --timezone" in str(caught.value)


def test_typed_times_get_the_zone() -> None:
    values = pl.Series("ds", [datetime(2024, 1, 1), datetime(2024, 7, 1)])
    rows = Rows("data.parquet", pl.DataFrame({"ds": values}), str, typed=True)

    times = in_zone(rows, "ds", parse_times(rows, "ds", None), "Europe/Berlin")

    assert times.values.dtype == pl.Datetime("us", "Europe/Berlin")
    assert times.values.dt.replace_time_zone(None).equals(values)


@pytest.mark.parametrize("cells", [["2024-01-01", "2024-01-02"], ["1", "2"]])
def test_dates_and_whole_numbers_have_no_zone(cells: list[str]) -> None:
    with pytest.raises(ConfigError, match="--timezone suits times of day, but ds holds"):
        in_berlin(cells)
