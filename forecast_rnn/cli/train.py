"""`forecast-rnn train`: from a file to a network, its scores and a forecast."""

from functools import partial

from forecast_rnn.cli import options
from forecast_rnn.cli.console import progress_bar, show_found
from forecast_rnn.cli.evaluation import default_folder
from forecast_rnn.cli.trained import tell
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints


def train(
    data: options.Data,
    *,
    hints: Hints,
    horizon: options.Horizon = None,
    season: options.Season = None,
    quantiles: options.Quantiles = None,
    config: TrainConfig,
    future: options.Future = None,
    strict: options.Strict = False,
    gate: options.Gate = False,
    fallback: options.Fallback = False,
    out: options.Out = None,
    workbook: options.Workbook = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train a network on DATA, score it, and forecast.

    Columns, frequency, season and horizon are found in the data and printed; options
    overrule them. Model, forecast, scores against simple baselines and a report to look at
    are written to a folder.
    """
    from forecast_rnn.api import train as api

    with progress_bar(quiet=quiet) as on_progress:
        trained = api.train(
            data,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=quantiles,
            config=config,
            future=future,
            out=out or default_folder(data, "forecast"),
            gate=gate,
            fallback=fallback,
            workbook=workbook,
            strict=strict,
            on_found=partial(show_found, quiet=quiet),
            on_progress=on_progress,
        )
    tell(trained, quiet=quiet, json=json)
