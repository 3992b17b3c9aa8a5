"""`forecast-rnn train`: from a file to a network, its scores and a forecast."""

import shlex
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import typer

from forecast_rnn.cli import given, options
from forecast_rnn.cli.console import (
    TRAINED,
    progress_bar,
    show_facts,
    show_found,
    show_json,
    show_text,
    show_warnings,
)
from forecast_rnn.cli.evaluation import (
    GATE_FAILED,
    default_folder,
    scores_by_model,
    show_scores,
)
from forecast_rnn.cli.outcome import INCOMPLETE, missing_sentence
from forecast_rnn.config import TrainConfig

if TYPE_CHECKING:
    from forecast_rnn.api.train import Trained

DEFAULT = TrainConfig()
FILES = ("model", "forecast.csv", "backtest.parquet", "scores.csv", "report.html")
WORKBOOK = "forecast.xlsx"


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
    classes: options.Classes = DEFAULT.classes,
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
    precision: options.Precision = DEFAULT.precision,
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
    round: options.Round = DEFAULT.round,
    cutoff: options.Cutoff = None,
    gate: options.Gate = False,
    fallback: options.Fallback = False,
    workbook: options.Workbook = False,
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
    hints = given.hints(
        time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
    )
    hints = given.with_covariates(hints, static, past, known, categorical, holidays, cutoff)
    config = given.network(
        *(cell, head, classes, hidden_size, layers, dilation, residual, attention, members),
        *(steps, learning_rate, batch_size, seed, device, precision, threads, calendar, round),
    )
    from forecast_rnn.api import train as api

    with progress_bar(quiet=quiet) as on_progress:
        trained = api.train(
            data,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=given.levels(quantiles) if quantiles else None,
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


def tell(trained: "Trained", *, quiet: bool, json: bool) -> None:
    """Say how it went; exit with another code if a series has no forecast."""
    show_warnings(trained.warnings)
    if not quiet:
        show_outcome(trained)
    if json:
        show_json(document(trained))
    if trained.shut is not None:
        show_warnings([trained.shut])
        raise typer.Exit(GATE_FAILED)
    if trained.missing:
        show_warnings([missing_sentence(trained.missing)])
        raise typer.Exit(INCOMPLETE)


def show_outcome(trained: "Trained") -> None:
    """Show the network, the scores, the verdict, the files and the next command."""
    show_facts({"network": TRAINED.format_map(trained.settings)})
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
        "shut": trained.shut,
        "fallback": trained.fallback,
        "missing": trained.missing,
        "warnings": (*trained.findings.warnings, *trained.warnings),
    }


def files(trained: "Trained") -> list[str]:
    """Return the names of what was written."""
    written = [name for name in FILES if name != "forecast.csv" or trained.publishes]
    # A folder without a workbook may hold none of an earlier training either.
    has_workbook = trained.folder is not None and (trained.folder / WORKBOOK).is_file()
    return [*written, WORKBOOK] if has_workbook else written
