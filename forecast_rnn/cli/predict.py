"""`forecast-rnn predict`: forecast after the last row of each series."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import show_warnings
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.cli.plot import check_pictures, show_pictures
from forecast_rnn.cli.signature import Part
from forecast_rnn.config import TrainConfig
from forecast_rnn.errors import ConfigError, no_such
from forecast_rnn.fields import OUTPUT, Option
from forecast_rnn.output import WRITERS, format_of, write, write_stream

BINARY = ("parquet", "xlsx")
USUAL = TrainConfig()

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Folder that train wrote, or the model in it.")
]
Running = Annotated[TrainConfig, Part(only=("seed", "device", "threads"))]
Paths = Annotated[
    int | None,
    Option("Draw so many paths instead of quantiles.", panel=OUTPUT, metavar="N"),
]
Plot = Annotated[bool, Option("Draw the first series on standard error.", panel=OUTPUT)]
Series = Annotated[
    list[str] | None,
    Option("Draw this series; may be repeated.", panel=OUTPUT, metavar="NAME"),
]


def predict(
    model: Model,
    data: options.OptionalData = None,
    *,
    future: options.Future = None,
    strict: options.Strict = False,
    config: Running = USUAL,
    output: options.Output = None,
    format: options.Format = None,
    paths: Paths = None,
    plot: Plot = False,
    series: Series = None,
    debug: options.Debug = False,
) -> None:
    """Forecast with a trained model.

    The forecast starts after the last row of each series in DATA; without DATA the series
    are those of training. The forecast goes to standard output as CSV, or to a file. With
    --plot a terminal shows pictures in place of the table.
    """
    kind = chosen_format(format, output)
    check_plot(plot, series, paths)
    from forecast_rnn.api.model import load

    trained = load(model, device=config.device, threads=config.threads)
    if plot:
        check_pictures(trained.forecaster.task)
    if paths is None:
        prediction = trained.predict(data, future=future, strict=strict)
    else:
        prediction = trained.paths(paths, data, seed=config.seed, future=future, strict=strict)
    show_warnings(prediction.warnings)
    if plot:
        show_pictures(prediction, trained.forecaster.task, series or ())
    table, patterns = prediction.table, prediction.patterns
    if output is not None:
        show_warnings(write(table, output, kind, patterns=patterns))
    elif format is not None or not plot or not sys.stdout.isatty():  # pictures do on a terminal
        show_warnings(write_stream(table, kind, sys.stdout.buffer, patterns=patterns))
    if prediction.missing:
        show_warnings([missing_sentence(prediction.missing)])
        raise typer.Exit(INCOMPLETE)


def check_plot(plot: bool, series: list[str] | None, paths: int | None) -> None:
    """Raise ConfigError for options that do not go together."""
    if series and not plot:
        raise ConfigError("--series says what --plot draws; add --plot.")
    if plot and paths is not None:
        raise ConfigError("--plot draws quantiles, and --paths has none; leave out one of them.")


def chosen_format(name: str | None, output: Path | None) -> str:
    """Return the format that was asked for, or the one of the file's name."""
    if name is None:
        return "csv" if output is None else format_of(output)
    if name not in WRITERS:
        raise no_such("format", name, WRITERS)
    if output is None and name in BINARY and sys.stdout.isatty():
        raise ConfigError(f"{name} is not for a terminal; give --output FILE.")
    return name
