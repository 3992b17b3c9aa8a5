"""`forecast-rnn backtest`: forecasts of known rows from rolling origins, and their scores."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from forecast_rnn.cli import options
from forecast_rnn.cli.console import (
    network_line,
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
from forecast_rnn.data.hints import Hints
from forecast_rnn.fields import EVALUATION, OUTPUT, Option

if TYPE_CHECKING:
    from forecast_rnn.api.backtest import Backtested

FORMATS = ("parquet", "csv")

Windows = Annotated[
    int | None,
    Option("Cutoffs to forecast from.", panel=EVALUATION, metavar="N", usual="by length"),
]
Step = Annotated[
    int | None,
    Option("Rows between cutoffs.", panel=EVALUATION, metavar="N", usual="the horizon"),
]
Refit = Annotated[bool, Option("Train anew for each cutoff.", panel=EVALUATION, opposite=True)]
Baselines = Annotated[
    tuple[str, ...],
    Option(
        "Such as naive,ridge,gradient_boosting,auto_ets.",
        panel=EVALUATION,
        metavar="NAME",
        usual="the quick ones",
    ),
]
RowsFormat = Annotated[
    str, Option(f"Of the forecast rows: {', '.join(FORMATS)}.", panel=OUTPUT, metavar="NAME")
]


def backtest(
    data: options.Data,
    *,
    hints: Hints,
    horizon: options.Horizon = None,
    season: options.Season = None,
    quantiles: options.Quantiles = None,
    config: TrainConfig,
    strict: options.Strict = False,
    windows: Windows = None,
    step: Step = None,
    refit: Refit = False,
    baselines: Baselines = (),
    gate: options.Gate = False,
    out: options.Out = None,
    format: RowsFormat = "parquet",
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forecast known rows of DATA from rolling origins, and score them.

    The network sees nothing after the first cutoff, with --refit nothing after each, of any
    series. Forecast rows with what came true, and scores overall, by step and by series, are
    written to a folder.
    """
    from forecast_rnn.api import backtest as rolling
    from forecast_rnn.baselines import USUAL_BASELINES

    with progress_bar(quiet=quiet) as on_progress:
        backtested = rolling.backtest(
            data,
            hints=hints,
            horizon=horizon,
            season=season,
            quantile_levels=quantiles,
            config=config,
            windows=windows,
            step=step,
            refit=refit,
            baselines=baselines or USUAL_BASELINES,
            out=out or default_folder(data, "backtest"),
            format=format,
            strict=strict,
            on_found=partial(show_found, quiet=quiet),
            on_progress=on_progress,
        )
    tell(backtested, gate=gate, quiet=quiet, json=json)


def tell(backtested: "Backtested", *, gate: bool, quiet: bool, json: bool) -> None:
    """Say how it went; exit with another code if a baseline is better and that is asked for."""
    if not quiet:
        windows = f"{backtested.windows} cutoff{'' if backtested.windows == 1 else 's'}"
        show_facts({"network": network_line(backtested.settings), "backtest": windows})
        show_text()
        show_scores(scores_by_model(backtested.scores))
        show_text(" ".join(backtested.verdict.sentences) + "\n")
        show_facts({"wrote": f"{backtested.folder}: {', '.join(backtested.files)}"})
    if json:
        show_json(document(backtested))
    from forecast_rnn.evaluation.verdict import why_shut

    shut = why_shut(backtested.verdict) if gate else None
    if shut is not None:
        show_warnings([shut])
        raise typer.Exit(GATE_FAILED)


def document(backtested: "Backtested") -> dict[str, object]:
    """Gather the outcome for a program to read."""
    return {
        "format": 1,
        "folder": str(backtested.folder),
        "files": backtested.files,
        "found": backtested.findings.facts,
        "settings": backtested.settings,
        "windows": backtested.windows,
        "scores": scores_by_model(backtested.scores),
        "verdict": asdict(backtested.verdict),
        "warnings": backtested.findings.warnings,
    }
