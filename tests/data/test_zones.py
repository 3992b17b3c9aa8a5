"""Offsets from UTC and the zone they come from."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from forecast_rnn.data.zones import ZONES, find_zone, offset_of


@pytest.mark.parametrize(
    ("text", "minutes"), [("Z", 0), ("+05:30", 330), ("-0800", -480), ("+01", 60)]
)
def test_an_offset_is_a_duration(text: str, minutes: int) -> None:
    assert offset_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_is_known_by_its_offsets_over_years(zone: str) -> None:
    times = pl.datetime_range(
        datetime(2010, 1, 1), datetime(2024, 12, 31), "7d", time_zone=zone, eager=True
    )

    assert find_zone(times, times.dt.strftime("%:z")) == zone
