"""`forecast-rnn backtest`: forecasts of known rows from rolling origins, and their scores."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

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
from forecast_rnn.config import TrainConfig

if TYPE_CHECKING:
    from forecast_rnn.api.backtest import Backtested

DEFAULT = TrainConfig()
FORMATS = ("parquet", "csv")

Windows = Annotated[
    int | None,
    options.option("windows", "Cutoffs to forecast from [default: by length].", metavar="N"),
]
Step = Annotated[
    int | None,
    options.option("step", "Rows between cutoffs [default: the horizon].", metavar="N"),
]
Refit = Annotated[bool, typer.Option("--refit/--no-refit", help="Train anew for each cutoff.")]
Baselines = Annotated[
    list[str] | None,
    typer.Option(
        "--baselines",
        help="Such as naive,ridge,gradient_boosting,auto_ets [default: the quick ones].",
        metavar="NAME",
        show_default=False,
    ),
]
RowsFormat = Annotated[
    str, options.option("format", f"Of the forecast rows: {', '.join(FORMATS)}.", metavar="NAME")
]


def backtest(
    data: options.Data,
    *,
    windows: Windows = None,
    step: Step = None,
    refit: Refit = False,
    baselines: Baselines = None,
    gate: options.Gate = False,
    time: options.Time = None,
    target: options.Target = None,
    item_id: options.Id = None,
    horizon: options.Horizon = None,
    freq: options.Frequency = None,
    season: options.Season = None,
    out: options.Out = None,
    format: RowsFormat = "parquet",
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
    calendar: options.Calendar = DEFAULT.calendar,
    round: options.Round = DEFAULT.round,
    cutoff: options.Cutoff = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forecast known rows of DATA from rolling origins, and score them.

    The network sees nothing after the first cutoff, with --refit nothing after each, of any
    series. Forecast rows with what came true, and scores overall, by step and by series, are
    written to a folder.
    """
    hints = given.hints(
        time, target, item_id, freq, date_format, timezone, duplicates, missing, wide, encoding
    )
    hints = given.with_covariates(hints, static, past, known, categorical, holidays, cutoff)
    config = given.network(
        *(cell, head, classes, hidden_size, layers, dilation, residual, attention, members),
        *(steps, learning_rate, batch_size, seed, device, precision, threads, calendar, round),
    )
    from forecast_rnn.api import backtest as rolling
    from forecast_rnn.baselines import USUAL_BASELINES

    with progress_bar(quiet=quiet) as on_progress:
        found = rolling.backtest(
            data,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=given.levels(quantiles) if quantiles else None,
            config=config,
            windows=windows,
            step=step,
            refit=refit,
            baselines=given.columns("baselines", baselines) or USUAL_BASELINES,
            out=out or default_folder(data, "backtest"),
            format=format,
            strict=strict,
            on_found=partial(show_found, quiet=quiet),
            on_progress=on_progress,
        )
    tell(found, gate=gate, quiet=quiet, json=json)


def tell(found: "Backtested", *, gate: bool, quiet: bool, json: bool) -> None:
    """Say how it went; exit with another code if a baseline is better and that is asked for."""
    if not quiet:
        windows = f"{found.windows} cutoff{'' if found.windows == 1 else 's'}"
        show_facts({"network": TRAINED.format_map(found.settings), "backtest": windows})
        show_text()
        show_scores(scores_by_model(found.scores))
        show_text(" ".join(found.verdict.sentences) + "\n")
        show_facts({"wrote": f"{found.folder}: {', '.join(found.files)}"})
    if json:
        show_json(document(found))
    from forecast_rnn.evaluation.verdict import why_shut

    shut = why_shut(found.verdict) if gate else None
    if shut is not None:
        show_warnings([shut])
        raise typer.Exit(GATE_FAILED)


def document(found: "Backtested") -> dict[str, object]:
    """Gather the outcome for a program to read."""
    return {
        "format": 1,
        "folder": str(found.folder),
        "files": found.files,
        "found": found.findings.facts,
        "settings": found.settings,
        "windows": found.windows,
        "scores": scores_by_model(found.scores),
        "verdict": asdict(found.verdict),
        "warnings": found.findings.warnings,
    }
