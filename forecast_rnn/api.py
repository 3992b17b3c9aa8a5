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
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.contest import contest, judge, settings_of
from forecast_rnn.data.counts import check_counts
from forecast_rnn.data.future import known_steps
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.data.schema import Hints
from forecast_rnn.errors import ConfigError
from forecast_rnn.metrics import scores
from forecast_rnn.model import Model
from forecast_rnn.neural.fit import Tested, fit
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
from forecast_rnn.verdict import Verdict, weak_series, why_shut


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
        shut: Why the gate stays shut, so that no forecast is written; None if it opens, or if
            there is none.
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
    shut: str | None

    @property
    def publishes(self) -> bool:
        """Whether there is a forecast to write."""
        return self.forecast is not None and self.shut is None


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
    with claimed_folder(None if out is None else Path(out)) as folder:
        panel, findings = panel_of(data, hints)
        task = usual_task(panel, horizon, season, *outputs)
        _check(panel, task, config, workbook=workbook)
        panel, said = look_ahead(panel, future, task.horizon)
        findings = replace(findings, warnings=findings.warnings + said)
        unknown = _about_future(panel, task)
        if strict:
            refuse_warnings(findings.warnings + unknown)
        on_found(findings, task)
        forecaster, tested = fit(panel, task, config, on_progress)
        table = contest(panel, tested.forecaster or forecaster, tested.rows, USUAL_BASELINES, task)
        if fallback:
            forecaster = replace(forecaster, fallback=panel.ids(weak_series(table, task)))
        judged = judge(table, panel, tested, task)
        model = Model(forecaster, panel)
        prediction = None if unknown else model.predict(strict=strict)
        trained = Trained(
            folder=folder,
            model=model,
            forecast=prediction.table if prediction else None,
            backtest=published(table, panel, task),
            scores=scores(table, task),
            verdict=judged,
            findings=findings,
            settings=settings_of(forecaster, tested, config) | {"seconds": _since(began)},
            warnings=_about_backtest(tested) + (prediction.warnings if prediction else unknown),
            fallback=prediction.fallback if prediction else (),
            missing=prediction.missing if prediction else (),
            shut=why_shut(judged) if gate else None,
        )
        others = {"horizon": horizon, "season": season, "quantiles": quantile_levels}
        more = {"future": future, "gate": gate, "fallback": fallback, "workbook": workbook}
        command = training_command(data, hints, config, {**others, **more})
        outcome = _outcome(trained, tested.trials, table, title_of(data), command)
        return _write(trained, outcome, workbook=workbook)


def _outputs(
    config: TrainConfig, quantile_levels: tuple[float, ...] | None, *, fallback: bool
) -> tuple[tuple[float, ...], int]:
    """Return the quantile levels and the number of classes, one of which is nothing."""
    levels, classes = config.outputs(quantile_levels)
    if fallback and classes:
        raise ConfigError("--fallback is for forecasts of values; leave it out for classes.")
    return levels, classes


def _since(began: float) -> float:
    return round(time.monotonic() - began, 1)


def _check(panel: Panel, task: Task, config: TrainConfig, *, workbook: bool) -> None:
    """Raise DataError for what is no count, and OutputError for more than a sheet can hold."""
    if config.head in COUNTS:
        check_counts(panel, config.head)
    if workbook and task.classes:
        raise ConfigError("--workbook is for forecasts of values; leave it out for classes.")
    if workbook:
        check_workbook(panel, max(task.horizon, 1 + len(USUAL_BASELINES)))


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
        forecast=_unmarked(trained),
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


def _unmarked(trained: Trained) -> pl.DataFrame | None:
    """Return the forecast without the column that says by what it is."""
    marked = trained.model.forecaster.fallback is not None
    return trained.forecast[:, :-1] if trained.forecast is not None and marked else trained.forecast


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


def _write(trained: Trained, outcome: Outcome, *, workbook: bool) -> Trained:
    """Write the files of a training, if anywhere, the forecast last; add what there is to say."""
    folder = trained.folder
    if folder is None:
        return trained
    save_model(folder / BUNDLE, trained.model.forecaster, trained.model.panel, trained.settings)
    said = write(trained.scores, folder / "scores.csv")
    said += write(trained.backtest, folder / "backtest.parquet")
    write_text(report(outcome), folder / "report.html")
    if workbook and trained.shut is None:
        write_workbook(outcome, folder / "forecast.xlsx")
    elif not workbook:
        (folder / "forecast.xlsx").unlink(missing_ok=True)  # of an earlier training
    if trained.forecast is None:
        (folder / "forecast.csv").unlink(missing_ok=True)  # of an earlier training
    elif trained.shut is None:
        said += write(trained.forecast, folder / "forecast.csv")
    return replace(trained, warnings=(*trained.warnings, *dict.fromkeys(said)))
