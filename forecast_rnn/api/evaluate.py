"""The network and the baselines on the same windows."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.api.complete import forecast_as_published
from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn, backtest
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.evaluation.class_verdict import class_verdict
from forecast_rnn.evaluation.metrics import comparable, series_scores
from forecast_rnn.evaluation.verdict import NETWORK, Verdict, verdict
from forecast_rnn.neural.fitting.fit import Tested
from forecast_rnn.neural.inference.classes import Classes
from forecast_rnn.neural.inference.direction import class_baselines, with_classes
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.system.processes import HERE, Processes
from forecast_rnn.tables import (
    ITEM,
    ORIGIN,
    STEP,
    WINDOW,
    forecast_columns,
    portions,
    rows_of_model,
)

INSIDE = "inside"
AT_ONCE = 4096
"""Forecasts that are laid out at a time, only to see what they hold."""


def evaluate(
    panel: Panel,
    forecaster: Forecaster,
    rows: NDArray[np.int64],
    baselines: Iterable[str],
    task: Task,
    processes: Processes = HERE,
) -> pl.DataFrame:
    """Forecast known rows with a network that has not seen them, and with baselines.

    The network's rows are what would have been published: where it has no forecast, the
    fallback counts as its own.

    Args:
        panel: The series, with the rows after the origins.
        forecaster: Trained on nothing after the first of the origins.
        rows: Origins, [B].
        baselines: Names in `BASELINES`; of classes all there are in `neural.direction` count.
        task: Horizon, season and quantile levels.
        processes: What baselines that take long are shared out to.

    Returns:
        The table of `forecast_rnn.evaluation.backtest`.
    """
    forecasters: dict[str, ForecastFn] = {NETWORK: partial(forecast_as_published, forecaster)}
    if task.classes:
        table = backtest(panel, rows, forecasters | class_baselines(forecaster), task)
        return with_classes(table, forecaster, panel, rows)
    forecasters |= {
        name: partial(baseline_table, name, task=task, processes=processes) for name in baselines
    }
    return backtest(panel, rows, forecasters, task)


def judge(
    table: pl.DataFrame, tested: Tested, task: Task, before: pl.DataFrame | None = None
) -> Verdict:
    """Say what a contest tells of the network, and how well its intervals or classes held.

    Args:
        table: What `evaluate` returns.
        tested: The network that was tested.
        task: Horizon, season and quantile levels.
        before: What `uncalibrated` returns, where that is of the same network.
    """
    if task.classes:
        return class_verdict(table, task)
    found = verdict(table, task)
    if tested.forecaster is None:
        return found
    own = rows_of_model(comparable(table), NETWORK)
    more = about_intervals(own, task)
    if more and before is not None:
        more += f"; {_share(_held(before, own))} before it was calibrated on earlier rows"
    return replace(found, sentences=(*found.sentences, f"{more}.")) if more else found


def _held(inside: pl.DataFrame, own: pl.DataFrame) -> pl.Series:
    """Return by series what intervals held of some rows, of what `uncalibrated` returns of all."""
    origin = [ITEM, ORIGIN]
    parts = (part.group_by(origin, maintain_order=True).agg(STEP) for part in portions(own))
    # As a rule the rows are the same; one by one they would take several times the memory.
    if not pl.concat(parts).equals(inside.drop(INSIDE)):
        same = inside.explode(STEP, INSIDE).join(own, on=WINDOW, how="semi")
        inside = same.group_by(ITEM, maintain_order=True).agg(INSIDE)
    return inside.group_by(ITEM, maintain_order=True).agg(pl.col(INSIDE).explode().mean())[INSIDE]


def uncalibrated(panel: Panel, tested: Tested, task: Task) -> pl.DataFrame | None:
    """Say what the widest interval would have held without calibration; None if there was none.

    To be asked before a contest, whose table takes more memory than anything else.

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
        some = tested.rows[start : start + AT_ONCE]
        actual = pl.Series(outcomes(panel, some, task.horizon).ravel()).fill_nan(None)
        inside = pl.lit(actual).is_between(pl.col(columns[0]), pl.col(columns[-1]))
        table = forecast_as_published(plain, panel, some).with_columns(inside.alias(INSIDE))
        origin = table.group_by(ITEM, ORIGIN, maintain_order=True)
        tables.append(origin.agg(STEP, INSIDE))
    return pl.concat(tables)


def about_intervals(rows: pl.DataFrame, task: Task) -> str:
    """Say what the widest interval of the network covered, without a full stop; or nothing.

    Args:
        rows: The network's in a backtest, comparable.
        task: Gives the levels.
    """
    levels = task.quantile_levels
    if len(levels) < 2 or rows.is_empty():
        return ""
    share = f"{100 * (levels[-1] - levels[0]):.0f}%"
    return f"The network's {share} interval held {_covered(rows, task)} of what came true"


def _covered(rows: pl.DataFrame, task: Task) -> str:
    """Return what the widest interval covered, as the scores have it: a mean over series."""
    return _share(series_scores(rows, task, metrics=("coverage",))["coverage"])


def _share(by_series: pl.Series) -> str:
    return f"{100 * by_series.to_frame('share').select(pl.col('share').mean()).item():.0f}%"


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
        "round": config.round,
        "seed": config.seed,
        **_about_classes(forecaster.classes),
    }


def _about_classes(classes: Classes) -> dict[str, str | int | float]:
    if not classes.edges:
        return {}
    edges = ", ".join(f"{edge:.4g}" for edge in classes.edges)
    return {"classes": len(classes.edges) + 1, "edges": edges}
