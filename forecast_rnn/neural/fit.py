"""From a panel to a trained forecaster and an honest backtest of its like."""

import threading
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.calibration import Calibration, Reach, calibrate
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.paths import measure_dependence
from forecast_rnn.neural.recipe import Recipe, recipes, with_calendar, work_per_step
from forecast_rnn.neural.runtime import choose_device, prepare, release_memory
from forecast_rnn.neural.selection import RUNGS, Split, Trial, assess, cheapest, choose, split_rows
from forecast_rnn.neural.setting import Machine, make_setting, train_members
from forecast_rnn.neural.training import Epoch, Schedule
from forecast_rnn.progress import OnProgress, Progress

DEFAULT_STEPS = 200
"""Steps where the series are too short to choose by."""
MOST_WORK = 4.0e11
"""Multiplications that one candidate may cost: what keeps a default run near a minute."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is trained for a backtest, chosen on nothing but the rows before it.

    Attributes:
        recipe: The network and its training.
        steps: Optimisation steps.
        trials: What was tried, if there were enough rows.
        reach: How far outcomes of held-back rows were from forecasts of the like.
        split: Which last rows are held back; None when the series are too short for any.
    """

    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    reach: tuple[Reach, ...]
    split: Split | None


@dataclass(frozen=True, slots=True)
class Tested:
    """A training that has not seen the rows of the backtest.

    Attributes:
        forecaster: Trained on the rows before the backtest; None when the series are too
            short for one.
        recipe: The network that was chosen.
        steps: The optimisation steps that were chosen.
        trials: What was tried on the rows before those of the backtest, if there are enough.
        rows: Origins of the backtest, rows of the panel, [B].
        reach: How far outcomes of held-back rows were from forecasts of the like.
    """

    forecaster: Forecaster | None
    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    rows: NDArray[np.int64]
    reach: tuple[Reach, ...]


def fit(
    panel: Panel, task: Task, config: TrainConfig, on_progress: OnProgress
) -> tuple[Forecaster, Tested]:
    """Train for the backtest, then train the like of it on everything."""
    tested = fit_tested(panel, task, config, on_progress)
    job = _job(task, config)
    watch = _Watch("training", on_progress)
    forecaster = _train(job, panel, tested.recipe, tested.steps, watch)
    if tested.forecaster is None:
        return forecaster, tested
    # The forecasts of the backtest count as they were before they were calibrated.
    plain = replace(tested.forecaster, calibration=Calibration())
    _, reach = assess(plain, panel, tested.rows)
    return replace(
        forecaster,
        dependence=measure_dependence(tested.forecaster, panel, tested.rows),
        calibration=calibrate(*tested.reach, reach),
    ), tested


def fit_tested(
    panel: Panel,
    task: Task,
    config: TrainConfig,
    on_progress: OnProgress,
    *,
    windows: int | None = None,
    step: int | None = None,
) -> Tested:
    """Choose width and steps, and train for the backtest.

    The last rows of each series are for the backtest, and the rows before them for choosing
    and calibrating. Choosing sees neither, and the network of the backtest not its rows.

    Args:
        panel: The series.
        task: What is forecast.
        config: What the user wants.
        on_progress: Told of every epoch.
        windows: Forecasts of each series in the backtest; None for what suits the series.
        step: Rows from one of them to the next; None for a horizon.
    """
    choice = choose_recipe(panel, task, config, on_progress, windows=windows, step=step)
    return train_tested(panel, task, config, choice, on_progress)


def choose_recipe(
    panel: Panel,
    task: Task,
    config: TrainConfig,
    on_progress: OnProgress,
    *,
    windows: int | None = None,
    step: int | None = None,
) -> Choice:
    """Choose width and steps on the rows before those of the backtest; as `fit_tested`."""
    candidates = recipes(panel, task, config)
    recipe, steps = candidates[-1], config.steps or DEFAULT_STEPS
    split = split_rows(panel, task, windows=windows, step=step)
    if split is None or not split.validated:
        return Choice(recipe, steps, (), (), split)
    before = panel.truncated(split.tested)
    job = _job(task, config)
    trials = _choose(job, before, split.validated, candidates, on_progress)
    best = cheapest(trials, task)
    return Choice(best.recipe, best.steps, tuple(trials), (best.reach,), split)


def train_tested(
    panel: Panel, task: Task, config: TrainConfig, choice: Choice, on_progress: OnProgress
) -> Tested:
    """Train what was chosen for the backtest; the seed may be another than it was chosen with."""
    recipe, steps, split = choice.recipe, choice.steps, choice.split
    if split is None:
        return Tested(None, recipe, steps, (), np.empty(0, dtype=np.int64), ())
    before = panel.truncated(split.tested)
    watch = _Watch("backtesting", on_progress)
    forecaster = _train(_job(task, config), before, recipe, steps, watch)
    if choice.reach:
        forecaster = replace(forecaster, calibration=calibrate(*choice.reach))
    rows = origins.rolling(panel, horizon=task.horizon, windows=split.windows, step=split.step)
    return Tested(forecaster, recipe, steps, choice.trials, rows, choice.reach)


@dataclass(frozen=True, slots=True)
class _Job:
    task: Task
    config: TrainConfig
    machine: Machine


def _job(task: Task, config: TrainConfig) -> _Job:
    return _Job(task, config, Machine(choose_device(config.device), prepare(config.threads)))


def _choose(
    job: _Job,
    known: Panel,
    validated: int,
    candidates: tuple[Recipe, ...],
    on_progress: OnProgress,
) -> list[Trial]:
    """Race the candidates on the rows before those that are held back."""
    seen = known.truncated(validated)
    setting = make_setting(seen, job.task, candidates[0], job.config, job.machine)
    if job.config.calendar is None and setting.encoding.calendar:
        candidates = with_calendar(candidates)
    rungs = {recipe: _rungs(recipe, job.task, job.config) for recipe in candidates}
    watch = _Watch("choosing", on_progress, sum(map(_steps_of, rungs.values())))
    trials = choose(setting, known, rungs, watch.count)
    release_memory()
    return trials


def _train(job: _Job, panel: Panel, recipe: Recipe, steps: int, watch: "_Watch") -> Forecaster:
    """Train the ensemble on all rows of a panel."""
    members = job.config.members
    setting = make_setting(panel, job.task, recipe, job.config, job.machine)
    watch.total = steps * members
    forecaster = train_members(setting, recipe, steps=steps, members=members, report=watch.count)
    release_memory()
    return forecaster


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
