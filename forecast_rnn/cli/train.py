"""`forecast-rnn train`: from a file to a network, its scores and a forecast."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    NETWORK,
    progress_bar,
    show_facts,
    show_found,
    show_json,
    show_table,
    show_text,
    show_warnings,
)
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.config import QUANTILE_LEVELS, TrainConfig
from forecast_rnn.neural.heads import head_name
from forecast_rnn.output.readable import numbers

if TYPE_CHECKING:
    import polars as pl

    from forecast_rnn.api import Trained

DEFAULT = TrainConfig()
SHOWN = {"mase": "MASE", "smape": "sMAPE", "mae": "MAE", "rmse": "RMSE"}
FILES = ("model", "forecast.csv", "backtest.parquet", "scores.csv", "report.html")


def train(
    data: options.Data,
    *,
    time: options.Time = None,
    target: options.Target = None,
    item_id: options.Id = None,
    horizon: options.Horizon = None,
    freq: options.Frequency = None,
    season: options.Season = None,
    out: options.Out = None,
    cell: options.CellName = DEFAULT.cell,
    head: options.HeadName = DEFAULT.head,
    hidden_size: options.HiddenSize = DEFAULT.hidden_size,
    layers: options.Layers = DEFAULT.layers,
    dilation: options.Dilation = None,
    residual: options.Residual = DEFAULT.residual,
    attention: options.Attention = DEFAULT.attention,
    members: options.Members = DEFAULT.members,
    quantiles: options.Quantiles = None,
    steps: options.Steps = DEFAULT.steps,
    learning_rate: options.LearningRate = DEFAULT.learning_rate,
    batch_size: options.BatchSize = DEFAULT.batch_size,
    seed: options.Seed = DEFAULT.seed,
    device: options.Device = DEFAULT.device,
    threads: options.Threads = DEFAULT.threads,
    date_format: options.DateFormat = None,
    timezone: options.TimeZone = None,
    duplicates: options.Duplicates = "error",
    missing: options.Missing = "keep",
    wide: options.Wide = False,
    encoding: options.Encoding = None,
    static: options.Static = None,
    past: options.Past = None,
    known: options.Known = None,
    categorical: options.Categorical = None,
    holidays: options.Holidays = None,
    future: options.Future = None,
    calendar: options.Calendar = DEFAULT.calendar,
    cutoff: options.Cutoff = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Train a network on DATA, score it, and forecast.

    Columns, frequency, season and horizon are found in the data and printed; options
    overrule them. Model, forecast, scores against simple baselines and a report to look at
    are written to a folder.
    """
    hints = options.hints(
        time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
    )
    hints = options.with_covariates(hints, static, past, known, categorical, holidays, cutoff)
    config = TrainConfig(
        cell=cell,
        head=head_name(head),
        hidden_size=hidden_size,
        layers=layers,
        members=members,
        steps=steps,
        batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
        device=device,
        threads=threads,
        calendar=calendar,
        dilation=options.dilation(dilation),
        residual=residual,
        attention=attention,
    )
    quantile_levels = options.levels(quantiles) if quantiles else QUANTILE_LEVELS
    from forecast_rnn import api

    with progress_bar(quiet=quiet) as on_progress:
        trained = api.train(
            data,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=quantile_levels,
            config=config,
            future=future,
            out=out or default_folder(data),
            strict=strict,
            on_found=partial(show_found, quiet=quiet),
            on_progress=on_progress,
        )
    tell(trained, quiet=quiet, json=json)


def default_folder(data: str) -> Path:
    """Return `NAME-forecast` for the data file NAME.csv or NAME.csv.gz."""
    name = "stdin" if data == "-" else Path(data).name
    stem = Path(name.removesuffix(".gz").removesuffix(".zst")).stem
    return Path(f"{stem}-forecast")


def tell(trained: "Trained", *, quiet: bool, json: bool) -> None:
    """Say how it went; exit with another code if a series has no forecast."""
    show_warnings(trained.warnings)
    if not quiet:
        show_outcome(trained)
    if json:
        show_json(document(trained))
    if trained.missing:
        show_warnings([missing_sentence(trained.missing)])
        raise typer.Exit(INCOMPLETE)


def show_outcome(trained: "Trained") -> None:
    """Show the network, the scores, the verdict, the files and the next command."""
    show_facts({"network": NETWORK.format_map(trained.settings)})
    show_text()
    show_scores(scores_by_model(trained.scores))
    show_text(" ".join(trained.verdict.sentences) + "\n")
    folder = str(trained.folder)
    show_facts(
        {
            "wrote": f"{folder}: {', '.join(files(trained))}",
            "next": f"forecast-rnn predict {shlex.quote(folder)}",
        }
    )


def show_scores(scores: Mapping[str, Mapping[str, float | None]]) -> None:
    """Show a row for each model, and nothing when nothing could be compared."""
    if not scores:
        return
    labels = metric_labels(next(iter(scores.values())))
    columns = [numbers([values[metric] for values in scores.values()]) for metric in labels]
    header = ["model", *labels.values()]
    show_table(header, zip(scores, *columns, strict=True), numbers=header[1:])
    show_text()


def metric_labels(metrics: Mapping[str, object]) -> dict[str, str]:
    """Choose the metrics for the terminal and name them; `coverage_80` should come to 0.8."""
    labels = SHOWN | {
        metric: f"coverage ({int(metric.removeprefix('coverage_')) / 100:g})"
        for metric in metrics
        if metric.startswith("coverage_")
    }
    return {metric: label for metric, label in labels.items() if metric in metrics}


def document(trained: "Trained") -> dict[str, object]:
    """Gather the outcome for a program to read."""
    return {
        "format": 1,
        "folder": str(trained.folder),
        "files": files(trained),
        "found": trained.findings.facts,
        "settings": trained.settings,
        "scores": scores_by_model(trained.scores),
        "verdict": asdict(trained.verdict),
        "fallback": trained.fallback,
        "missing": trained.missing,
        "warnings": (*trained.findings.warnings, *trained.warnings),
    }


def files(trained: "Trained") -> list[str]:
    """Return the names of what was written."""
    return [name for name in FILES if name != "forecast.csv" or trained.forecast is not None]


def scores_by_model(scores: "pl.DataFrame") -> dict[str, dict[str, float | None]]:
    """Turn rows of model, metric and value into metrics by model."""
    table: dict[str, dict[str, float | None]] = {}
    for model, metric, value in scores.iter_rows():
        table.setdefault(model, {})[metric] = value
    return table
