"""The command that trains the same again, and what data are called."""

import shlex
from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path

from forecast_rnn.api.inputs import Data
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.schema import Hints

_OPTIONS = {
    "item_id": "id",
    "frequency": "freq",
    "time_zone": "timezone",
}  # where it is not the field's own name


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

    Files are named without their folders, so that the same training is the same text wherever
    it runs; a table is called DATA.

    Args:
        data: What is trained on.
        hints: What was said about it.
        config: What was said about the network.
        others: The values of further options by their names; None was not said.
    """
    words = ["forecast-rnn", "train", _file_name(data)]
    words += options_of(hints, Hints())
    for name, value in others.items():
        if value is not None and value is not False:
            words += _option(name, _file_name(value) if name == "future" else value)
    words += options_of(config, TrainConfig())
    if "--seed" not in words:
        words += _option("seed", config.seed)
    return shlex.join(words)


def options_of(given: Hints | TrainConfig, usual: Hints | TrainConfig) -> list[str]:
    """Return the options of all fields that are not as usual."""
    words = []
    for field in fields(given):
        value = getattr(given, field.name)
        if value != getattr(usual, field.name):
            words += _option(_OPTIONS.get(field.name, field.name.replace("_", "-")), value)
    return words


def _file_name(data: object) -> str:
    if not isinstance(data, str | PathLike):
        return "DATA"
    return str(data) if str(data) == "-" else Path(str(data)).name


def _option(name: str, value: object) -> list[str]:
    """Return an option with its value; one that is on or off has none."""
    match value:
        case bool():
            return [f"--{name}" if value else f"--no-{name}"]
        case tuple():
            text = ",".join(map(str, value))
        case _:
            text = str(value)
    return [f"--{name}={text}"] if text.startswith("-") else [f"--{name}", text]
