"""Writing tables: the formats by name, to a file or to a stream.

A new format is one function `(table, stream) -> warnings` and one line in `WRITERS`. One that
has real times, and so must be told what text is one, takes `patterns` too and stands in `TIMED`.
"""

import pkgutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from forecast_rnn.errors import ConfigError
from forecast_rnn.system.atomic import new_file

if TYPE_CHECKING:
    import polars as pl

WRITERS = {
    "csv": "tables:write_csv",
    "tsv": "tables:write_tsv",
    "parquet": "tables:write_parquet",
    "xlsx": "xlsx:write_xlsx",
    "json": "tables:write_json",
    "ndjson": "tables:write_ndjson",
}

TIMED = ("xlsx",)

Warnings = tuple[str, ...]
Patterns = Mapping[str, str]
"""The `strftime` pattern of each column of text that holds times."""
NO_PATTERNS: Patterns = MappingProxyType({})


def write(
    table: "pl.DataFrame",
    path: Path,
    format: str | None = None,
    *,
    patterns: Patterns = NO_PATTERNS,
) -> Warnings:
    """Write a table to a file, whole or not at all.

    Args:
        table: What to write.
        path: The file; replaced if it exists.
        format: One of `WRITERS`; None takes it from the suffix of the path.
        patterns: How text that is times is written.

    Returns:
        Sentences that the user should see.

    Raises:
        ConfigError: There is no such format.
        OutputError: The folder does not exist, or the path is a folder.
        OSError: The system refuses, as it says.
    """
    writer = _writer(format or format_of(path), patterns)
    with new_file(path) as stream:
        return writer(table, stream)


def write_text(text: str, path: Path) -> None:
    """Write text to a file as UTF-8, whole or not at all; raises as `write` does."""
    with new_file(path) as stream:
        stream.write(text.encode("utf-8"))


def write_stream(
    table: "pl.DataFrame", format: str, stream: BinaryIO, *, patterns: Patterns = NO_PATTERNS
) -> Warnings:
    """Write a table to an open binary stream; see `write`."""
    warnings = _writer(format, patterns)(table, stream)
    stream.flush()
    return warnings


def format_of(path: Path) -> str:
    """Take the format from the suffix of a path; raise ConfigError if there is none."""
    format = path.suffix.lower().removeprefix(".")
    if format not in WRITERS:
        raise ConfigError(
            f"'{path}' does not end in a known format; use {_choices()}, or say --format."
        )
    return format


def _writer(format: str, patterns: Patterns) -> Callable[["pl.DataFrame", BinaryIO], Warnings]:
    if format not in WRITERS:
        raise ConfigError(f"there is no format '{format}'; choose from {_choices()}.")
    writer: Callable[..., Warnings] = pkgutil.resolve_name(f"{__name__}.{WRITERS[format]}")
    return partial(writer, patterns=patterns) if format in TIMED else writer


def _choices() -> str:
    return ", ".join(WRITERS)
