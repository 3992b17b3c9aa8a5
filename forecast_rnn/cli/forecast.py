"""`forecast-rnn forecast`: from a file to a forecast, without training."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import show_found, show_warnings
from forecast_rnn.cli.evaluation import GATE_FAILED, default_folder
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.cli.trained import tell
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError
from forecast_rnn.fields import MODEL, OUTPUT, Option
from forecast_rnn.output import write_stream

if TYPE_CHECKING:
    from forecast_rnn.api.trained import Trained

STDOUT = Path("-")

Cell = Annotated[
    str, Option("Cell of the pre-trained network: gru, lstm, mingru.", panel=MODEL, metavar="NAME")
]
Prior = Annotated[
    str,
    Option("Pre-trained network: auto, or a FILE of weights.", panel=MODEL, metavar="NAME"),
]
Round = Annotated[bool, Option("Round forecasts to whole numbers, as counts are.", panel=MODEL)]
Out = Annotated[
    Path | None,
    Option(
        "Folder to write; - for the forecast alone, on standard output.",
        panel=OUTPUT,
        metavar="DIR",
        others=("-o", "--output"),
        usual="NAME-forecast",
    ),
]


def forecast(
    data: options.Data,
    *,
    hints: Hints,
    horizon: options.Horizon = None,
    season: options.Season = None,
    quantiles: options.Quantiles = None,
    cell: Cell = "gru",
    prior: Prior = "auto",
    round: Round = False,
    strict: options.Strict = False,
    gate: options.Gate = False,
    fallback: options.Fallback = False,
    out: Out = None,
    workbook: options.Workbook = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forecast DATA at once, by a network trained before on simulated series.

    Columns, frequency, season and horizon are found as train finds them, and the same files are
    written, so that predict works on the folder. Nothing is trained on DATA: its past tells by
    how much the network and simple baselines count, and how wide intervals have to be.
    """
    alone = out == STDOUT
    if alone and (json or workbook):
        raise ConfigError(
            "--out - writes the forecast alone to standard output; leave out --json and --workbook."
        )
    from forecast_rnn.api import forecast as api

    trained = api.forecast(
        data,
        hints=hints,
        horizon=horizon,
        season=season,
        quantile_levels=quantiles,
        cell=cell,
        prior=prior,
        round=round,
        out=None if alone else out or default_folder(data, "forecast"),
        gate=gate,
        fallback=fallback,
        workbook=workbook,
        strict=strict,
        test=gate or fallback or not alone,
        on_found=partial(show_found, quiet=quiet or alone),
    )
    if alone:
        write_alone(trained)
    else:
        tell(trained, quiet=quiet, json=json)


def write_alone(trained: "Trained") -> None:
    """Write the forecast to standard output; exit with another code if it is not whole."""
    show_warnings(trained.warnings)
    if trained.shut is not None:
        show_warnings([trained.shut])
        raise typer.Exit(GATE_FAILED)
    assert trained.forecast is not None, "no known columns are waited for"
    show_warnings(write_stream(trained.forecast, "csv", sys.stdout.buffer))
    if trained.missing:
        show_warnings([missing_sentence(trained.missing)])
        raise typer.Exit(INCOMPLETE)
