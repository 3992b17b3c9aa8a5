"""Offsets from UTC and the zone they come from."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from forecast_rnn.data.time.zones import ZONES, check_zone, find_zone, offset_of
from forecast_rnn.errors import ConfigError


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


def test_an_unknown_zone_is_refused_with_the_one_that_may_be_meant() -> None:
    check_zone("Europe/Berlin")
    with pytest.raises(ConfigError, match=r"'Europe/Berlim' is not known.*mean Europe/Berlin\?"):
        check_zone("Europe/Berlim")
