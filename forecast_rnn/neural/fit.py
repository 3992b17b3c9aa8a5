"""From a panel to a trained forecaster and an honest backtest of its like."""

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.paths import measure_dependence
from forecast_rnn.neural.recipe import Recipe, recipes, with_calendar, work_per_step
from forecast_rnn.neural.runtime import choose_device, prepare
from forecast_rnn.neural.selection import RUNGS, Split, Trial, cheapest, choose, split_rows
from forecast_rnn.neural.setting import Machine, make_setting, train_members
from forecast_rnn.neural.training import Epoch, Schedule
from forecast_rnn.progress import OnProgress, Progress

DEFAULT_STEPS = 200
"""Steps where the series are too short to choose by."""
MOST_WORK = 4.0e11
"""Multiplications that one candidate may cost: what keeps a default run near a minute."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a training leaves behind.

    Attributes:
        forecaster: Trained on all rows.
        recipe: The network that was chosen.
        steps: The optimisation steps that were chosen.
        trials: What was tried on held-back windows; empty when nothing was to be chosen.
        tested: Made like `forecaster`, but of the rows before the backtest; None when the
            series are too short for one.
        rows: Origins of the backtest, rows of the panel.
    """

    forecaster: Forecaster
    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    tested: Forecaster | None
    rows: NDArray[np.int64]


def fit(panel: Panel, task: Task, config: TrainConfig, on_progress: OnProgress) -> Fitted:
    """Choose width and steps, train for the backtest, then train on everything.

    The last rows of each series are for the backtest, and the rows before them for
    choosing. Choosing sees neither, and the network of the backtest not its rows.
    """
    job = _Job(task, config, Machine(choose_device(config.device), prepare(config.threads)))
    candidates = recipes(panel, task, config)
    undecided = len(candidates) > 1 or config.steps is None
    split = split_rows(panel, task, validated=undecided)
    recipe, steps = candidates[-1], config.steps or DEFAULT_STEPS
    trials: list[Trial] = []
    tested, rows = None, np.empty(0, dtype=np.int64)
    if split is not None and split.validated:
        trials = _choose(job, panel, split, candidates, on_progress)
        best = cheapest(trials, task)
        recipe, steps = best.recipe, best.steps
    if split is not None:
        before = panel.truncated(split.windows * task.horizon)
        tested = _train(job, before, recipe, steps, _Watch("backtesting", on_progress))
        rows = origins.rolling(
            panel, horizon=task.horizon, windows=split.windows, step=task.horizon
        )
    forecaster = _train(job, panel, recipe, steps, _Watch("training", on_progress))
    if tested is not None:
        dependence = measure_dependence(tested, panel, rows)
        forecaster = replace(forecaster, dependence=dependence)
    return Fitted(forecaster, recipe, steps, tuple(trials), tested, rows)


@dataclass(frozen=True, slots=True)
class _Job:
    task: Task
    config: TrainConfig
    machine: Machine


def _choose(
    job: _Job,
    panel: Panel,
    split: Split,
    candidates: tuple[Recipe, ...],
    on_progress: OnProgress,
) -> list[Trial]:
    """Race the candidates on the rows before those that are held back."""
    seen = panel.truncated(split.held_back(job.task))
    setting = make_setting(seen, job.task, candidates[0], job.config, job.machine)
    if job.config.calendar is None and setting.encoding.calendar:
        candidates = with_calendar(candidates)
    rungs = {recipe: _rungs(recipe, job.task, job.config) for recipe in candidates}
    watch = _Watch("choosing", on_progress, sum(map(_steps_of, rungs.values())))
    known = panel.truncated(split.windows * job.task.horizon)
    return choose(setting, known, rungs, watch.count)


def _train(job: _Job, panel: Panel, recipe: Recipe, steps: int, watch: "_Watch") -> Forecaster:
    """Train the ensemble on all rows of a panel."""
    members = job.config.members
    setting = make_setting(panel, job.task, recipe, job.config, job.machine)
    watch.total = steps * members
    return train_members(setting, recipe, steps=steps, members=members, report=watch.count)


def _rungs(recipe: Recipe, task: Task, config: TrainConfig) -> tuple[int, ...]:
    """Return the numbers of steps that a recipe may try within its share of work."""
    if config.steps is not None:
        return (config.steps,)
    affordable = MOST_WORK / work_per_step(recipe, task)
    return tuple(steps for steps in RUNGS if steps <= affordable) or RUNGS[:1]


def _steps_of(rungs: tuple[int, ...]) -> int:
    """Count the steps that climbing all rungs takes: the trunk once, and each end."""
    starts = [Schedule(1.0, steps).decay_start for steps in rungs]
    return starts[-1] + sum(steps - start for steps, start in zip(rungs, starts, strict=True))


class _Watch:
    """Adds up the steps that several threads report."""

    def __init__(self, stage: str, on_progress: OnProgress, total: int = 0) -> None:
        self.stage = stage
        self.total = total
        self.on_progress = on_progress
        self.done = 0
        self.lock = threading.Lock()

    def count(self, epoch: Epoch) -> None:
        """Take note of an epoch and pass the sum on."""
        with self.lock:
            self.done += epoch.taken
            self.on_progress(Progress(self.stage, self.done, self.total, epoch.loss))
