"""Times in several cells of a row."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import panel_from_frame, read_future
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

MONTHS = ["Jan", "Feb", "March", "April", "May", "Jun", "July", "Aug", "Sept", "Oct", "Nov", "Dec"]


def table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *(f"{row},{place}" for place, row in enumerate(rows))]) + "\n"


def times(panel: Panel) -> list[object]:
    lengths = int(panel.lengths()[0])
    return panel.timestamps(pl.Series([0] * lengths), pl.Series(range(lengths))).to_list()


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


LAYOUTS: dict[str, tuple[str, str, int, Callable[[int], str]]] = {
    "clock": ("Day,Clock,y", "15m", 200, lambda i: f"2024-03-0{1 + i // 96},{clock(i % 96 * 15)}"),
    "day first": ("Day,At,y", "1h", 60, lambda i: f"{13 + i // 24}.03.2024,{i % 24}:00"),
    "halves": ("Date,Time,y", "1h", 60, lambda i: f"03/{14 + i // 24}/2024,{half_clock(i)}"),
    "hour from 0": ("Date,Hour,y", "1h", 60, lambda i: f"2024-03-0{1 + i // 24},{i % 24}"),
    "hour to 24": ("Date,HE,y", "1h", 60, lambda i: f"2024-03-0{1 + i // 24},HE{i % 24 + 1:02}"),
    "year and month": ("Year,Month,y", "1mo", 30, lambda i: f"{2019 + i // 12},{i % 12 + 1}"),
    "month names": ("Yr,Month,y", "1mo", 30, lambda i: f"{2019 + i // 12},{MONTHS[i % 12]}"),
    "quarters": ("year,qtr,y", "1q", 20, lambda i: f"{2010 + i // 4},Q{i % 4 + 1}"),
    "weeks": ("Year,Week,y", "1w", 100, lambda i: f"{2019 + i // 52},{i % 52 + 1}"),
    "days": ("year,month,day,y", "1d", 28, lambda i: f"2024,{1 + i // 28},{i % 28 + 1}"),
    "hours": ("year,month,day,hour,y", "1h", 70, lambda i: f"2024,1,{1 + i // 24},{i % 24}"),
}


def half_clock(hour: int) -> str:
    return f"{(hour + 11) % 12 + 1}:00 {'AP'[hour // 12 % 2]}M"


def rows_of(layout: str) -> list[str]:
    _, _, count, row = LAYOUTS[layout]
    return [row(place) for place in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cells_that_hold_a_time_together_are_one_time(read: Read, layout: str) -> None:
    header, every, count, _ = LAYOUTS[layout]

    panel, findings = read(table(header, rows_of(layout)))

    assert panel.frequency.every == every
    assert panel.values.tolist() == list(range(count))
    assert panel.schema.timestamp == header.removesuffix(",y")
    assert findings.facts["time"].startswith(panel.schema.timestamp)


def test_an_hour_that_counts_to_24_is_the_one_that_ends_then_and_this_is_said(read: Read) -> None:
    panel, findings = read(table("Date,HE,y", rows_of("hour to 24")))

    assert times(panel)[0] == datetime(2024, 3, 1, 0)
    assert times(panel)[23:25] == [datetime(2024, 3, 1, 23), datetime(2024, 3, 2, 0)]
    assert findings.warnings == (
        "column HE counts hours from 1 to 24 by their end: hour 1 is 00:00.",
    )


def test_hours_go_on_being_counted_as_in_training(read: Read) -> None:
    rows = [row.replace("HE", "") for row in rows_of("hour to 24")]
    schema = read(table("Date,Hour,y", rows))[0].schema

    # These three hours alone could be counted either way.
    panel, _ = read(table("Date,Hour,y", [f"2024-03-05,{h}" for h in (4, 5, 6)]), schema.hints())

    assert times(panel) == [datetime(2024, 3, 5, hour) for hour in (3, 4, 5)]


def test_the_word_of_the_user_decides_how_hours_count(read: Read) -> None:
    text = table("Date,Hour,y", [f"2024-03-05,{hour}" for hour in range(4, 20)])

    assert times(read(text)[0])[0] == datetime(2024, 3, 5, 4)
    assert times(read(text, Hints(hour_ending=True))[0])[0] == datetime(2024, 3, 5, 3)


def test_columns_with_names_of_any_kind_may_be_named(read: Read) -> None:
    text = table("b,c,a,y", [f"{i + 1},7,2024" for i in range(12)])

    panel, _ = read(text, Hints(time="a,b,c", target=("y",)))

    assert times(panel)[:2] == [date(2024, 1, 7), date(2024, 2, 7)]


def test_columns_that_hold_no_time_together_are_no_column(read: Read) -> None:
    with pytest.raises(DataError, match="has no column 'a,y'"):
        read(table("a,y", ["x", "z"]), Hints(time="a,y"))


def test_the_end_of_an_interval_names_no_series(read: Read) -> None:
    rows = [f"2024-03-0{1 + i // 24},{i % 24}:00,{i % 24}:59,kWh" for i in range(60)]

    panel, findings = read(table("Day,Start time,End time,Unit,y", rows))

    assert panel.schema.timestamp == "Day,Start time"
    assert panel.schema.item_id == ()
    assert findings.facts["not used"] == "Unit"


def test_a_clock_that_never_changes_is_no_part_of_the_time(read: Read) -> None:
    rows = [f"2024-03-{day:02},09:00" for day in range(1, 29)]

    assert read(table("day,opens,y", rows))[0].schema.timestamp == "day"


def test_a_column_with_the_whole_time_is_enough(read: Read) -> None:
    rows = [f"{date(2024, 1, 31) + timedelta(day)},{(day % 12) + 1}" for day in range(40)]

    assert read(table("Date,Month,y", rows), Hints(target=("y",)))[0].schema.timestamp == "Date"


def test_typed_columns_are_joined_as_well() -> None:
    days = [date(2024, 1, 1) + timedelta(i // 24) for i in range(60)]
    frame = pl.DataFrame({"day": days, "hour": [i % 24 for i in range(60)], "y": range(60)})

    panel, _ = panel_from_frame(frame, Hints())

    assert times(panel)[:2] == [datetime(2024, 1, 1, 0), datetime(2024, 1, 1, 1)]


def test_a_missing_part_is_a_missing_time(read: Read) -> None:
    rows = [*rows_of("year and month"), "2021,"]

    with pytest.raises(DataError, match=r"line 32, column Year,Month: the time is missing"):
        read(table("Year,Month,y", rows))


def test_the_steps_ahead_may_come_in_parts_or_with_times_as_they_are_written(read: Read) -> None:
    rows = [f"2024-03-0{1 + i // 24},{i % 24},{i % 5}" for i in range(72)]
    panel, _ = read(table("Date,Hour,price,y", rows), Hints(known=("price",)))
    ahead = pl.DataFrame({"Date": ["2024-03-04"] * 2, "Hour": [0, 1], "price": [3, 4]})
    written = pl.DataFrame({"Date,Hour": ["2024-03-04 00:00", "2024-03-04 01:00"], "price": [3, 4]})

    for frame in (ahead, written):
        covariates = read_future(panel, frame, 2)[0].covariates
        assert covariates is not None
        assert covariates.frame["price"].to_list()[-2:] == [3.0, 4.0]
