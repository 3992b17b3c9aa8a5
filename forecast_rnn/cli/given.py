"""From the options that a user gave to the objects that the library takes."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from forecast_rnn.cli.options import variable
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.schema import Duplicates, Hints, Missing
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.heads import head_name


def columns(name: str, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the column names of an option that is repeated or holds commas.

    Without the option the environment is asked here, as Typer would split it at blanks.
    """
    values = list(given or ()) or [os.environ.get(variable(name), "")]
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def hints(
    time: str | None,
    target: Sequence[str] | None,
    item_id: Sequence[str] | None,
    freq: str | None,
    date_format: str | None,
    timezone: str | None,
    duplicates: str,
    missing: str,
    wide: bool,
    encoding: str | None,
) -> Hints:
    """Gather what the user says about a file."""
    return Hints(
        time=time,
        target=columns("target", target),
        item_id=columns("id", item_id),
        frequency=freq,
        date_format=date_format,
        time_zone=timezone,
        duplicates=cast("Duplicates", duplicates),
        missing=cast("Missing", missing),
        wide=wide,
        encoding=encoding,
    )


def with_covariates(
    hints: Hints,
    static: Sequence[str] | None,
    past: Sequence[str] | None,
    known: Sequence[str] | None,
    categorical: Sequence[str] | None,
    holidays: Sequence[str] | None,
    cutoff: str | None,
) -> Hints:
    """Add what the user says about columns beside the target, and where these end."""
    return replace(
        hints,
        static=columns("static", static),
        past=columns("past", past),
        known=columns("known", known),
        categorical=columns("categorical", categorical),
        holidays=columns("holidays", holidays),
        cutoff=cutoff,
    )


def network(
    cell: str,
    head: str,
    classes: int | None,
    hidden_size: int | None,
    layers: int | None,
    dilation: str | None,
    residual: bool,
    attention: bool,
    members: int,
    steps: int | None,
    learning_rate: float | None,
    batch_size: int | None,
    seed: int,
    device: str,
    precision: str,
    threads: int | None,
    calendar: bool | None,
    round: bool,
) -> TrainConfig:
    """Gather what the user says about the network and its training."""
    return TrainConfig(
        cell=cell,
        head=head_name(head),
        classes=classes,
        hidden_size=hidden_size,
        layers=layers,
        dilation=_dilation(dilation),
        residual=residual,
        attention=attention,
        members=members,
        steps=steps,
        learning_rate=learning_rate,
        batch_size=batch_size,
        seed=seed,
        device=device,
        precision=precision,
        threads=threads,
        calendar=calendar,
        round=round,
    )


def levels(text: str) -> tuple[float, ...]:
    """Return quantile levels, in order; raise ConfigError with the value that is no number."""
    try:
        return tuple(sorted(float(part) for part in text.split(",")))
    except ValueError:
        raise ConfigError(
            f"--quantiles '{text}' must be numbers with commas, such as 0.1,0.5,0.9."
        ) from None


def _dilation(text: str | None) -> tuple[int, ...]:
    """Return the dilation of each layer; raise ConfigError with the value that is no number."""
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        raise ConfigError(f"--dilation '{text}' must be whole numbers, such as 1,4.") from None
