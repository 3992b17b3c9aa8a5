"""The frequency of series from the spacing of their rows."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.read import format_times
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read, lines


def rows_at(times: Sequence[object], item: str = "a") -> list[str]:
    return [f"{item},{time},{place}" for place, time in enumerate(times)]


def every(step: str, start: datetime = datetime(2024, 1, 1), rows: int = 30) -> list[str]:
    starts = pl.DataFrame({"start": [start] * rows, "place": range(rows)})
    count, unit = int(step.rstrip("smohdwyq")), step.lstrip("0123456789")
    by = (pl.col("place") * count).cast(pl.String) + unit
    times = starts.select(pl.col("start").dt.offset_by(by)).to_series()
    return times.dt.strftime("%Y-%m-%d %H:%M:%S%.3f").to_list()


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("5ms", "5ms"), ("10s", "10s"), ("10m", "10m"), ("30m", "30m"), ("1h", "1h"), ("6h", "6h"),
        ("1d", "1d"),
        ("2d", "2d"), ("1w", "1w"), ("2w", "2w"), ("1mo", "1mo"), ("2mo", "2mo"), ("3mo", "1q"),
        ("6mo", "6mo"), ("1y", "1y"), ("5y", "5y"),
    ],
)  # fmt: skip
def test_regular_times_give_their_frequency_with_and_without_gaps(
    read: Read, step: str, found: str
) -> None:
    times = every(step)

    whole, _ = read(rows_at(times))
    gappy, findings = read(rows_at([*times[:10], *times[12:]]))

    assert whole.frequency.every == gappy.frequency.every == found
    assert len(gappy.values) == 30
    assert "2 rows of 30 missing" in findings.warnings[0]


@pytest.mark.parametrize(
    ("step", "found"), [("1mo", "1mo"), ("1q", "1q"), ("6mo", "6mo"), ("1y", "1y")]
)
def test_month_ends_are_found(read: Read, step: str, found: str) -> None:
    starts = pl.date_range(date(2019, 6, 1), date(2400, 1, 1), step, eager=True).head(24)

    panel, findings = read(rows_at(starts.dt.month_end().to_list()))

    assert (panel.frequency.every, panel.frequency.grid) == (found, "month_end")
    assert findings.warnings == ()


def test_business_days_are_found_and_holidays_are_gaps(read: Read) -> None:
    days = pl.date_range(date(2024, 1, 1), date(2024, 3, 1), eager=True)
    weekdays = days.filter(days.dt.weekday() < 6).to_list()

    panel, findings = read(rows_at(weekdays))
    gappy, said = read(rows_at([day for day in weekdays if day != date(2024, 1, 15)]))

    assert (panel.frequency.every, findings.warnings) == ("1b", ())
    assert gappy.frequency.every == "1b"
    assert len(said.warnings) == 1


def test_whole_numbers_keep_their_step(read: Read) -> None:
    panel, _ = read(rows_at(range(10, 210, 10)))
    years, _ = read(rows_at(range(1950, 2000)))
    hours, _ = read(rows_at(range(1, 50)), Hints(frequency="h"))

    assert (panel.frequency.every, panel.frequency.step) == ("1i", 10)
    assert (years.frequency.every, years.frequency.grid) == ("1y", "integer")
    assert (hours.frequency.every, hours.frequency.grid) == ("1h", "integer")


def test_the_users_frequency_counts(read: Read) -> None:
    panel, findings = read(rows_at(every("1w")), Hints(frequency="d"))

    assert panel.frequency.every == "1d"
    assert "missing" in findings.warnings[0]
    with pytest.raises(ConfigError, match="does not suit dates"):
        read(lines(10), Hints(frequency="h"))
    with pytest.raises(DataError, match="off the grid"):
        read(lines(10), Hints(frequency="mo"))


def test_jittered_times_are_refused_with_an_example(read: Read) -> None:
    times = [f"2024-01-01T{hour:02}:00:{hour * 37 % 60:02}" for hour in range(24)]

    with pytest.raises(DataError, match=r"series 'a' are not regular.*2024-01-01 01:00:37"):
        read(rows_at(times))


def test_mixed_frequencies_are_refused_with_series_and_stamps(read: Read) -> None:
    days = lines(60, items=("a", "b"))
    weeks = [f"c,{time[:10]},1" for time in every("1w")]

    with pytest.raises(
        DataError, match=r"series 'c' has a row every 7 steps .2024-01-01, 2024-01-08"
    ):
        read([*days, *weeks])


def test_one_row_tells_no_frequency_and_nothing_to_learn_from(read: Read) -> None:
    # A frequency alone would be of no help: training would be refused next.
    with pytest.raises(DataError, match="neither a frequency nor what follows; give more rows"):
        read(["a,2024-01-01,1", "b,2024-01-01,2"])
    assert read(["a,2024-01-01,1"], Hints(frequency="mo"))[0].frequency.every == "1mo"


@pytest.mark.parametrize("month", [3, 10])
def test_days_of_a_zone_are_regular_over_a_shift_and_go_on_in_it(read: Read, month: int) -> None:
    days = pl.datetime_range(
        datetime(2024, month, 1), datetime(2024, month + 1, 9), "1d", time_zone="Europe/Berlin",
        eager=True,
    )  # fmt: skip
    written = days.dt.strftime("%Y-%m-%dT%H:%M:%S%:z").to_list()

    panel, findings = read(rows_at(written[:-2]))
    size = len(panel.values)
    future = panel.timestamps(pl.Series([0, 0]), pl.Series([size, size + 1]))

    assert (panel.frequency.every, findings.warnings) == ("1d", ())
    assert format_times(future, panel.schema).to_list() == written[-2:]


def test_hours_of_a_zone_are_regular_over_a_shift(read: Read) -> None:
    stamps = pl.datetime_range(
        datetime(2024, 3, 30, 12), datetime(2024, 4, 1), "1h", time_zone="UTC", eager=True
    )
    local = stamps.dt.convert_time_zone("Europe/Berlin").dt.strftime("%Y-%m-%dT%H:%M:%S%:z")

    panel, findings = read(rows_at(local.to_list()))

    assert panel.frequency.every == "1h"
    assert findings.warnings == ()


def last_weekdays(months: int) -> list[date]:
    days = [date(2019 + k // 12 + (k % 12 == 11), (k + 1) % 12 + 1, 1) for k in range(months)]
    ends = [day - timedelta(days=1) for day in days]
    return [end - timedelta(days=max(end.weekday() - 4, 0)) for end in ends]


def test_last_weekdays_of_months_go_on_as_such(read: Read) -> None:
    days = last_weekdays(40)

    panel, _ = read([f"a,{day},{k}" for k, day in enumerate(days[:30])])
    ahead = panel.timestamps(pl.Series([0] * 10), pl.Series(range(30, 40)))

    assert panel.frequency.describe() == "monthly, last weekdays of months"
    assert ahead.to_list() == days[30:]


def test_one_row_a_month_on_any_day_is_month_by_month_by_the_word_of_the_user(read: Read) -> None:
    rows = [f"a,2024-{month:02}-{3 + month * 7 % 20:02},{month}" for month in range(1, 13)]

    with pytest.raises(DataError, match="not regular"):
        read(rows)
    panel, findings = read(rows, Hints(frequency="mo"))

    assert panel.starts.to_list() == [date(2024, 1, 1)]
    assert panel.values.tolist() == list(range(1, 13))
    assert "the times lie on different days" in findings.warnings[0]
