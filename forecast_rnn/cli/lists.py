"""Lists in one option: `--target a,b`, `--quantiles 0.1,0.5,0.9`."""

import re
from collections.abc import Sequence

from forecast_rnn.errors import ConfigError
from forecast_rnn.fields import Declared

_COMMA = re.compile(r"(?<!\\),")
_WORDS = {int: "whole numbers", float: "numbers with commas"}


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


def numbers_in(option: Declared, text: str) -> tuple[int | float, ...]:
    """Return the numbers of a list; raise ConfigError with the text that holds something else."""
    number = int if option.items is int else float
    try:
        return tuple(number(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(
            f"--{option.name} '{text}' must be {_WORDS[number]}, such as {option.option.example}."
        ) from None
