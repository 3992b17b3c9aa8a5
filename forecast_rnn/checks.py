"""What options must be, refused with the value seen."""

import math
from collections.abc import Iterable

from forecast_rnn.errors import ConfigError, no_such
from forecast_rnn.kinds import Kind


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError with the value seen if it is outside."""
    if not (math.isfinite(value) and low <= value <= high):
        raise ConfigError(f"{name} is {value}; it must lie between {low} and {high}.")


def check_is_number(kind: Kind, refusal: str) -> None:
    """Raise ConfigError with the refusal, which says the way out, if a forecast is no number."""
    if not kind.is_number:
        raise ConfigError(refusal)


def check_name(kind: str, name: str, choices: Iterable[str]) -> None:
    """Raise ConfigError with the nearest of the choices if a name is none of them."""
    if name not in choices:
        raise no_such(kind, name, choices)
