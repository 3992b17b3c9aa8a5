"""Train, time and score one cell with one seed, or a baseline."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.api.complete import forecast_as_published
from forecast_rnn.baselines import USUAL_BASELINES, baseline_table
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.backtest import ForecastFn, backtest
from forecast_rnn.evaluation.holdout import Holdout
from forecast_rnn.evaluation.metrics import comparable, scores
from forecast_rnn.evaluation.value_metrics import METRICS
from forecast_rnn.neural.fitting.fit import choose_recipe, train_tested
from forecast_rnn.progress import OnProgress
from forecast_rnn.tables import CUTOFF, FORECAST, ITEM, MODEL, WINDOW

CELL, BASELINE = "cell", "baseline"
NAIVE2 = "naive2"


@dataclass(frozen=True, slots=True)
class Arena:
    """What all models have in common.

    Attributes:
        panel: The series.
        task: What is forecast.
        config: What the user wants of networks; the cell is another each time.
        holdout: Which rows are held back.
        seeds: How many networks of each cell.
    """

    panel: Panel
    task: Task
    config: TrainConfig
    holdout: Holdout
    seeds: int


@dataclass(frozen=True, slots=True)
class Run:
    """A model and what it came to.

    Attributes:
        model: Name of the cell or baseline.
        kind: `cell` or `baseline`.
        seed: Of a network.
        scores: Metrics by name, None where undefined.
        errors: Error by series, and by series and cutoff: columns `item`, `cutoff` (null for
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
    """Score the baselines; return also the forecasts of Naive2 on what can be compared."""
    tables, seconds = {}, {}
    for name in USUAL_BASELINES:
        forecast = partial(baseline_table, name, task=arena.task)
        tables[name], seconds[name] = _forecasts(arena, name, forecast)
    known = comparable(pl.concat(tables.values()))
    naive2 = known.filter(pl.col(MODEL) == NAIVE2)
    runs = [_run(arena, (name, BASELINE, None), table, naive2) for name, table in tables.items()]
    timed = [replace(run, facts={"forecast_seconds": seconds[run.model]}) for run in runs]
    return timed, naive2


def run_cell(
    arena: Arena, cell: str, naive2: pl.DataFrame, on_progress: OnProgress
) -> Iterator[Run]:
    """Choose the recipe of a cell, then train and score it with each seed.

    Args:
        arena: What all models have in common.
        cell: Name of the cell.
        naive2: Forecasts of Naive2, of what counts, as `run_baselines` returns them.
        on_progress: Told of every epoch.
    """
    config = replace(arena.config, cell=cell)
    with _watch() as choosing:
        choice = choose_recipe(arena.panel, arena.task, config, arena.holdout, on_progress)
    for number in range(arena.seeds):
        seed = config.seed + number
        with _watch() as training:
            tested = train_tested(
                arena.panel, arena.task, replace(config, seed=seed), choice, on_progress
            )
        assert tested.forecaster is not None, "rows can be held back"
        forecast = partial(forecast_as_published, tested.forecaster)
        table, seconds = _forecasts(arena, cell, forecast)
        facts: dict[str, int | float | None] = {
            "hidden_size": choice.recipe.model.hidden_size,
            "layers": choice.recipe.model.layers,
            "steps": choice.steps,
            "parameters": tested.forecaster.parameters,
            "choosing_seconds": choosing(),
            "training_seconds": training(),
            "forecast_seconds": seconds,
        }
        yield replace(_run(arena, (cell, CELL, seed), table, naive2), facts=facts)


def _forecasts(arena: Arena, name: str, forecast: ForecastFn) -> tuple[pl.DataFrame, float]:
    """Forecast all windows, and tell the seconds that took."""
    seconds = 0.0

    def timed(panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
        nonlocal seconds
        with _watch() as watch:
            table = forecast(panel, rows)
        seconds = watch()
        return table

    table = backtest(arena.panel, arena.holdout.rows, {name: timed}, arena.task)
    return table, seconds


def _run(
    arena: Arena, who: tuple[str, str, int | None], table: pl.DataFrame, naive2: pl.DataFrame
) -> Run:
    """Score the forecasts of a model where Naive2, which OWA takes, has some."""
    rows = table.join(naive2, on=WINDOW, how="semi", maintain_order="left")
    assert not rows[FORECAST].has_nulls(), "the fallback forecasts where baselines do"
    beside = [] if who[0] == NAIVE2 else [naive2]
    scored = scores(pl.concat([rows, *beside]), arena.task).filter(pl.col(MODEL) == who[0])
    levels = arena.task.quantile_levels
    metrics = {name: METRICS[name](levels) for name in ERRORS}
    by_window = rows.group_by(ITEM, CUTOFF).agg(**metrics)
    whole = pl.lit(None, by_window.schema[CUTOFF]).alias(CUTOFF)
    by_series = rows.group_by(ITEM).agg(whole, **metrics)
    errors = pl.concat([by_series.select(by_window.columns), by_window]).sort(ITEM, CUTOFF)
    return Run(*who, dict(zip(scored["metric"], scored["value"], strict=True)), errors)


@contextmanager
def _watch() -> Iterator[Callable[[], float]]:
    """Yield what tells, once the block has ended, the seconds that it took."""
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: ended[0] - began
    ended.append(time.perf_counter())
