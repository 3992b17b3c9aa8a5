"""`forecast-rnn predict`: forecast after the last row of each series."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import show_warnings
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.cli.plot import check_pictures, show_pictures
from forecast_rnn.config import TrainConfig
from forecast_rnn.errors import ConfigError
from forecast_rnn.output import WRITERS, format_of, write, write_stream

DEFAULT = TrainConfig()
BINARY = ("parquet", "xlsx")

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Folder that train wrote, or the model in it.")
]
Output = Annotated[
    Path | None, options.option("output", "File to write.", metavar="FILE", short="-o")
]
Format = Annotated[
    str | None,
    options.option("format", f"{', '.join(WRITERS)} [default: by suffix, or csv].", metavar="NAME"),
]
Paths = Annotated[
    int | None,
    options.option("paths", "Draw so many paths instead of quantiles.", metavar="N"),
]
Plot = Annotated[bool, options.option("plot", "Draw the first series on standard error.")]
Series = Annotated[
    list[str] | None,
    options.option("series", "Draw this series; may be repeated.", metavar="NAME"),
]


def predict(
    model: Model,
    data: options.OptionalData = None,
    *,
    output: Output = None,
    format: Format = None,
    paths: Paths = None,
    plot: Plot = False,
    series: Series = None,
    seed: options.Seed = DEFAULT.seed,
    future: options.Future = None,
    strict: options.Strict = False,
    device: options.Device = DEFAULT.device,
    threads: options.Threads = DEFAULT.threads,
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

    trained = load(model, device=device, threads=threads)
    if plot:
        check_pictures(trained.forecaster.task)
    if paths is None:
        prediction = trained.predict(data, future=future, strict=strict)
    else:
        prediction = trained.paths(paths, data, seed=seed, future=future, strict=strict)
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
        raise ConfigError(f"there is no format '{name}'; choose from {', '.join(WRITERS)}.")
    if output is None and name in BINARY and sys.stdout.isatty():
        raise ConfigError(f"{name} is not for a terminal; give --output FILE.")
    return name
