"""The Python interface: what the commands do, as functions.

from forecast_rnn import train, load
trained = train("sales.csv", horizon=28)
trained.forecast                      # a Polars table
load("sales-forecast").predict("sales.csv").table
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from forecast_rnn.backtest import ForecastFn, backtest
from forecast_rnn.baselines import BASELINES, baseline_table
from forecast_rnn.config import QUANTILE_LEVELS, Task, TrainConfig
from forecast_rnn.data import origins
from forecast_rnn.data.calendar import default_horizon, season_length
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.read import Findings, panel_from_frame, read_panel, refuse_warnings
from forecast_rnn.data.schema import Hints
from forecast_rnn.errors import DataError
from forecast_rnn.metrics import scores
from forecast_rnn.neural.fit import Fitted, fit
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.runtime import choose_device, prepare
from forecast_rnn.neural.saving import load_model, save_model
from forecast_rnn.output import write
from forecast_rnn.output.folder import BUNDLE, claimed_folder
from forecast_rnn.output.publish import published
from forecast_rnn.progress import OnProgress, ignore
from forecast_rnn.tables import FORECAST, ITEM
from forecast_rnn.verdict import Verdict, verdict

Data = Path | str | pl.DataFrame


@dataclass(frozen=True, slots=True)
class Prediction:
    """A forecast as users see it.

    Attributes:
        table: The id columns, the time column, `forecast` and the quantile columns.
        warnings: What a user should know, one sentence each.
        missing: Names of the series that have no forecast.
    """

    table: pl.DataFrame
    warnings: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A trained network and the series it was trained on.

    Attributes:
        forecaster: The network.
        panel: The series as they were at training.
    """

    forecaster: Forecaster
    panel: Panel

    def predict(self, data: Data | None = None, *, strict: bool = False) -> Prediction:
        """Forecast after the last row of each series.

        Args:
            data: The series with their newest rows; None for the series as they were
                at training.
            strict: Whether a warning about the data is an error.

        Raises:
            DataError: the data cannot be read, or are not of the frequency trained on.
        """
        panel, warnings = (self.panel, ()) if data is None else self._read(data)
        if strict:
            refuse_warnings(warnings)
        rows = origins.last(panel)
        table = self.forecaster.forecast(panel, rows)
        without = table.filter(pl.col(FORECAST).is_null())[ITEM].unique()
        names = panel.names()
        missing = tuple(names[item] for item in without.sort())
        known = table.filter(pl.col(FORECAST).is_not_null())
        return Prediction(published(known, panel, self.forecaster.task), warnings, missing)

    def _read(self, data: Data) -> tuple[Panel, tuple[str, ...]]:
        frequency = self.forecaster.frequency
        panel, findings = _panel_of(data, self.forecaster.schema.hints())
        if panel.frequency != frequency:
            raise DataError(
                f"the model was trained on steps of {frequency.every}, but the data have steps "
                f"of {panel.frequency.every}. Give data of that frequency, or train again."
            )
        odd = _about_signs(panel, self.forecaster)
        return panel, (*findings.warnings, *_about_new_series(panel, self.panel), *odd)


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training brought.

    Attributes:
        folder: Where files were written, or None.
        model: The trained network and its series.
        forecast: The forecast after the last row of each series.
        backtest: Forecasts of known rows by the network and the baselines.
        scores: Columns `model`, `metric`, `value`.
        verdict: What the backtest says of the network.
        findings: What was found in the data.
        settings: How the network came about.
        warnings: What a user should know beyond the findings.
        missing: Names of the series that have no forecast.
    """

    folder: Path | None
    model: Model
    forecast: pl.DataFrame
    backtest: pl.DataFrame
    scores: pl.DataFrame
    verdict: Verdict
    findings: Findings
    settings: dict[str, str | int | float]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]


def train(
    data: Data,
    *,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] = QUANTILE_LEVELS,
    config: TrainConfig | None = None,
    out: Path | str | None = None,
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
        out: Folder to write to; None writes nothing.
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
    config = config or TrainConfig()
    with claimed_folder(None if out is None else Path(out)) as folder:
        panel, findings = _panel_of(data, hints or Hints())
        if strict:
            refuse_warnings(findings.warnings)
        task = _task(panel, horizon, season, quantile_levels)
        on_found(findings, task)
        fitted = fit(panel, task, config, on_progress)
        model = Model(fitted.forecaster, panel)
        prediction = model.predict()
        tested = _backtest(panel, fitted, task)
        seconds = round(time.monotonic() - began, 1)
        trained = Trained(
            folder=folder,
            model=model,
            forecast=prediction.table,
            backtest=published(tested, panel, task),
            scores=scores(tested, task),
            verdict=verdict(tested, task),
            findings=findings,
            settings=_settings(fitted, task, config) | {"seconds": seconds},
            warnings=_about_backtest(fitted),
            missing=prediction.missing,
        )
        return _write(trained)


def load(model: Path | str, *, device: str = "auto", threads: int | None = None) -> Model:
    """Load what `train` wrote: the output folder, or the bundle in it.

    Raises:
        InputError: there is nothing at the path.
        BundleError: the bundle is damaged or incompatible.
    """
    folder = Path(model)
    inner = folder / BUNDLE
    prepare(threads)
    return Model(*load_model(inner if inner.is_dir() else folder, choose_device(device)))


def _panel_of(data: Data, hints: Hints) -> tuple[Panel, Findings]:
    if isinstance(data, pl.DataFrame):
        return panel_from_frame(data, hints)
    return read_panel("-" if data == "-" else Path(data), hints)


def _task(
    panel: Panel, horizon: int | None, season: int | None, quantile_levels: tuple[float, ...]
) -> Task:
    rows = panel.usual_length()
    season = season_length(panel.frequency, rows) if season is None else season
    return Task(
        horizon=default_horizon(panel.frequency, rows, season) if horizon is None else horizon,
        season_length=season,
        quantile_levels=quantile_levels,
    )


def _backtest(panel: Panel, fitted: Fitted, task: Task) -> pl.DataFrame:
    """Forecast the last windows with the network that has not seen them, and the baselines."""
    network = fitted.tested or fitted.forecaster
    forecasters: dict[str, ForecastFn] = {"network": network.forecast}
    forecasters |= {name: partial(baseline_table, name, task=task) for name in BASELINES}
    return backtest(panel, fitted.rows, forecasters, task)


def _settings(fitted: Fitted, task: Task, config: TrainConfig) -> dict[str, str | int | float]:
    model = fitted.recipe.model
    return {
        "horizon": task.horizon,
        "season": task.season_length,
        **asdict(model),
        "members": config.members,
        "steps": fitted.steps,
        "batch_size": fitted.recipe.batch_size,
        "learning_rate": fitted.recipe.learning_rate,
        "scale": fitted.forecaster.transform.name,
        "parameters": fitted.forecaster.parameters,
        "seed": config.seed,
    }


def _about_backtest(fitted: Fitted) -> tuple[str, ...]:
    if fitted.tested is None:
        return ("The series are too short to hold rows back: the forecast was not tested.",)
    return ()


def _about_signs(panel: Panel, forecaster: Forecaster) -> tuple[str, ...]:
    count = forecaster.transform.outside(panel.values)
    if not count:
        return ()
    kind = "positive" if forecaster.transform.name == "log" else "zero or positive"
    return (
        f"{count} values are not {kind}, as all were at training; the network takes them as "
        "missing. Train again if they are right.",
    )


def _about_new_series(panel: Panel, known: Panel) -> tuple[str, ...]:
    ids = panel.items.columns
    if not ids:
        return ()
    is_new = panel.items.join(
        known.items.with_columns(known=True), on=ids, how="left", maintain_order="left"
    )["known"].is_null()
    new = [name for name, unseen in zip(panel.names(), is_new, strict=True) if unseen]
    if not new:
        return ()
    shown = ", ".join(new[:5]) + (", …" if len(new) > 5 else "")
    return (
        f"{len(new)} series were not there at training and are forecast all the same: {shown}.",
    )


def _write(trained: Trained) -> Trained:
    """Write the files of a training, if anywhere, the forecast last; add what there is to say."""
    folder = trained.folder
    if folder is None:
        return trained
    save_model(folder / BUNDLE, trained.model.forecaster, trained.model.panel, trained.settings)
    said = write(trained.scores, folder / "scores.csv")
    said += write(trained.backtest, folder / "backtest.parquet")
    said += write(trained.forecast, folder / "forecast.csv")
    return replace(trained, warnings=(*trained.warnings, *dict.fromkeys(said)))
