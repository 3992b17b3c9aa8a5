"""Whole numbers that are times."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.columns.encoded import decoded
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import panel_from_frame
from tests.data.conftest import Read

START = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())


def next_times(panel: Panel, steps: int) -> list[object]:
    ahead = pl.Series(range(len(panel.values), len(panel.values) + steps))
    times = panel.timestamps(pl.Series([0] * steps), ahead)
    return format_times(times, panel.schema).to_list()


def as_file(numbers: list[int]) -> str:
    return "t,y\n" + "".join(f"{number},{number % 7}\n" for number in numbers)


def test_weeks_go_on_as_iso_8601_numbers_them(read: Read) -> None:
    weeks = [year * 100 + week for year in (2018, 2019, 2020) for week in range(1, 53)]

    panel, findings = read(as_file(weeks))

    assert panel.frequency.every == "1w"
    assert next_times(panel, 3) == ["202053", "202101", "202102"]
    assert findings.warnings == ("column t is read as weeks by ISO 8601.",)


def test_a_year_of_53_weeks_has_no_gap(read: Read) -> None:
    days = [date(2019, 12, 30) + timedelta(weeks=week) for week in range(80)]
    weeks = [int("{}{:02}".format(*day.isocalendar()[:2])) for day in days]

    panel, _ = read(as_file(weeks))

    assert 202053 in weeks
    assert len(panel.values) == len(weeks)


def test_quarters_are_read(read: Read) -> None:
    quarters = [year * 10 + quarter for year in range(2015, 2021) for quarter in range(1, 5)]

    panel, _ = read(as_file(quarters))

    assert panel.frequency.every == "1q"
    assert next_times(panel, 2) == ["20211", "20212"]


@pytest.mark.parametrize(("factor", "unit"), [(1, "seconds"), (10**3, "milli"), (10**6, "micro")])
def test_unix_times_are_read_and_written_as_such(read: Read, factor: int, unit: str) -> None:
    numbers = [(START + 3600 * hour) * factor for hour in range(60)]

    panel, findings = read(as_file(numbers))

    assert panel.frequency.every == "1h"
    assert next_times(panel, 1) == [str((START + 3600 * 60) * factor)]
    assert unit in findings.warnings[0]


def test_unix_times_are_brought_to_the_clock_of_a_zone(read: Read) -> None:
    numbers = [START + 3600 * hour for hour in range(60)]

    panel, _ = read(as_file(numbers), Hints(time_zone="Asia/Tokyo"))

    assert panel.starts.dt.hour().to_list() == [9]
    assert next_times(panel, 1) == [str(START + 3600 * 60)]


@pytest.mark.parametrize("factor", [1, 1000])
def test_the_user_may_say_that_small_numbers_are_unix_times(read: Read, factor: int) -> None:
    hints = Hints(date_format="%s" if factor == 1 else "%s%3f")

    panel, _ = read(as_file([3600 * hour * factor for hour in range(40)]), hints)

    assert panel.starts.dt.year().to_list() == [1970]


def test_typed_whole_numbers_are_read_alike() -> None:
    frame = pl.DataFrame({"t": [(START + 60 * i) * 1000 for i in range(30)], "y": range(30)})

    assert panel_from_frame(frame, Hints())[0].frequency.every == "1m"


def test_newer_data_of_one_year_are_read_as_those_of_training(read: Read) -> None:
    weeks = [year * 100 + week for year in (2018, 2019) for week in range(1, 53)]
    schema = read(as_file(weeks))[0].schema

    panel, _ = read(as_file([202001, 202002, 202003]), schema.hints())

    assert panel.starts.to_list() == [date(2019, 12, 30)]


@pytest.mark.parametrize(
    "numbers",
    [
        [0, 1, 2],
        [2001, 2002, 2003],
        [201801, 201802, 201853, 201854],
        [202001, 202002, 202003],
        [20151, 20152, 20153, 20155],
        [100_000, 100_001],
        [5_000_000_000, 5_000_003_600],
    ],
)
def test_other_whole_numbers_are_steps(numbers: list[int]) -> None:
    assert decoded(pl.Series(numbers)) is None
