"""Weekdays and hours without any row."""

from datetime import datetime, timedelta

import pytest

from tests.data.conftest import Read

START = datetime(2024, 1, 1)


def hourly(keep: str) -> list[str]:
    times = [START + timedelta(hours=hour) for hour in range(24 * 35)]
    kept = {
        "shop": [time for time in times if 8 <= time.hour < 19 and time.weekday() < 5],
        "lunch": [time for time in times if time.hour not in (12, 13)],
        "all": [time for time in times if time.day % 9 or time.hour != 5],
    }[keep]
    return [f"a,{time},{time.hour}" for time in kept]


@pytest.mark.parametrize(
    ("keep", "words"),
    [("shop", "Saturdays, Sundays, 19:00 to 08:00"), ("lunch", "12:00 to 14:00")],
)
def test_steady_closing_times_are_said_with_the_way_out(read: Read, keep: str, words: str) -> None:
    (warning,) = read(hourly(keep))[1].warnings

    assert f"There is never a row on or at {words}: the forecast covers" in warning
    assert "pass --missing zero" in warning


def test_gaps_here_and_there_are_none(read: Read) -> None:
    assert "never a row" not in "".join(read(hourly("all"))[1].warnings)


def test_days_without_saturdays_are_said(read: Read) -> None:
    days = [START + timedelta(days=day) for day in range(70)]

    rows = [f"a,{day:%Y-%m-%d},{day.day}" for day in days if day.weekday() != 5]
    (warning,) = read(rows)[1].warnings

    assert "There is never a row on or at Saturdays: the forecast covers" in warning
