"""Forecasting without training as a function: what the command `forecast` does.

from forecast_rnn import forecast
forecast("sales.csv", horizon=28).forecast    # a Polars table
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from forecast_rnn.api.inputs import Data, panel_of, usual_task
from forecast_rnn.api.kinds import Settings
from forecast_rnn.api.made import Made
from forecast_rnn.api.model import Model
from forecast_rnn.api.reproduce import command_of, title_of
from forecast_rnn.api.trained import Trained
from forecast_rnn.baselines import USUAL_BASELINES
from forecast_rnn.config import QUANTILE_LEVELS, Task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.counts import check_whole
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.quality import check_rows
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.data.words import listed
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.evaluation.worth import weights_in_words
from forecast_rnn.forecasting.fitting import Fitted, fit, with_paths
from forecast_rnn.output.folder import FORECAST, claimed_folder
from forecast_rnn.prior.weights import AUTO, Prior, named_prior
from forecast_rnn.progress import ignore

VERB = "forecast"
CELL = "gru"


def forecast(
    data: Data,
    *,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] | None = None,
    cell: str = CELL,
    prior: str = AUTO,
    round: bool = False,
    out: Path | str | None = None,
    gate: bool = False,
    fallback: bool = False,
    workbook: bool = False,
    strict: bool = False,
    test: bool = True,
    on_found: Callable[[Findings, Task], None] = lambda findings, task: None,
) -> Trained:
    """Forecast a file or a table by a network that was trained before, on simulated series.

    Nothing is trained: the network is weighed against simple baselines on the past of the series,
    and the forecast is their mean, as wide as its errors were. No column beside the target is used.

    Args:
        data: As in `forecast_rnn.train`, like the next four and `out` to `strict`.
        hints: Columns and frequency where they should not be found by themselves.
        horizon: Steps to forecast; None for what suits the frequency.
        season: Steps in a season; None for what suits the frequency.
        quantile_levels: Probabilities of the quantiles, with 0.5 among them; None for 0.1 … 0.9.
        cell: The recurrent cell of the network that comes with the package.
        prior: `auto` for the network that comes with the package, or a file of weights.
        round: Whether forecasts are rounded to whole numbers.
        out: Folder to write to; None writes nothing.
        gate: Whether the forecast is withheld where a baseline does better in the backtest.
        fallback: Whether series that the seasonal naive forecast better are forecast by it.
        workbook: Whether to write forecast.xlsx as well.
        strict: Whether a warning about the data is an error.
        test: Whether the forecast is held against baselines on known rows. Without it there are
            no scores, no verdict and no files, and it takes a third of the time.
        on_found: Told what the data are taken to be, before they are forecast.

    Raises:
        DataError: the data cannot be used.
        ConfigError: an option cannot be used.
        BundleError: the weights are damaged.
        OutputError: the folder cannot be written to.
    """
    began = time.monotonic()
    hints = hints or Hints()
    weights = named_prior(prior, cell)
    levels = QUANTILE_LEVELS if quantile_levels is None else quantile_levels
    others: dict[str, object] = {"horizon": horizon, "season": season, "quantiles": quantile_levels}
    others |= {"cell": None if cell == CELL else cell, "prior": None if prior == AUTO else prior}
    others |= {"round": round, "out": out, "gate": gate, "fallback": fallback}
    others |= {"workbook": workbook, "strict": strict}
    with claimed_folder(None if out is None else Path(out), FORECAST) as folder:
        panel, findings = panel_of(data, hints)
        task = usual_task(panel, horizon, season, levels)
        _check(panel, task, round=round, workbook=workbook)
        findings = replace(findings, warnings=findings.warnings + _about_columns(panel))
        if strict:
            refuse_warnings(findings.warnings)
        on_found(findings, task)
        given = _Given(weights, "shipped" if prior == AUTO else Path(prior).name, round)
        if not test:
            return _untested(panel, task, given, findings, strict=strict)
        from forecast_rnn.api.job import Job, run

        job = Job(
            panel=panel,
            task=task,
            make=lambda on_progress: _made(panel, task, given),
            findings=findings,
            unknown=(),
            folder=folder,
            title=title_of(data),
            command=command_of(VERB, data, hints, others),
            began=began,
            gate=gate,
            fallback=fallback,
            workbook=workbook,
            strict=strict,
        )
        return run(job, ignore)


@dataclass(frozen=True, slots=True)
class _Given:
    """What forecasts.

    Attributes:
        prior: The network.
        name: Where it comes from.
        round: Whether its forecasts are rounded.
    """

    prior: Prior
    name: str
    round: bool


def _check(panel: Panel, task: Task, *, round: bool, workbook: bool) -> None:
    """Raise DataError for what cannot be forecast, OutputError for what no sheet can hold."""
    check_rows(panel)
    if round:
        check_whole(panel)
    if workbook:
        from forecast_rnn.output.workbook import check_workbook

        check_workbook(panel, max(task.horizon, 1 + len(USUAL_BASELINES)))


def _about_columns(panel: Panel) -> tuple[str, ...]:
    """Say which columns are not used, if there are any."""
    names = panel.schema.covariates
    if not names:
        return ()
    are = "column {} is" if len(names) == 1 else "columns {} are"
    return (
        f"{are.format(listed(names))} not used, as a forecast without training goes by the target "
        "alone; `forecast-rnn train` learns from such columns.",
    )


def _made(panel: Panel, task: Task, given: _Given) -> Made:
    fitted = fit(panel, task, given.prior, rounded=given.round)
    fitted = with_paths(fitted, panel)
    return Made(
        forecaster=fitted.forecaster,
        tested=fitted.tested,
        settings=_settings(fitted, given),
        subject=VERB,
        together=True,
        worth=fitted.worth,
    )


def _untested(
    panel: Panel, task: Task, given: _Given, findings: Findings, *, strict: bool
) -> Trained:
    """Forecast and nothing else."""
    fitted = fit(panel, task, given.prior, rounded=given.round)
    model = Model(fitted.forecaster, panel)
    prediction = model.predict(strict=strict)
    schema = {"model": pl.String, "metric": pl.String, "value": pl.Float64}
    return Trained(
        folder=None,
        model=model,
        forecast=prediction.table,
        table=pl.DataFrame(),
        scores=pl.DataFrame(schema=schema),
        verdict=Verdict(("The forecast was not tested.",), subject=VERB),
        findings=findings,
        settings=_settings(fitted, given),
        warnings=prediction.warnings,
        fallback=prediction.fallback,
        missing=prediction.missing,
        shut=None,
        worth=fitted.worth,
    )


def _settings(fitted: Fitted, given: _Given) -> Settings:
    """Tell how a forecast came about."""
    forecaster = fitted.forecaster
    (source,) = forecaster.combination.priors
    return {
        "horizon": forecaster.task.horizon,
        "season": forecaster.task.season_length,
        "second_season": source.second_season,
        "prior": given.name,
        **asdict(source.prior.design),
        "parameters": forecaster.parameters,
        "sources": weights_in_words(fitted.worth),
        "round": given.round,
    }
