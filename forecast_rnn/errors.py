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

from typing import ClassVar


class ForecastRnnError(Exception):
    """The base of all errors that this package raises on purpose."""

    exit_code: ClassVar[int] = 70


class ConfigError(ForecastRnnError):
    """An option or a configuration cannot be used."""

    exit_code = 2


class DataError(ForecastRnnError):
    """The data cannot be used as it is."""

    exit_code = 65


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
