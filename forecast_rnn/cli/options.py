"""The options that commands share; each can also be set by `FORECAST_RNN_<OPTION>`."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from forecast_rnn.config import DEVICES, TrainConfig
from forecast_rnn.data.schema import DUPLICATES, MISSING, Hints
from forecast_rnn.data.schema import Duplicates as DuplicatesRule
from forecast_rnn.data.schema import Missing as MissingRule
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import HEADS, head_name


def _variable(name: str) -> str:
    return "FORECAST_RNN_" + name.upper().replace("-", "_")


def option(name: str, description: str, *, metavar: str | None = None, short: str = "") -> Any:
    """Declare the option `--name`, with its environment variable and no second name for `no`."""
    names = [f"--{name}", *([short] if short else [])]
    return typer.Option(
        *names,
        help=description,
        metavar=metavar,
        envvar=_variable(name),
        show_envvar=False,
    )


def _columns_option(name: str, description: str, *others: str) -> Any:
    return typer.Option(
        f"--{name}", *others, help=description, metavar="COLUMN", show_default=False
    )


Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="CSV, TSV, Parquet or xlsx file, may be .gz or .zst; - for standard input.",
    ),
]
OptionalData = Annotated[
    str | None, typer.Argument(metavar="DATA", help="Newer rows, in the columns of training.")
]
Time = Annotated[
    str | None, option("time", "Time column [default: the one with dates].", metavar="COLUMN")
]
Target = Annotated[
    list[str] | None,
    _columns_option(
        "target",
        "Columns to forecast, by comma [default: y, target, value, or the only one].",
    ),
]
Id = Annotated[
    list[str] | None,
    _columns_option("id", "Columns that name a series, by comma [default: text columns]."),
]
Frequency = Annotated[
    str | None,
    option("freq", "Spacing of rows: 30m h d w mo q y [default: found].", metavar="OFFSET"),
]
DateFormat = Annotated[
    str | None, option("date-format", "How times are written, such as %d/%m/%Y.", metavar="FORMAT")
]
TimeZone = Annotated[
    str | None, option("timezone", "Of times without offset: Europe/Berlin.", metavar="NAME")
]
Duplicates = Annotated[
    str,
    option("duplicates", f"Rows of equal id and time: {', '.join(DUPLICATES)}.", metavar="RULE"),
]
Missing = Annotated[
    str, option("missing", f"Missing values and gaps: {', '.join(MISSING)}.", metavar="RULE")
]
Wide = Annotated[bool, option("wide", "Read one column a series, named by the column.")]
Encoding = Annotated[
    str | None, option("encoding", "Of text, such as cp1252 [default: utf-8].", metavar="NAME")
]
Static = Annotated[
    list[str] | None, _columns_option("static", "Columns fixed for a series, by comma.")
]
Past = Annotated[
    list[str] | None, _columns_option("past", "Columns known up to the forecast, by comma.")
]
Known = Annotated[
    list[str] | None,
    _columns_option(
        "known", "Columns known ahead, such as a price, by comma.", "--future-covariates"
    ),
]
Categorical = Annotated[
    list[str] | None,
    _columns_option("categorical", "Those of them that hold names though written as numbers."),
]
Holidays = Annotated[
    list[str] | None,
    typer.Option(
        "--holidays", help="Countries, such as DE,US or DE-BY.", metavar="CODE", show_default=False
    ),
]
Cutoff = Annotated[str | None, option("cutoff", "Read no target later than this.", metavar="TIME")]
Future = Annotated[
    str | None,
    option(
        "future", "Known columns of the steps ahead [default: rows without target].", metavar="FILE"
    ),
]
Calendar = Annotated[
    bool | None,
    typer.Option(
        "--calendar/--no-calendar",
        help="Use weekday, day of year and the like [default: if it helps].",
        envvar=_variable("calendar"),
        show_envvar=False,
        show_default=False,
    ),
]
Strict = Annotated[bool, option("strict", "Refuse data that give a warning.")]
Workbook = Annotated[bool, option("workbook", "Write forecast.xlsx too, with charts.")]
Horizon = Annotated[
    int | None, option("horizon", "Steps to forecast [default: by frequency].", metavar="N")
]
Season = Annotated[
    int | None, option("season", "Steps in a season [default: by frequency].", metavar="N")
]
Out = Annotated[
    Path | None,
    option("out", "Folder to write [default: NAME-forecast].", metavar="DIR", short="-o"),
]
Quantiles = Annotated[
    str | None,
    option(
        "quantiles", "Levels, by comma, with 0.5 among them [default: 0.1 … 0.9].", metavar="LEVELS"
    ),
]
CellName = Annotated[str, option("cell", f"Recurrent cell: {', '.join(CELLS)}.", metavar="NAME")]
HeadName = Annotated[
    str,
    typer.Option(
        "--head",
        "--distribution",
        help=f"What is forecast: {', '.join(HEADS)}.",
        metavar="NAME",
        envvar=_variable("head"),
        show_envvar=False,
    ),
]
Round = Annotated[bool, option("round", "Round forecasts to whole numbers, as counts are.")]
Classes = Annotated[int | None, option("classes", "Of --head direction [default: 2].", metavar="K")]
HiddenSize = Annotated[
    int | None, option("hidden-size", "Width of the state [default: chosen].", metavar="N")
]
Layers = Annotated[int | None, option("layers", "Recurrent layers [default: chosen].", metavar="N")]
Dilation = Annotated[
    str | None,
    option("dilation", "Steps between states, one a layer, such as 1,4.", metavar="STEPS"),
]
Residual = Annotated[bool, option("residual", "Layers read normalised input and add to it.")]
Attention = Annotated[bool, option("attention", "Each state attends to those before it.")]
Members = Annotated[int, option("members", "Networks in the ensemble.", metavar="N")]
Steps = Annotated[int | None, option("steps", "Optimisation steps [default: chosen].", metavar="N")]
LearningRate = Annotated[
    float | None,
    option("learning-rate", "Highest learning rate [default: by width].", metavar="RATE"),
]
BatchSize = Annotated[
    int | None, option("batch-size", "Series in a batch [default: chosen].", metavar="N")
]
Gate = Annotated[bool, option("gate", "Exit with 80 if a baseline is better.")]
Fallback = Annotated[bool, option("fallback", "Seasonal naive for series it did better on.")]
Seed = Annotated[int, option("seed", "The same seed gives the same files.", metavar="N")]
Device = Annotated[str, option("device", f"{', '.join(DEVICES)}.", metavar="NAME")]
Threads = Annotated[int | None, option("threads", "Processor threads [default: all].", metavar="N")]
Quiet = Annotated[bool, option("quiet", "Say nothing but warnings and errors.", short="-q")]
Json = Annotated[bool, option("json", "Write one JSON document to standard output.")]
Debug = Annotated[bool, option("debug", "Show the traceback of an error.")]


def columns(name: str, given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the column names of an option that is repeated or holds commas.

    Without the option the environment is asked here, as Typer would split it at blanks.
    """
    values = list(given or ()) or [os.environ.get(_variable(name), "")]
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
        duplicates=cast("DuplicatesRule", duplicates),
        missing=cast("MissingRule", missing),
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
