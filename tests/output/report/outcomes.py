"""Outcomes of pretended trainings, for tests of the report."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl

from forecast_rnn.baselines import baseline_table, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.evaluation.metrics import scores
from forecast_rnn.evaluation.verdict import verdict
from forecast_rnn.output.publish import published
from forecast_rnn.output.report import Outcome
from forecast_rnn.output.report.evidence import evidence_of
from forecast_rnn.output.workbook.sheets import scores_by_item
from forecast_rnn.tables import forecast_columns, forecast_table
from tests.panels import panel_of

TASK = Task(horizon=4, season_length=2, quantile_levels=(0.1, 0.5, 0.9))
SETTINGS = {"hidden_size": 64, "calendar": False, "learning_rate": 0.004, "steps": 200, "seed": 0}
TRIALS = tuple(
    {
        "hidden_size": size,
        "calendar": calendar,
        "learning_rate": 0.1,
        "steps": steps,
        "score": score,
    }
    for size, calendar, steps, score in (
        (128, False, 100, 0.9),
        (64, False, 100, 0.8),
        (64, True, 100, 0.85),
        (64, False, 200, 0.7),
    )
)
CURVE = tuple((10 * step, 1 / step) for step in range(1, 401))


def waves(count: int, rows: int = 40) -> list[list[float]]:
    """Make series of different sizes that go up and down."""
    noise = np.random.default_rng(0).normal(size=(count, rows))
    time = np.arange(rows)
    size = 10.0 ** (np.arange(count) % 5)[:, None]
    values = size * (5 + np.sin(time * np.pi) + time / 50 + 0.3 * noise)
    return values.round(3).tolist()


def with_names(panel: Panel, names: Sequence[str]) -> Panel:
    return replace(panel, items=pl.DataFrame({"name": list(names)}, schema={"name": pl.String}))


def network(panel: Panel, rows: np.ndarray, task: Task) -> pl.DataFrame:
    """Pretend a network: the seasonal naive, moved a little, with intervals around it."""
    median = seasonal_naive(panel, rows, task)
    step = np.arange(1, task.horizon + 1)
    spread = np.abs(median) * 0.02 * np.sqrt(step)
    levels = np.array(task.quantile_levels) - 0.5
    quantiles = median[..., None] * 1.001 + spread[..., None] * levels
    located = origins.located(panel, rows)
    middle = task.quantile_levels.index(0.5)
    return forecast_table(
        "network",
        located,
        quantiles[..., middle],
        columns=forecast_columns(task),
        values=quantiles,
    )


def backtest_of(panel: Panel | None = None, task: Task = TASK, *, windows: int = 2) -> pl.DataFrame:
    """Pretend a backtest; no windows make it empty."""
    panel = panel_of(*waves(3)) if panel is None else panel
    rows = np.empty(0, dtype=np.int64)
    if windows:
        rows = origins.rolling(panel, horizon=task.horizon, windows=windows, step=task.horizon)
    forecasters = {"network": partial(network, task=task)}
    for name in ("naive", "seasonal_naive"):
        forecasters[name] = partial(baseline_table, name, task=task)
    return backtest(panel, rows, forecasters, task)


def outcome_of(panel: Panel | None = None, task: Task = TASK, *, windows: int = 2) -> Outcome:
    """Pretend a training on a panel, with the backtest of `backtest_of`."""
    panel = panel_of(*waves(3)) if panel is None else panel
    tested = backtest_of(panel, task, windows=windows)
    found = verdict(tested, task)
    ahead = network(panel, origins.last(panel), task).drop_nulls("forecast")
    return Outcome(
        title="waves",
        panel=panel,
        task=task,
        forecast=published(ahead, panel, task),
        evidence=evidence_of(tested, panel, task, found),
        scored=scores_by_item(tested, panel, task),
        scores=scores(tested, task),
        verdict=found,
        facts={"time": "time (whole numbers, 0 to 39)", "target": "y", "rows": "120"},
        warnings=("2 rows are missing.",),
        missing=(),
        settings={**SETTINGS, "seconds": 1.5},
        trials=(),
        command="forecast-rnn train waves.csv --seed 0",
    )
