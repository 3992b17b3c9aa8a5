"""A training from the series to the files."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO

import polars as pl

from forecast_rnn.api.evaluate import evaluate, judge, settings_of, uncalibrated
from forecast_rnn.api.model import Model
from forecast_rnn.api.trained import StoredTable, Trained, digest_of
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings
from forecast_rnn.evaluation.metrics import scores
from forecast_rnn.evaluation.verdict import Verdict, weak_series, why_shut
from forecast_rnn.neural.bundle.saving import save_model
from forecast_rnn.neural.fitting.fit import fit
from forecast_rnn.neural.fitting.fitted import Fitted, Tested
from forecast_rnn.neural.fitting.selection import Trial
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.output import write, write_text
from forecast_rnn.output.folder import BACKTEST, BUNDLE
from forecast_rnn.output.publish import published_backtest
from forecast_rnn.output.report import Outcome, report
from forecast_rnn.output.report.evidence import Evidence, evidence_of
from forecast_rnn.output.report.outcome import UNSTEADY
from forecast_rnn.output.workbook import write_workbook
from forecast_rnn.output.workbook.sheets import scores_by_item
from forecast_rnn.progress import OnProgress
from forecast_rnn.system.atomic import new_file
from forecast_rnn.system.memory import stage
from forecast_rnn.system.parquet import write_parts
from forecast_rnn.tables import ROWS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be trained on, and what is to come of it.

    Attributes:
        panel: The series, with what is known of the steps ahead.
        task: What is forecast.
        config: The network and its training.
        findings: What was found in the data.
        unknown: Why there can be no forecast; nothing if there can.
        folder: Where to write, or None.
        title: What the report calls the data.
        command: What would do the same again.
        began: When it all began, by `time.monotonic`.
        gate: As in `forecast_rnn.train`, like the next three.
    """

    panel: Panel
    task: Task
    config: TrainConfig
    findings: Findings
    unknown: tuple[str, ...]
    folder: Path | None
    title: str
    command: str
    began: float
    gate: bool
    fallback: bool
    workbook: bool
    strict: bool


def run(job: Job, on_progress: OnProgress) -> Trained:
    """Train, test against baselines, forecast and write.

    Raises:
        TrainingError: training diverged.
        DataError: a series is odd in a way that `strict` refuses.
    """
    with stage():
        fitted = fit(job.panel, job.task, job.config, on_progress)
    with _unnamed_file(job.folder) as file:
        with stage():
            evaluation = _evaluated(job, fitted, file)
        with stage():
            trained, outcome = _trained(job, fitted, evaluation)
        with stage():
            return _write(trained, outcome, file, workbook=job.workbook)


@contextmanager
def _unnamed_file(folder: Path | None) -> Iterator[BinaryIO | None]:
    """Open a file in a folder, if there is one, that is gone with the block however that ends."""
    if folder is None:
        yield None
        return
    with TemporaryFile(dir=folder) as file:
        yield file


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """What a training comes to beside the baselines.

    Attributes:
        forecaster: The network; it knows the series that the fallback is to forecast.
        table: As in `Trained`.
        scores: As in `Trained`.
        verdict: As in `Trained`.
        evidence: As in `Outcome`, like the next.
        scored: For the workbook.
    """

    forecaster: Forecaster
    table: pl.DataFrame | None
    scores: pl.DataFrame
    verdict: Verdict
    evidence: Evidence
    scored: pl.DataFrame | None


def _evaluated(job: Job, fitted: Fitted, file: BinaryIO | None) -> _Evaluation:
    """Compare a network with baselines; the rows go to the file, if there is one.

    They take more memory than anything else here, and all that comes of them is had before
    there are forecasts.
    """
    panel, task, tested = job.panel, job.task, fitted.tested
    forecaster = fitted.forecaster
    before = uncalibrated(panel, tested, task)
    table = evaluate(panel, tested.forecaster or forecaster, tested.rows, USUAL_BASELINES)
    # First, as it takes the most beside the table, and what writing loads of Polars stays.
    scored = scores(table, task)
    if file is not None:
        parts = partial(published_backtest, table, panel, task)
        write_parts(parts, file, groups=ROWS_AT_ONCE)
    if job.fallback:
        forecaster = replace(forecaster, fallback=panel.ids(weak_series(table, task)))
    judged = judge(table, tested, task, before)
    return _Evaluation(
        forecaster=forecaster,
        table=table if file is None else None,
        scores=scored,
        verdict=judged,
        evidence=evidence_of(table, panel, task, judged),
        scored=scores_by_item(table, panel, task) if job.workbook else None,
    )


def _trained(job: Job, fitted: Fitted, evaluation: _Evaluation) -> tuple[Trained, Outcome]:
    """Forecast, and gather what there is to say."""
    tested, unknown = fitted.tested, job.unknown
    model = Model(evaluation.forecaster, job.panel)
    prediction = None if unknown else model.predict(strict=job.strict)
    settings = settings_of(evaluation.forecaster, tested, job.config) | {
        "seconds": _since(job.began)
    }
    trained = Trained(
        folder=job.folder,
        model=model,
        forecast=prediction.table if prediction else None,
        table=evaluation.table,
        scores=evaluation.scores,
        verdict=evaluation.verdict,
        findings=job.findings,
        settings=settings,
        warnings=_about_backtest(tested) + (prediction.warnings if prediction else unknown),
        fallback=prediction.fallback if prediction else (),
        missing=prediction.missing if prediction else (),
        shut=why_shut(evaluation.verdict) if job.gate else None,
    )
    return trained, _outcome(trained, fitted, evaluation, job)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)


def _about_backtest(tested: Tested) -> tuple[str, ...]:
    if tested.forecaster is None:
        return ("The series are too short to hold rows back: the forecast was not tested.",)
    return ()


def _outcome(trained: Trained, fitted: Fitted, evaluation: _Evaluation, job: Job) -> Outcome:
    """Gather what report and workbook tell."""
    task, facts = trained.model.forecaster.task, trained.findings.facts
    return Outcome(
        title=job.title,
        panel=trained.model.panel,
        task=task,
        forecast=trained.forecast,
        evidence=evaluation.evidence,
        scored=evaluation.scored,
        scores=trained.scores,
        verdict=trained.verdict,
        facts={**facts, "season": task.season_length, "horizon": task.horizon},
        warnings=trained.findings.warnings + trained.warnings,
        fallback=trained.fallback,
        missing=trained.missing,
        settings=trained.settings,
        trials=tuple(_trial(trial) for trial in fitted.tested.trials),
        curve=fitted.curve,
        command=job.command,
    )


def _trial(trial: Trial) -> dict[str, str | int | float]:
    """Tell a trial by the names of the settings."""
    recipe = trial.recipe
    return {
        **asdict(recipe.model),
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "steps": trial.steps,
        "score": trial.score,
    }


def _write(
    trained: Trained, outcome: Outcome, backtest: BinaryIO | None, *, workbook: bool
) -> Trained:
    """Write the files of a training, if anywhere, the forecast last; add what there is to say."""
    folder = trained.folder
    if folder is None or backtest is None:
        return trained
    # Without what was measured, so that the same seed gives the same bytes.
    steady = {name: value for name, value in trained.settings.items() if name not in UNSTEADY}
    save_model(folder / BUNDLE, trained.model.forecaster, trained.model.panel, steady)
    warnings = write(trained.scores, folder / "scores.csv")
    trained = replace(trained, stored=_stored(backtest, folder / BACKTEST))
    write_text(report(outcome), folder / "report.html")
    if workbook and trained.shut is None:
        write_workbook(outcome, folder / "forecast.xlsx")
    elif not workbook:
        (folder / "forecast.xlsx").unlink(missing_ok=True)  # of an earlier training
    if trained.forecast is None:
        (folder / "forecast.csv").unlink(missing_ok=True)  # of an earlier training
    elif trained.shut is None:
        warnings += write(trained.forecast, folder / "forecast.csv")
    return replace(trained, warnings=(*trained.warnings, *dict.fromkeys(warnings)))


def _stored(table: BinaryIO, path: Path) -> StoredTable:
    """Write a table of an open file to a path."""
    table.seek(0)
    digest = digest_of(table)
    table.seek(0)
    with new_file(path) as stream:
        copyfileobj(table, stream)
    return StoredTable(path.absolute(), digest)
