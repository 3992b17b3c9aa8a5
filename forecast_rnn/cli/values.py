"""Values as users write them: numbers, and lists such as `--target a,b`."""

import re
from collections.abc import Sequence

import typer

from forecast_rnn.errors import ConfigError
from forecast_rnn.fields import Declaration

_COMMA = re.compile(r"(?<!\\),")
_NUMBER = {int: "a whole number", float: "a number"}
_NUMBERS = {int: "whole numbers", float: "numbers with commas"}


def number_in(entry: Declaration, text: str) -> int | float:
    """Return the number; raise BadParameter, the error of wrong usage, with what is none."""
    try:
        return int(text) if entry.kind is int else float(text)
    except ValueError:
        message = f"'{text}' is not {_NUMBER[entry.kind]}."
        raise typer.BadParameter(message, param_hint=f"--{entry.name}") from None


def numbers_in(entry: Declaration, text: str) -> tuple[int | float, ...]:
    """Return the numbers of a list; raise ConfigError with the text that holds something else."""
    number = int if entry.items is int else float
    try:
        return tuple(number(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(
            f"--{entry.name} '{text}' must be {_NUMBERS[number]}, such as {entry.option.example}."
        ) from None


def texts_in(values: Sequence[str]) -> tuple[str, ...]:
    r"""Return the texts of an option that is repeated or holds commas.

    A comma that belongs to a name is written `\,`. Blanks around the texts of a list are left
    out; a text by itself keeps them.
    """
    texts: list[str] = []
    for value in values:
        parts = _COMMA.split(value)
        texts += parts if len(parts) == 1 else [part.strip() for part in parts]
    return tuple(text.replace(r"\,", ",") for text in texts if text.strip())
