"""Rolling origins as a function: what the command `backtest` does.

from forecast_rnn import backtest
tested = backtest("sales.csv", horizon=28, windows=5)
tested.scores                         # a Polars table
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from forecast_rnn.api.evaluate import evaluate, judge, settings_of, uncalibrated
from forecast_rnn.api.inputs import Data, check_values, panel_of, usual_task
from forecast_rnn.api.refits import Refits, evaluate_refits
from forecast_rnn.baselines import USUAL_BASELINES, check_baselines
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.errors import ConfigError, DataError
from forecast_rnn.evaluation.metrics import scores, scores_by
from forecast_rnn.evaluation.verdict import SEASONAL_NAIVE, Verdict
from forecast_rnn.neural.fitting.fit import fit_tested
from forecast_rnn.neural.fitting.fitted import Tested
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.output import write
from forecast_rnn.output.folder import claimed_folder
from forecast_rnn.output.publish import published, published_scores
from forecast_rnn.progress import OnProgress, ignore
from forecast_rnn.system.processes import Processes
from forecast_rnn.tables import ITEM

FORMATS = ("parquet", "csv")
SCORES = "scores.csv"
STEPS = "scores-by-step.csv"
SERIES = "scores-by-series.csv"


@dataclass(frozen=True, slots=True)
class Backtested:
    """What a backtest brought.

    Attributes:
        folder: Where files were written, or None.
        files: Their names.
        table: Forecasts of known rows by the network and the baselines, with what came true.
        scores: Columns `model`, `metric`, `value`, over all windows.
        steps: The same with column `step`.
        series: The same for each series, by the id columns of the input.
        verdict: What the backtest says of the network.
        findings: What was found in the data.
        settings: How the network came about.
        windows: Cutoffs, of which a series that is short or ended early has fewer.
    """

    folder: Path | None
    files: tuple[str, ...]
    table: pl.DataFrame
    scores: pl.DataFrame
    steps: pl.DataFrame
    series: pl.DataFrame
    verdict: Verdict
    findings: Findings
    settings: dict[str, str | int | float]
    windows: int


def backtest(
    data: Data,
    *,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] | None = None,
    config: TrainConfig | None = None,
    windows: int | None = None,
    step: int | None = None,
    refit: bool = False,
    baselines: Iterable[str] = USUAL_BASELINES,
    out: Path | str | None = None,
    format: str = "parquet",
    strict: bool = False,
    processes: Processes | None = None,
    on_found: Callable[[Findings, Task], None] = lambda findings, task: None,
    on_progress: OnProgress = ignore,
) -> Backtested:
    """Forecast known rows from several origins, by networks that have not seen them.

    All that is learnt from data — the network, its size, the scale, the calibration — comes
    from rows before the first cutoff, or with `refit` before each.

    Args:
        data: As in `train`.
        hints: As in `train`.
        horizon: As in `train`.
        season: As in `train`.
        quantile_levels: As in `train`.
        config: As in `train`.
        windows: Cutoffs; None for what suits the number and length of the series.
        step: Rows from one cutoff to the next; None for a horizon.
        refit: Whether a network is trained for each cutoff, on all rows before it.
        baselines: Names in `BASELINES` of what the network is held against.
        out: Folder to write to; None writes nothing.
        format: Of the file of forecast rows: `parquet` or `csv`.
        strict: Whether a warning about the data is an error.
        processes: What refits, and baselines that take long, are shared out to; None for as many
            as there are `config.threads`. What comes of them is the same for any number.
        on_found: Told what the data are taken to be, before training.
        on_progress: Told how far training has come.

    Raises:
        DataError: the data cannot be used, or are too short for so many windows.
        ConfigError: an option cannot be used.
        OutputError: the folder cannot be written to; found out before training.
        TrainingError: training diverged.
    """
    began = time.monotonic()
    hints, config = hints or Hints(), config or TrainConfig()
    # The verdict is by the seasonal naive whatever else is asked for.
    names = tuple(dict.fromkeys((SEASONAL_NAIVE, *baselines)))
    check_baselines(names)
    outputs = config.outputs(quantile_levels)
    if format not in FORMATS:
        raise ConfigError(f"there is no format '{format}'; choose from {', '.join(FORMATS)}.")
    with claimed_folder(None if out is None else Path(out), "backtest") as folder:
        panel, findings = panel_of(data, hints)
        check_values(panel, config)
        task = usual_task(panel, horizon, season, *outputs)
        if strict:
            refuse_warnings(findings.warnings)
        on_found(findings, task)
        tested = fit_tested(panel, task, config, on_progress, windows=windows, step=step)
        forecaster = _forecaster(tested, panel, task, windows)
        before = None if refit else uncalibrated(panel, tested, task)
        processes = processes or Processes(config.threads)
        if refit:
            refits = Refits(panel, task, config, tested, names)
            table = evaluate_refits(refits, processes, on_progress)
        else:
            table = evaluate(panel, forecaster, tested.rows, names, processes)
        settings = settings_of(forecaster, tested, config)
        backtested = Backtested(
            folder=folder,
            files=(f"backtest.{format}", SCORES, STEPS, SERIES),
            table=published(table, panel, task),
            scores=scores(table, task),
            steps=scores_by(table, task, by=("step",)),
            series=published_scores(scores_by(table, task, by=(ITEM,)), panel),
            verdict=judge(table, tested, task, before),
            findings=findings,
            settings=settings | {"seconds": round(time.monotonic() - began, 1)},
            windows=len(tested.windows),
        )
        _write(backtested)
        return backtested


def _forecaster(tested: Tested, panel: Panel, task: Task, windows: int | None) -> Forecaster:
    if tested.forecaster is None:
        raise DataError(
            f"the series are too short for {windows or 1} windows of {task.horizon} steps: the "
            f"usual one has {panel.usual_length():,} rows. Lower --windows or --horizon."
        )
    return tested.forecaster


def _write(backtested: Backtested) -> None:
    if backtested.folder is None:
        return
    tables = (backtested.table, backtested.scores, backtested.steps, backtested.series)
    for name, table in zip(backtested.files, tables, strict=True):
        write(table, backtested.folder / name)
