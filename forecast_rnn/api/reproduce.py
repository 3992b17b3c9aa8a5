"""The command that trains the same again, and what data are called."""

import shlex
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from forecast_rnn.api.inputs import Data
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.fields import options_in

OPTION_TYPES = (str, PathLike, int, float, tuple)
"""What an option can say; anything else is a table, which a command line has to name a file for."""


def title_of(data: Data) -> str:
    """Return what a report on data is headed by: the name of the file without its suffix."""
    if not isinstance(data, str | PathLike):
        return "Table"
    name = "standard input" if str(data) == "-" else Path(data).name
    return Path(name.removesuffix(".gz").removesuffix(".zst")).stem


def training_command(
    data: Data, hints: Hints, config: TrainConfig, others: Mapping[str, object]
) -> str:
    """Return a command line of the seed and of what differs from the defaults.

    In the same folder it does the same again: files are named as they were given. A table has no
    name, so that DATA or FUTURE.csv stands for it.

    Args:
        data: What is trained on.
        hints: How it was to be read.
        config: The network and its training.
        others: The values of further options by their names; None where there was none.
    """
    words = options_of(config, TrainConfig())
    if config.seed == TrainConfig().seed:  # named even so, as all files depend on it
        words += _option("seed", config.seed)
    return f"{command_of('train', data, hints, others)} {shlex.join(words)}"


def command_of(verb: str, data: Data, hints: Hints, others: Mapping[str, object]) -> str:
    """Return a command line without the options of networks; see `training_command`."""
    words = ["forecast-rnn", verb, _file(data, "DATA"), *options_of(hints, Hints())]
    for name, value in others.items():
        if value is not None and value is not False:
            words += _option(name, value if isinstance(value, OPTION_TYPES) else "FUTURE.csv")
    return shlex.join(words)


def words_of(data: Sequence[Data]) -> list[str]:
    """Return files as arguments; a table has no name, so that DATA stands for it."""
    return [_file(one, "DATA") for one in data]


def options_of(given: Hints | TrainConfig, usual: Hints | TrainConfig) -> list[str]:
    """Return the options of all fields that are not as usual."""
    words = []
    for option in options_in(type(given)):
        value = getattr(given, option.field)
        if value != getattr(usual, option.field):
            words += _option(option.name, value)
    return words


def _file(data: Data, otherwise: str) -> str:
    """Return a file as an argument, which must not look like an option."""
    if not isinstance(data, str | PathLike):
        return otherwise
    name = str(data)
    return f"./{name}" if name.startswith("-") and name != "-" else name


def _option(name: str, value: object) -> list[str]:
    """Return an option with its value; one that is on or off has none."""
    match value:
        case bool():
            return [f"--{name}" if value else f"--no-{name}"]
        case tuple():
            return [word for text in _lists(value) for word in _valued(name, text)]
        case _:
            return _valued(name, str(value))


def _valued(name: str, text: str) -> list[str]:
    return [f"--{name}={text}"] if text.startswith("-") else [f"--{name}", text]


def _lists(values: tuple[object, ...]) -> list[str]:
    r"""Return a list with commas, or each text by itself where a list would not keep it.

    The command line leaves out blanks around the texts of a list and reads `\,` as the comma of
    a name.
    """
    texts = [str(value).replace(",", r"\,") for value in values]
    kept = all(text == text.strip() and not text.endswith("\\") for text in texts)
    return [",".join(texts)] if kept else texts
