"""Frequencies: their names, their seasons, and the stamps that follow a start."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rnn.data.time.frequency import (
    Frequency,
    default_horizon,
    parse_frequency,
    season_length,
)
from forecast_rnn.data.time.stamps import advance
from forecast_rnn.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("h", "1h"), ("H", "1h"), ("hourly", "1h"), ("30m", "30m"), ("15min", "15m"),
        ("D", "1d"), ("daily", "1d"), ("W", "1w"), ("W-SUN", "1w"), ("M", "1mo"), ("MS", "1mo"),
        ("mo", "1mo"), ("month", "1mo"), ("q", "1q"), ("QS", "1q"), ("y", "1y"), ("A", "1y"),
        ("b", "1b"), ("2h", "2h"), ("10 minutes", "10m"),
    ],
)  # fmt: skip
def test_a_frequency_is_understood_as_people_write_it(text: str, every: str) -> None:
    assert parse_frequency(text)[0] == every


def test_a_frequency_may_settle_the_grid() -> None:
    assert parse_frequency("ME") == ("1mo", "month_end")
    assert parse_frequency("b") == ("1b", "business_day")
    assert parse_frequency("d") == ("1d", None)
    assert parse_frequency("1i") == ("1i", "integer")


@pytest.mark.parametrize("text", ["", "fortnight", "0h", "-1d", "1.5h", "h2"])
def test_an_unknown_frequency_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(ConfigError, match="h, d, b, w, mo, q, y"):
        parse_frequency(text)


@pytest.mark.parametrize(
    ("every", "rows", "season", "horizon"),
    [
        ("1h", 700, 24, 48),
        ("15m", 2000, 96, 96),
        ("30m", 2000, 48, 48),
        ("1d", 700, 7, 28),
        ("1d", 60, 7, 14),
        ("1b", 500, 5, 20),
        ("1w", 300, 52, 13),
        ("1w", 80, 1, 13),
        ("1mo", 200, 12, 18),
        ("1mo", 70, 12, 12),
        ("1q", 80, 4, 8),
        ("1y", 60, 1, 6),
        ("6mo", 60, 2, 2),
    ],
)
def test_season_and_horizon_follow_from_frequency_and_length(
    every: str, rows: int, season: int, horizon: int
) -> None:
    frequency = Frequency(every, "offset")

    assert season_length(frequency, rows) == season
    assert default_horizon(frequency, rows, season) == horizon


def follow(start: date | datetime | int, frequency: Frequency, steps: int) -> list[object]:
    times = pl.Series("ds", [start] * steps)
    return advance(times, pl.Series(range(steps)), frequency).to_list()


def test_month_ends_stay_month_ends() -> None:
    stamps = follow(date(2023, 11, 30), Frequency("1mo", "month_end"), 4)

    assert stamps == [date(2023, 11, 30), date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29)]


def test_months_keep_their_day_where_there_is_one() -> None:
    stamps = follow(date(2024, 1, 30), Frequency("1mo", "offset"), 3)

    assert stamps == [date(2024, 1, 30), date(2024, 2, 29), date(2024, 3, 30)]


def test_business_days_skip_the_weekend() -> None:
    stamps = follow(date(2024, 3, 28), Frequency("1b", "business_day"), 4)

    assert stamps == [date(2024, 3, 28), date(2024, 3, 29), date(2024, 4, 1), date(2024, 4, 2)]


def test_whole_numbers_advance_by_their_step() -> None:
    assert follow(10, Frequency("1h", "integer", 5), 3) == [10, 15, 20]


@pytest.mark.parametrize("day", [date(2024, 3, 30), date(2024, 10, 26)])
def test_hours_are_absolute_over_a_shift_of_the_clock(day: date) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = pl.Series([datetime(day.year, day.month, day.day, 22)]).dt.replace_time_zone(zone.key)

    stamps = advance(start.new_from_index(0, 12), pl.Series(range(12)), Frequency("1h", "offset"))

    assert stamps.dt.epoch("s").diff().drop_nulls().to_list() == [3600] * 11
    assert stamps.n_unique() == 12


def test_days_keep_the_local_hour_over_a_shift_of_the_clock() -> None:
    start = pl.Series([datetime(2024, 3, 30)] * 3).dt.replace_time_zone("Europe/Berlin")

    stamps = advance(start, pl.Series([0, 1, 2]), Frequency("1d", "offset"))

    assert stamps.dt.hour().to_list() == [0, 0, 0]
    assert stamps.dt.day().to_list() == [30, 31, 1]


def test_a_local_time_that_is_skipped_becomes_an_hour_later() -> None:
    start = pl.Series([datetime(2024, 3, 30, 2, 30)]).dt.replace_time_zone("Europe/Berlin")

    stamps = advance(start, pl.Series([1]), Frequency("1d", "offset"))

    assert stamps.dt.to_string("%H:%M").to_list() == ["03:30"]


@settings(max_examples=60, deadline=None)
@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.integers(0, 400),
    st.sampled_from(["1d", "2w", "1mo", "1q", "1y"]),
)
def test_the_calendar_agrees_with_polars(start: date, steps: int, every: str) -> None:
    frequency = Frequency(every, "offset")
    moved = advance(pl.Series([start]), pl.Series([steps]), frequency)
    by = f"{steps * frequency.count}{frequency.unit}"

    assert moved.to_list() == pl.Series([start]).dt.offset_by(by).to_list()


def test_seconds_of_a_datetime_are_kept() -> None:
    start = datetime(2024, 1, 31, 12, 0, 5)

    assert follow(start, Frequency("1mo", "offset"), 2)[1] == datetime(2024, 2, 29, 12, 0, 5)
    assert follow(start, Frequency("10s", "offset"), 2)[1] == start + timedelta(seconds=10)


def test_a_frequency_is_said_in_words() -> None:
    assert Frequency("30m", "offset").describe() == "every 30 minutes"
    assert Frequency("1q", "month_end").describe() == "quarterly, month ends"
    assert Frequency("1i", "integer", 2).describe() == "whole numbers, every 2"
