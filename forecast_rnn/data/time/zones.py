"""Offsets from UTC as text columns carry them, and the zone that they may come from."""

import difflib
import zoneinfo
from datetime import datetime, timedelta

import polars as pl

from forecast_rnn.errors import ConfigError

# One for each rule of the clock that is common; zones with the same rule write the same times.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Europe/London",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Denver",
    "Europe/Athens",
    "Australia/Sydney",
    "America/Halifax",
    "America/Anchorage",
    "America/St_Johns",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Asia/Jerusalem",
    "America/Sao_Paulo",
)


def offset_of(text: str) -> timedelta:
    """Return an offset such as `+05:30`, `-0800`, `+01` or `Z`."""
    if text == "Z":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def find_zone(times: pl.Series, offsets: pl.Series) -> str | None:
    """Return a zone whose clock shows these offsets at these times.

    Args:
        times: Instants, zone-aware.
        offsets: The offset that each is written with.
    """
    known = {text: offset_of(text) for text in offsets.unique()}
    written = offsets.replace_strict(known, return_dtype=pl.Duration("us"))
    utc = times.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    for zone in ZONES:
        local = times.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        if (local - utc == written).all():
            return zone
    return None


def check_zone(name: str) -> None:
    """Raise ConfigError if there is no zone of that name."""
    try:
        pl.Series([datetime(2000, 1, 1)]).dt.replace_time_zone(name)
    except pl.exceptions.PolarsError:
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ConfigError(
            f"--timezone '{name}' is not known; write a name such as Europe/Berlin.{hint}"
        ) from None
