"""Train, time and score one cell with one seed, or a baseline."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.backtest import ForecastFn, backtest
from forecast_rnn.baselines import BASELINES, baseline_table
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.contest import forecast_as_published
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.metrics import METRICS, comparable, scores
from forecast_rnn.neural.fit import Choice, choose_recipe, train_tested
from forecast_rnn.neural.selection import Split
from forecast_rnn.progress import OnProgress
from forecast_rnn.tables import FORECAST, ITEM, ORIGIN, WINDOW

CELL, BASELINE = "cell", "baseline"


@dataclass(frozen=True, slots=True)
class Arena:
    """What all models have in common.

    Attributes:
        panel: The series.
        task: What is forecast.
        config: What the user wants of networks; the cell is another each time.
        split: Which rows are held back.
        seeds: How many networks of each cell.
    """

    panel: Panel
    task: Task
    config: TrainConfig
    split: Split
    seeds: int

    @property
    def rows(self) -> NDArray[np.int64]:
        """The origins, rows of the panel, [B]."""
        split, horizon = self.split, self.task.horizon
        return origins.rolling(self.panel, horizon=horizon, windows=split.windows, step=split.step)


@dataclass(frozen=True, slots=True)
class Run:
    """A model and what it came to.

    Attributes:
        model: Name of the cell or baseline.
        kind: `cell` or `baseline`.
        seed: Of a network.
        scores: Metrics by name, None where undefined.
        errors: Error by series, and by series and origin: columns `item`, `origin` (null for
            the whole series), and one for each metric in `ERRORS`.
        facts: The size of a network, and the seconds that it took.
    """

    model: str
    kind: str
    seed: int | None
    scores: dict[str, float | None]
    errors: pl.DataFrame = field(repr=False)
    facts: dict[str, int | float | None] = field(default_factory=dict)


ERRORS = ("mase", "mae")
"""What may be tested: the second where the first is undefined for all series."""


def run_baselines(arena: Arena) -> tuple[list[Run], pl.DataFrame]:
    """Score the baselines; return also which windows can be compared: `WINDOW` columns."""
    tables, seconds = {}, {}
    for name in BASELINES:
        forecast = partial(baseline_table, name, task=arena.task)
        tables[name], seconds[name] = _forecasts(arena, name, forecast)
    known = comparable(pl.concat(tables.values()))
    windows = known.select(WINDOW).unique()
    runs = [
        _run(
            arena,
            (name, BASELINE, None),
            table.join(windows, on=WINDOW, how="semi", maintain_order="left"),
        )
        for name, table in tables.items()
    ]
    timed = [replace(run, facts={"forecast_seconds": seconds[run.model]}) for run in runs]
    return timed, windows


def run_cell(
    arena: Arena, cell: str, windows: pl.DataFrame, on_progress: OnProgress
) -> Iterator[Run]:
    """Choose the recipe of a cell, then train and score it with each seed.

    Args:
        arena: What all models have in common.
        cell: Name of the cell.
        windows: Which windows count, as `run_baselines` returns them.
        on_progress: Told of every epoch.
    """
    config = replace(arena.config, cell=cell)
    with _watch() as choosing:
        choice = _choose(arena, config, on_progress)
    for number in range(arena.seeds):
        seed = config.seed + number
        with _watch() as training:
            tested = train_tested(
                arena.panel, arena.task, replace(config, seed=seed), choice, on_progress
            )
        assert tested.forecaster is not None, "rows can be held back"
        forecast = partial(forecast_as_published, tested.forecaster)
        table, seconds = _forecasts(arena, cell, forecast)
        table = table.join(windows, on=WINDOW, how="semi", maintain_order="left")
        assert not table[FORECAST].has_nulls(), "the fallback forecasts where baselines do"
        facts: dict[str, int | float | None] = {
            "hidden_size": choice.recipe.model.hidden_size,
            "layers": choice.recipe.model.layers,
            "steps": choice.steps,
            "parameters": tested.forecaster.parameters,
            "choosing_seconds": choosing(),
            "training_seconds": training(),
            "forecast_seconds": seconds,
        }
        yield replace(_run(arena, (cell, CELL, seed), table), facts=facts)


def _choose(arena: Arena, config: TrainConfig, on_progress: OnProgress) -> Choice:
    split = arena.split
    return choose_recipe(
        arena.panel,
        arena.task,
        config,
        on_progress,
        windows=split.windows,
        step=split.step,
    )


def _forecasts(arena: Arena, name: str, forecast: ForecastFn) -> tuple[pl.DataFrame, float]:
    """Forecast all windows, and tell the seconds that took."""
    seconds = 0.0

    def timed(panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
        nonlocal seconds
        with _watch() as watch:
            table = forecast(panel, rows)
        seconds = watch()
        return table

    table = backtest(arena.panel, arena.rows, {name: timed}, arena.task)
    return table, seconds


def _run(arena: Arena, who: tuple[str, str, int | None], rows: pl.DataFrame) -> Run:
    """Score the forecasts of a model."""
    found = scores(rows, arena.task)
    levels = arena.task.quantile_levels
    metrics = {name: METRICS[name](levels) for name in ERRORS}
    by_window = rows.group_by(ITEM, ORIGIN).agg(**metrics)
    by_series = rows.group_by(ITEM).agg(pl.lit(None, pl.Int64).alias(ORIGIN), **metrics)
    errors = pl.concat([by_series.select(by_window.columns), by_window]).sort(ITEM, ORIGIN)
    return Run(*who, dict(zip(found["metric"], found["value"], strict=True)), errors)


@contextmanager
def _watch() -> Iterator[Callable[[], float]]:
    """Yield what tells, once the block has ended, the seconds that it took."""
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: ended[0] - began
    ended.append(time.perf_counter())
