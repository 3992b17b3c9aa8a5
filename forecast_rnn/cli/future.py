"""`forecast-rnn future`: a template for the known columns of the steps ahead."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import show_warnings
from forecast_rnn.cli.predict import chosen_format
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError
from forecast_rnn.output import write, write_stream

PathName = Annotated[
    str, typer.Argument(metavar="PATH", help="Data file, or folder that train wrote.")
]


def future(
    path: PathName,
    *,
    hints: Hints,
    horizon: options.Horizon = None,
    season: options.Season = None,
    output: options.Output = None,
    format: options.Format = None,
    debug: options.Debug = False,
) -> None:
    """Write the rows ahead whose known columns a forecast needs, to be filled in.

    One row for each series and step of the horizon, with the id and time columns filled in
    and the known columns empty, or as far as the data go on with them. With the options that
    train gets, it is for the same rows; a model knows them by itself.
    """
    kind = chosen_format(format, output)
    from forecast_rnn.api.inputs import panel_of, template, usual_task

    if Path(path).is_dir():
        from forecast_rnn.api.model import load

        trained = load(path, device="cpu")
        panel, steps = trained.panel, trained.forecaster.task.horizon
        if horizon not in (None, steps):
            raise ConfigError(f"the model forecasts {steps} steps; leave --horizon {horizon} out.")
    else:
        panel, findings = panel_of(path, hints)
        show_warnings(findings.warnings)
        steps = usual_task(panel, horizon, season).horizon
    table = template(panel, steps)
    if output is None:
        show_warnings(write_stream(table, kind, sys.stdout.buffer))
    else:
        show_warnings(write(table, output, kind))
