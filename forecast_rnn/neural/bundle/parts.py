"""The parts of a description as frozen dataclasses, after every field was checked."""

import types
from dataclasses import fields
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import polars as pl

from forecast_rnn.data.panels.panel import Panel, panel_from_table
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import BundleError, ConfigError

Kind = TypeVar("Kind")


def check_keys(description: dict[str, Any], known: set[str], where: str) -> None:
    """Raise BundleError if a description has other keys than these."""
    odd = sorted(set(description) ^ known)
    if odd:
        raise BundleError(f"{where}: the manifest has unknown or missing keys: {', '.join(odd)}.")


def build(kind: type[Kind], values: object, where: str) -> Kind:
    """Make a frozen dataclass of JSON values: exactly its fields, each of its type.

    Raises:
        BundleError: a field is missing, unknown, of another type, or out of range.
    """
    if not isinstance(values, dict) or set(values) != {field.name for field in fields(kind)}:  # type: ignore[arg-type]
        raise BundleError(f"{where} does not have the fields of this version.")
    for field in fields(kind):  # type: ignore[arg-type]
        check(values[field.name], field.type, f"{where}: {field.name}")
    built = {name: frozen(value) for name, value in values.items()}
    try:
        return kind(**built)
    except ConfigError as error:
        raise BundleError(f"{where}: {error}") from error


def check(value: object, kind: Any, where: str) -> None:
    """Raise BundleError if a JSON value is not of a type."""
    if not fits(value, kind):
        raise BundleError(f"{where} is {repr(value)[:60]}, which is not possible.")


def frozen(value: Any) -> Any:
    """Return lists, and lists in them, as tuples."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def fits(value: object, kind: Any) -> bool:
    """Tell whether a JSON value is of a field's type."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) is tuple:
        return isinstance(value, list | tuple) and all(fits(v, get_args(kind)[0]) for v in value)
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        return any(fits(value, option) for option in get_args(kind))
    if kind is float:
        return type(value) in (int, float)
    return type(value) is (type(None) if kind is None else kind)


def panel_of(series: pl.DataFrame, schema: Schema, frequency: Frequency, where: str) -> Panel:
    """Return the series of a bundle.

    Raises:
        BundleError: they do not have the columns of the schema.
    """
    try:
        return panel_from_table(series, schema, frequency)
    except pl.exceptions.PolarsError:
        raise BundleError(
            f"{where}: series.parquet does not have the columns of the schema."
        ) from None
