"""Training as a function: what the command `train` does.

from forecast_rnn import train, load
trained = train("sales.csv", horizon=28)
trained.forecast                      # a Polars table
load("sales-forecast").predict("sales.csv").table
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from forecast_rnn.ahead import Data, about_ahead, check_sources, look_ahead, panel_of, usual_task
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import QUANTILE_LEVELS, Task, TrainConfig
from forecast_rnn.contest import about_calibration, contest
from forecast_rnn.data.counts import check_counts
from forecast_rnn.data.future import known_steps
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.data.schema import Hints
from forecast_rnn.metrics import scores
from forecast_rnn.model import Model
from forecast_rnn.neural.fit import Tested, fit
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.heads import COUNTS
from forecast_rnn.neural.saving import save_model
from forecast_rnn.neural.selection import Trial
from forecast_rnn.output import write, write_text
from forecast_rnn.output.folder import BUNDLE, claimed_folder
from forecast_rnn.output.publish import published
from forecast_rnn.output.report import Outcome, report
from forecast_rnn.output.workbook import check_workbook, write_workbook
from forecast_rnn.progress import OnProgress, ignore
from forecast_rnn.reproduce import title_of, training_command
from forecast_rnn.verdict import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        folder: Where files were written, or None.
        model: The trained network and its series.
        forecast: The forecast after the last row of each series; None where known columns
            do not reach into the future.
        backtest: Forecasts of known rows by the network and the baselines.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        findings: What was found in the data.
        settings: How the network came about.
        warnings: What a user should know beyond the findings.
        fallback: As in `Prediction`.
        missing: As in `Prediction`.
    """

    folder: Path | None
    model: Model
    forecast: pl.DataFrame | None
    backtest: pl.DataFrame
    scores: pl.DataFrame
    verdict: Verdict
    findings: Findings
    settings: dict[str, str | int | float]
    warnings: tuple[str, ...]
    fallback: tuple[str, ...]
    missing: tuple[str, ...]


def train(
    data: Data,
    *,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] = QUANTILE_LEVELS,
    config: TrainConfig | None = None,
    future: Data | None = None,
    out: Path | str | None = None,
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
        quantile_levels: Probabilities of the quantiles, with 0.5 among them.
        config: The network and its training.
        future: The known columns of the steps ahead; without any, here or in the data, there
            is no forecast.
        out: Folder to write to; None writes nothing.
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
    check_sources(data, future)
    with claimed_folder(None if out is None else Path(out)) as folder:
        panel, findings = panel_of(data, hints)
        task = usual_task(panel, horizon, season, quantile_levels)
        _check(panel, task, config, workbook=workbook)
        panel, said = look_ahead(panel, future, task.horizon)
        findings = replace(findings, warnings=findings.warnings + said)
        unknown = _about_future(panel, task)
        if strict:
            refuse_warnings(findings.warnings + unknown)
        on_found(findings, task)
        forecaster, tested = fit(panel, task, config, on_progress)
        model = Model(forecaster, panel)
        prediction = None if unknown else model.predict(strict=strict)
        table = contest(panel, tested.forecaster or forecaster, tested.rows, USUAL_BASELINES, task)
        seconds = round(time.monotonic() - began, 1)
        trained = Trained(
            folder=folder,
            model=model,
            forecast=prediction.table if prediction else None,
            backtest=published(table, panel, task),
            scores=scores(table, task),
            verdict=_judged(table, panel, tested, task),
            findings=findings,
            settings=settings_of(forecaster, tested, config) | {"seconds": seconds},
            warnings=(
                *_about_backtest(tested),
                *(prediction.warnings if prediction else unknown),
            ),
            fallback=prediction.fallback if prediction else (),
            missing=prediction.missing if prediction else (),
        )
        others = {"horizon": horizon, "season": season, "quantiles": quantile_levels}
        command = training_command(data, hints, config, others | {"future": future})
        outcome = _outcome(trained, tested.trials, table, title_of(data), command)
        return _write(trained, outcome, workbook=workbook)


def settings_of(
    forecaster: Forecaster, tested: Tested, config: TrainConfig
) -> dict[str, str | int | float]:
    """Tell how a network came about."""
    return {
        "horizon": forecaster.task.horizon,
        "season": forecaster.task.season_length,
        **asdict(tested.recipe.model),
        "members": config.members,
        "steps": tested.steps,
        "batch_size": tested.recipe.batch_size,
        "learning_rate": tested.recipe.learning_rate,
        "scale": forecaster.transform.name,
        "parameters": forecaster.parameters,
        "seed": config.seed,
    }


def _check(panel: Panel, task: Task, config: TrainConfig, *, workbook: bool) -> None:
    """Raise DataError for what is no count, and OutputError for more than a sheet can hold."""
    if config.head in COUNTS:
        check_counts(panel, config.head)
    if workbook:
        check_workbook(panel, max(task.horizon, 1 + len(USUAL_BASELINES)))


def _judged(table: pl.DataFrame, panel: Panel, tested: Tested, task: Task) -> Verdict:
    found = verdict(table, task)
    if tested.forecaster is None:
        return found
    more = about_calibration(table, panel, tested.forecaster, tested.rows)
    return replace(found, sentences=found.sentences + more)


def _about_future(panel: Panel, task: Task) -> tuple[str, ...]:
    """Say if there can be no forecast; raise DataError if known columns have holes."""
    if known_steps(panel, task.horizon):
        return ()
    return (f"No forecast was made: {about_ahead(panel, task.horizon)}.",)


def _about_backtest(tested: Tested) -> tuple[str, ...]:
    if tested.forecaster is None:
        return ("The series are too short to hold rows back: the forecast was not tested.",)
    return ()


def _outcome(
    trained: Trained, trials: tuple[Trial, ...], table: pl.DataFrame, title: str, command: str
) -> Outcome:
    """Gather what report and workbook tell."""
    task, facts = trained.model.forecaster.task, trained.findings.facts
    return Outcome(
        title=title,
        panel=trained.model.panel,
        task=task,
        forecast=trained.forecast,
        backtest=table,
        scores=trained.scores,
        verdict=trained.verdict,
        facts={**facts, "season": task.season_length, "horizon": task.horizon},
        warnings=trained.findings.warnings + trained.warnings,
        missing=trained.missing,
        settings=trained.settings,
        trials=tuple(_trial(trial) for trial in trials),
        command=command,
    )


def _trial(trial: Trial) -> dict[str, str | int | float]:
    """Tell a trial by the names of `settings_of`."""
    recipe = trial.recipe
    return {
        **asdict(recipe.model),
        "batch_size": recipe.batch_size,
        "learning_rate": recipe.learning_rate,
        "steps": trial.steps,
        "score": trial.score,
    }


def _write(trained: Trained, outcome: Outcome, *, workbook: bool) -> Trained:
    """Write the files of a training, if anywhere, the forecast last; add what there is to say."""
    folder = trained.folder
    if folder is None:
        return trained
    save_model(folder / BUNDLE, trained.model.forecaster, trained.model.panel, trained.settings)
    said = write(trained.scores, folder / "scores.csv")
    said += write(trained.backtest, folder / "backtest.parquet")
    write_text(report(outcome), folder / "report.html")
    if workbook:
        write_workbook(outcome, folder / "forecast.xlsx")
    else:
        (folder / "forecast.xlsx").unlink(missing_ok=True)  # of an earlier training
    if trained.forecast is None:
        (folder / "forecast.csv").unlink(missing_ok=True)  # of an earlier training
    else:
        said += write(trained.forecast, folder / "forecast.csv")
    return replace(trained, warnings=(*trained.warnings, *dict.fromkeys(said)))
