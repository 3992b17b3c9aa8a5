"""A training, or a forecast without one, from the series to the files."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import polars as pl

from forecast_rnn.api.evaluate import evaluate, judge, uncalibrated
from forecast_rnn.api.made import Made
from forecast_rnn.api.model import Model
from forecast_rnn.api.trained import StoredTable, Trained, digest_of
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings
from forecast_rnn.evaluation.metrics import scores
from forecast_rnn.evaluation.verdict import Verdict, weak_series, why_shut
from forecast_rnn.forecasting.protocol import AnyForecaster, AnyTested
from forecast_rnn.neural.bundle.models import save
from forecast_rnn.output import write, write_text
from forecast_rnn.output.folder import BACKTEST, BUNDLE
from forecast_rnn.output.publish import published_backtest
from forecast_rnn.output.report import Outcome, report
from forecast_rnn.output.report.evidence import Evidence, evidence_of
from forecast_rnn.output.report.outcome import UNSTEADY
from forecast_rnn.output.workbook.sheets import scores_by_item
from forecast_rnn.progress import OnProgress
from forecast_rnn.system.atomic import new_file
from forecast_rnn.system.memory import stage
from forecast_rnn.system.parquet import write_parts
from forecast_rnn.tables import ROWS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be forecast, how that is made, and what is to come of it.

    Attributes:
        panel: The series, with what is known of the steps ahead.
        task: What is forecast.
        make: Makes the forecaster, and tells how far it has come.
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
    make: Callable[[OnProgress], Made]
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
    """Make a forecaster, test it against baselines, forecast and write.

    Raises:
        TrainingError: training diverged.
        DataError: a series is odd in a way that `strict` refuses.
    """
    with stage():
        made = job.make(on_progress)
    with _unnamed_file(job.folder) as file:
        with stage():
            evaluation = _evaluated(job, made, file)
        with stage():
            trained, outcome = _trained(job, made, evaluation)
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
    """What a forecaster comes to beside the baselines.

    Attributes:
        forecaster: The network; it knows the series that the fallback is to forecast.
        table: As in `Trained`.
        scores: As in `Trained`.
        verdict: As in `Trained`.
        evidence: As in `Outcome`, like the next.
        scored: For the workbook.
    """

    forecaster: AnyForecaster
    table: pl.DataFrame | None
    scores: pl.DataFrame
    verdict: Verdict
    evidence: Evidence
    scored: pl.DataFrame | None


def _evaluated(job: Job, made: Made, file: BinaryIO | None) -> _Evaluation:
    """Hold a forecaster against baselines; the rows go to the file, if there is one.

    They take more memory than anything else here, and all that comes of them is had before
    there are forecasts.
    """
    panel, task, tested = job.panel, job.task, made.tested
    forecaster, together = made.forecaster, made.together
    before = uncalibrated(panel, tested, task, together=together)
    shown = tested.forecaster or forecaster
    table = evaluate(panel, shown, tested.rows, USUAL_BASELINES, together=together)
    # First, as it takes the most beside the table, and what writing loads of Polars stays.
    scored = scores(table, task)
    if file is not None:
        parts = partial(published_backtest, table, panel, task)
        write_parts(parts, file, groups=ROWS_AT_ONCE)
    if job.fallback:
        weak = panel.ids(weak_series(table, task))
        forecaster = cast("AnyForecaster", replace(cast("Any", forecaster), fallback=weak))
    judged = judge(table, tested, task, before, subject=made.subject)
    return _Evaluation(
        forecaster=forecaster,
        table=table if file is None else None,
        scores=scored,
        verdict=judged,
        evidence=evidence_of(table, panel, task, judged),
        scored=scores_by_item(table, panel, task) if job.workbook else None,
    )


def _trained(job: Job, made: Made, evaluation: _Evaluation) -> tuple[Trained, Outcome]:
    """Forecast, and gather what there is to say."""
    model = Model(evaluation.forecaster, job.panel)
    prediction = None if job.unknown else model.predict(strict=job.strict)
    trained = Trained(
        folder=job.folder,
        model=model,
        forecast=prediction.table if prediction else None,
        table=evaluation.table,
        scores=evaluation.scores,
        verdict=evaluation.verdict,
        findings=job.findings,
        settings=made.settings | {"seconds": _since(job.began)},
        warnings=_about_backtest(made.tested)
        + (prediction.warnings if prediction else job.unknown),
        fallback=prediction.fallback if prediction else (),
        missing=prediction.missing if prediction else (),
        shut=why_shut(evaluation.verdict) if job.gate else None,
        worth=made.worth,
    )
    return trained, _outcome(trained, made, evaluation, job)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)


def _about_backtest(tested: AnyTested) -> tuple[str, ...]:
    if tested.forecaster is None:
        return ("The series are too short to hold rows back: the forecast was not tested.",)
    return ()


def _outcome(trained: Trained, made: Made, evaluation: _Evaluation, job: Job) -> Outcome:
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
        trials=made.trials,
        curve=made.curve,
        worth=made.worth,
        command=job.command,
    )


def _write(
    trained: Trained, outcome: Outcome, backtest: BinaryIO | None, *, workbook: bool
) -> Trained:
    """Write the files, if anywhere, the forecast last; add what there is to say."""
    folder = trained.folder
    if folder is None or backtest is None:
        return trained
    # Without what was measured, so that the same seed gives the same bytes.
    steady = {name: value for name, value in trained.settings.items() if name not in UNSTEADY}
    save(folder / BUNDLE, trained.model.forecaster, trained.model.panel, steady)
    warnings = write(trained.scores, folder / "scores.csv")
    trained = replace(trained, stored=_stored(backtest, folder / BACKTEST))
    write_text(report(outcome), folder / "report.html")
    if workbook and trained.shut is None:
        from forecast_rnn.output.workbook import write_workbook

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
