"""Training as a function: what the command `train` does.

from forecast_rnn import train, load
trained = train("sales.csv", horizon=28)
trained.forecast                      # a Polars table
load("sales-forecast").predict("sales.csv").table
"""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from forecast_rnn.api.inputs import (
    Data,
    about_ahead,
    check_sources,
    check_values,
    look_ahead,
    panel_of,
    usual_task,
)
from forecast_rnn.api.reproduce import title_of, training_command
from forecast_rnn.api.trained import Trained
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import Task, TrainConfig, check_is_number
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.future import known_steps
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.kinds import kind_of
from forecast_rnn.output.folder import claimed_folder
from forecast_rnn.output.workbook import check_workbook
from forecast_rnn.progress import OnProgress, ignore
from forecast_rnn.system.memory import stage

__all__ = ["Trained", "train"]


def train(
    data: Data,
    *,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] | None = None,
    config: TrainConfig | None = None,
    future: Data | None = None,
    out: Path | str | None = None,
    gate: bool = False,
    fallback: bool = False,
    workbook: bool = False,
    strict: bool = False,
    on_found: Callable[[Findings, Task], None] = lambda findings, task: None,
    on_progress: OnProgress = ignore,
) -> Trained:
    """Train on a file or a table, test against baselines, and forecast.

    Args:
        data: A CSV, TSV, Parquet or xlsx file, `-` for standard input, or a table.
        hints: Columns and frequency where they should not be found by themselves.
        horizon: Steps to forecast; None for what suits the frequency.
        season: Steps in a season; None for what suits the frequency.
        quantile_levels: Probabilities of the quantiles, with 0.5 among them; None for 0.1 … 0.9,
            or for none where `config` asks for classes.
        config: The network and its training.
        future: The known columns of the steps ahead; without any, here or in the data, there
            is no forecast.
        out: Folder to write to; None writes nothing.
        gate: Whether the forecast is withheld, and one that is there stays, where a baseline does
            better in the backtest.
        fallback: Whether series that the seasonal naive forecast better in the backtest are
            forecast by it; column `model` of a forecast then says by what each is.
        workbook: Whether to write forecast.xlsx as well.
        strict: Whether a warning about the data is an error.
        on_found: Told what the data are taken to be, before training.
        on_progress: Told how far training has come.

    Raises:
        DataError: the data cannot be used.
        ConfigError: an option cannot be used.
        OutputError: the folder cannot be written to; found out before training.
        TrainingError: training diverged.
    """
    began = time.monotonic()
    hints, config = hints or Hints(), config or TrainConfig()
    outputs = _outputs(config, quantile_levels, fallback=fallback)
    check_sources(data, future)
    with claimed_folder(None if out is None else Path(out), "train") as folder:
        with stage():
            panel, findings = panel_of(data, hints)
        task = usual_task(panel, horizon, season, *outputs)
        _check(panel, task, config, workbook=workbook)
        panel, about_future = look_ahead(panel, future, task.horizon)
        findings = replace(findings, warnings=findings.warnings + about_future)
        unknown = _about_future(panel, task)
        if strict:
            refuse_warnings(findings.warnings + unknown)
        on_found(findings, task)
        others = {"horizon": horizon, "season": season, "quantiles": quantile_levels}
        more = {"future": future, "out": out, "gate": gate, "fallback": fallback}
        more |= {"workbook": workbook, "strict": strict}
        command = training_command(data, hints, config, {**others, **more})
        # Torch comes only now: data that cannot be used are refused without waiting for it, and
        # what reading took is free again.
        from forecast_rnn.api.job import Job, run
        from forecast_rnn.api.training import make_networks

        job = Job(
            panel=panel,
            task=task,
            make=partial(make_networks, panel, task, config),
            findings=findings,
            unknown=unknown,
            folder=folder,
            title=title_of(data),
            command=command,
            began=began,
            gate=gate,
            fallback=fallback,
            workbook=workbook,
            strict=strict,
        )
        return run(job, on_progress)


def _outputs(
    config: TrainConfig, quantile_levels: tuple[float, ...] | None, *, fallback: bool
) -> tuple[tuple[float, ...], int]:
    """Return the quantile levels and the number of classes, one of which is nothing."""
    levels, classes = config.outputs(quantile_levels)
    if fallback:
        check_is_number(
            kind_of(classes), "--fallback is for forecasts of values; leave it out for classes."
        )
    return levels, classes


def _check(panel: Panel, task: Task, config: TrainConfig, *, workbook: bool) -> None:
    """Raise DataError for what is no count, and OutputError for more than a sheet can hold."""
    check_values(panel, config)
    if workbook:
        check_is_number(
            task.kind, "--workbook is for forecasts of values; leave it out for classes."
        )
        check_workbook(panel, max(task.horizon, 1 + len(USUAL_BASELINES)))


def _about_future(panel: Panel, task: Task) -> tuple[str, ...]:
    """Say if there can be no forecast; raise DataError if known columns have holes."""
    if known_steps(panel, task.horizon):
        return ()
    return (f"No forecast was made: {about_ahead(panel, task.horizon)}.",)
