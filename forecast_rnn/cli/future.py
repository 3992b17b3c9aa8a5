"""`forecast-rnn future`: the rows ahead that a forecast needs to be told about, as a template."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli import given, options
from forecast_rnn.cli.console import show_warnings
from forecast_rnn.cli.predict import Format, Output, chosen_format
from forecast_rnn.errors import ConfigError
from forecast_rnn.output import write, write_stream

PathName = Annotated[
    str, typer.Argument(metavar="PATH", help="Data file, or folder that train wrote.")
]


def future(
    path: PathName,
    *,
    time: options.Time = None,
    target: options.Target = None,
    item_id: options.Id = None,
    static: options.Static = None,
    past: options.Past = None,
    known: options.Known = None,
    categorical: options.Categorical = None,
    horizon: options.Horizon = None,
    freq: options.Frequency = None,
    season: options.Season = None,
    date_format: options.DateFormat = None,
    timezone: options.TimeZone = None,
    duplicates: options.Duplicates = "error",
    missing: options.Missing = "keep",
    wide: options.Wide = False,
    encoding: options.Encoding = None,
    cutoff: options.Cutoff = None,
    output: Output = None,
    format: Format = None,
    debug: options.Debug = False,
) -> None:
    """Write the rows ahead whose known columns a forecast needs, to be filled in.

    One row for each series and step of the horizon, with the id and time columns filled in
    and the known columns empty, or as far as the data go on with them. With the options that
    train gets, it is for the same rows; a model knows them by itself.
    """
    kind = chosen_format(format, output)
    from forecast_rnn.api import inputs as ahead

    if Path(path).is_dir():
        from forecast_rnn.api.model import load

        trained = load(path, device="cpu")
        panel, steps = trained.panel, trained.forecaster.task.horizon
        if horizon not in (None, steps):
            raise ConfigError(f"the model forecasts {steps} steps; leave --horizon {horizon} out.")
    else:
        hints = given.hints(
            time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
        )
        hints = given.with_covariates(hints, static, past, known, categorical, None, cutoff)
        panel, findings = ahead.panel_of(path, hints)
        show_warnings(findings.warnings)
        steps = ahead.usual_task(panel, horizon, season).horizon
    table = ahead.template(panel, steps)
    if output is None:
        show_warnings(write_stream(table, kind, sys.stdout.buffer))
    else:
        show_warnings(write(table, output, kind))
