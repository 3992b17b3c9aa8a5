"""What can go wrong, each with its exit code.

    ForecastRnnError
    ├── ConfigError       2   an option or a configuration cannot be used
    ├── DataError        65   the data cannot be used as it is
    │   └── InputError   66   the input is not there
    ├── OutputError      73   the output cannot be created
    ├── BusyError        75   the input is changing; later it may work
    ├── BundleError      78   the bundle is damaged or incompatible
    └── TrainingError    79   training diverged

A message says what is wrong, where, the value seen, and one way out. Errors are
caught once, in `forecast_rnn.cli`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


class ForecastRnnError(Exception):
    """The base of all errors that this package raises on purpose."""

    exit_code: ClassVar[int] = 70


class ConfigError(ForecastRnnError):
    """An option or a configuration cannot be used."""

    exit_code = 2


def no_such(kind: str, name: str, choices: Iterable[str]) -> ConfigError:
    """Return the error for a name that is none of the choices, with the nearest of them."""
    names = list(choices)
    return ConfigError(
        f"there is no {kind} '{name}'; choose from {', '.join(names)}{nearest(name, names)}"
    )


def nearest(name: str, choices: Iterable[str]) -> str:
    """Return the end of a sentence: a question for the choice spelt most alike, or a full stop."""
    import difflib

    alike = difflib.get_close_matches(name, list(choices), n=1)
    return f"; did you mean '{alike[0]}'?" if alike else "."


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in the data that cannot be used as it is.

    Attributes:
        place: `line 172` of a text, `row 5` of an input without lines.
        column: Name of the column, None if the whole row is at fault.
        text: What stands there, None if nothing can be shown.
        problem: What is wrong, with the text; of a whole row, what follows its place.
        remedy: One way out.
    """

    place: str
    column: str | None
    text: str | None
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Where it is, and what is wrong."""
        if self.column is None:
            return f"{self.place} {self.problem}"
        return f"{self.place}, column {self.column}: {self.problem}"


class DataError(ForecastRnnError):
    """The data cannot be used as it is.

    Attributes:
        faults: The first places at fault, where places are known.
        counts: How many there are in all, by column; None stands for whole rows.
    """

    exit_code = 65

    def __init__(
        self,
        message: str,
        faults: Sequence[Fault] = (),
        counts: Mapping[str | None, int] | None = None,
    ) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
        self.counts = dict(counts or {})


class InputError(DataError):
    """The input is not there, or is not a file."""

    exit_code = 66


class OutputError(ForecastRnnError):
    """The output cannot be created."""

    exit_code = 73


class BusyError(ForecastRnnError):
    """The input is changing; it may work later."""

    exit_code = 75


class BundleError(ForecastRnnError):
    """The bundle is damaged, altered, or made by a version that this one cannot read."""

    exit_code = 78


class TrainingError(ForecastRnnError):
    """Training diverged and could not be saved."""

    exit_code = 79


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise ConfigError with the value seen if it is outside."""
    if not (math.isfinite(value) and low <= value <= high):
        raise ConfigError(f"{name} is {value}; it must lie between {low} and {high}.")


def check_name(kind: str, name: str, choices: Iterable[str]) -> None:
    """Raise ConfigError with the nearest of the choices if a name is none of them."""
    if name not in choices:
        raise no_such(kind, name, choices)
