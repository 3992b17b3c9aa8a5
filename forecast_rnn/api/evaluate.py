"""The network and the baselines on the same windows."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from forecast_rnn.api.complete import forecast_as_published
from forecast_rnn.api.intervals import INSIDE, about_intervals
from forecast_rnn.api.kinds import EVALUATIONS, Settings
from forecast_rnn.baselines.simple import Rows
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn, backtest
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.evaluation.metrics import comparable
from forecast_rnn.evaluation.verdict import NETWORK, Verdict
from forecast_rnn.forecasting.protocol import AnyForecaster, AnyTested
from forecast_rnn.system.processes import HERE, Processes
from forecast_rnn.tables import ITEM, ORIGIN, STEP, forecast_columns, rows_of_model

if TYPE_CHECKING:
    from forecast_rnn.neural.fitting.fitted import Tested
    from forecast_rnn.neural.inference.forecaster import Forecaster

AT_ONCE = 4096
"""Forecasts that are laid out at a time, only to see what they hold."""


def evaluate(
    panel: Panel,
    forecaster: AnyForecaster,
    rows: Rows,
    baselines: Iterable[str],
    processes: Processes = HERE,
    *,
    together: bool = False,
) -> pl.DataFrame:
    """Forecast known rows with a network that has not seen them, and with baselines.

    The network's rows are what would have been published: where it has no forecast, the
    fallback counts as its own.

    Args:
        panel: The series, with the rows after the origins.
        forecaster: Trained on nothing after the first of the origins.
        rows: Origins, [B].
        baselines: Names in `BASELINES`; of classes all there are in `neural.inference.direction`
            count.
        processes: What baselines that take long are shared out to.
        together: As in `forecast_as_published`.

    Returns:
        The table of `forecast_rnn.evaluation.backtest`.
    """
    task, evaluation = forecaster.task, EVALUATIONS[forecaster.task.kind]
    forecasters: dict[str, ForecastFn] = {
        NETWORK: partial(forecast_as_published, forecaster, together=together)
    }
    forecasters |= evaluation.baselines(forecaster, baselines, processes)
    table = backtest(panel, rows, forecasters, task)
    return evaluation.with_outcomes(table, forecaster, panel, rows)


def judge(
    table: pl.DataFrame,
    tested: AnyTested,
    task: Task,
    before: pl.DataFrame | None = None,
    *,
    subject: str = NETWORK,
) -> Verdict:
    """Say what an evaluation tells of the network, and how well its intervals or classes held.

    Args:
        table: What `evaluate` returns.
        tested: The network that was tested.
        task: Horizon, season and quantile levels.
        before: What `uncalibrated` returns, where that is of the same network.
        subject: What is judged, in a word.
    """
    judged = EVALUATIONS[task.kind].verdict(table, task, subject)
    if tested.forecaster is None or not task.kind.is_number:
        return judged
    rows = rows_of_model(comparable(table), NETWORK)
    about = about_intervals(rows, task, before, subject)
    return replace(judged, sentences=judged.sentences + about)


def uncalibrated(
    panel: Panel, tested: AnyTested, task: Task, *, together: bool = False
) -> pl.DataFrame | None:
    """Say what the widest interval would have held without calibration; None if there was none.

    To be asked before an evaluation, whose table takes more memory than anything else.

    Returns:
        A row an origin, in their order: `item`, `origin`, and the lists `step` and `inside`, null
        where that is unknown.
    """
    forecaster = tested.forecaster
    if forecaster is None or len(task.quantile_levels) < 2 or not forecaster.calibration.factors:
        return None
    plain, columns = replace(forecaster, calibration=Calibration()), forecast_columns(task)
    tables = []
    for start in range(0, len(tested.rows), AT_ONCE):
        rows = tested.rows[start : start + AT_ONCE]
        actual = pl.Series(outcomes(panel, rows, task.horizon).ravel()).fill_nan(None)
        inside = pl.lit(actual).is_between(pl.col(columns[0]), pl.col(columns[-1]))
        table = forecast_as_published(plain, panel, rows, together=together)
        table = table.with_columns(inside.alias(INSIDE))
        origin = table.group_by(ITEM, ORIGIN, maintain_order=True)
        tables.append(origin.agg(STEP, INSIDE))
    return pl.concat(tables)


def settings_of(forecaster: "Forecaster", tested: "Tested", config: TrainConfig) -> Settings:
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
        "round": config.round,
        "seed": config.seed,
        **EVALUATIONS[forecaster.task.kind].settings(forecaster),
        **_mixture(tested),
    }


def _mixture(tested: "Tested") -> Settings:
    """Tell how a prior came to stand beside the networks."""
    if tested.mixture is None:
        return {}
    return {
        "prior_steps": tested.mixture.steps,
        "second_season": tested.mixture.second_season,
    }
