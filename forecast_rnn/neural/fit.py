"""From a panel to a trained forecaster and an honest backtest of its like."""

import threading
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.calibration import Calibration, Reach, calibrate
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.neural.classes import Classes, tempered
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.paths import measure_dependence
from forecast_rnn.neural.recipe import Recipe, recipes, with_calendar, work_per_step
from forecast_rnn.neural.runtime import choose_device, prepare
from forecast_rnn.neural.selection import (
    RUNGS,
    Trial,
    assess,
    cheapest,
    choose,
    leaves_enough,
    usual_windows,
)
from forecast_rnn.neural.setting import Machine, make_setting, train_members
from forecast_rnn.neural.training import Epoch, Schedule
from forecast_rnn.progress import OnProgress, Progress

DEFAULT_STEPS = 200
"""Steps where the series are too short to choose by."""
MOST_WORK = 4.0e11
"""Multiplications that one candidate may cost: what keeps a default run near a minute."""


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
        windows: For each cutoff of the backtest the rows from it to the end, the first cutoff
            first, [W].
        reach: How far outcomes of held-back rows were from forecasts of the like.
    """

    forecaster: Forecaster | None
    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    windows: tuple[int, ...] = ()
    reach: tuple[Reach, ...] = ()


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
    plain = replace(plain, classes=replace(plain.classes, temperature=1.0))
    _, reach = assess(plain, panel, tested.rows)
    dependence = measure_dependence(tested.forecaster, panel, tested.rows)
    forecaster = replace(forecaster, dependence=dependence)
    return _calibrated(forecaster, *tested.reach, reach), tested


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
    job = _job(task, config)
    windows = usual_windows(panel, task) if windows is None else windows
    step = task.horizon if step is None else step
    origins.check_windows(windows, step)
    held_back = (windows - 1) * step + task.horizon
    if not leaves_enough(panel, task, held_back):
        recipe = recipes(panel, task, config)[-1]
        return Tested(None, recipe, config.steps or DEFAULT_STEPS, ())
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(panel, horizon=task.horizon, windows=windows, step=step, lags=behind)
    before = panel.truncated(np.maximum(held_back - behind, 0))
    found = _choose(job, before, np.maximum(behind - held_back, 0), on_progress)
    forecaster = _train(job, before, found.recipe, found.steps, _Watch("backtesting", on_progress))
    if found.reach:
        forecaster = _calibrated(forecaster, *found.reach)
    backs = tuple(range(held_back, task.horizon - 1, -step))
    return replace(found, forecaster=forecaster, rows=rows, windows=backs)


def rows_of_window(panel: Panel, task: Task, window: int) -> NDArray[np.int64]:
    """Return the origins of one of `Tested.windows`, [B]."""
    behind = origins.lags(panel, task.horizon)
    return origins.rolling(panel, horizon=window, windows=1, step=1, lags=behind)


def refitted(
    panel: Panel, tested: Tested, window: int, config: TrainConfig, on_progress: OnProgress
) -> Forecaster:
    """Train the like of a tested network on all rows before one of `Tested.windows`."""
    assert tested.forecaster is not None
    task = tested.forecaster.task
    before = panel.truncated(np.maximum(window - origins.lags(panel, task.horizon), 0))
    watch = _Watch("refitting", on_progress)
    forecaster = _train(_job(task, config), before, tested.recipe, tested.steps, watch)
    return _calibrated(forecaster, *tested.reach) if tested.reach else forecaster


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
        "seed": config.seed,
        **_about_classes(forecaster.classes),
    }


def _about_classes(classes: Classes) -> dict[str, str | int | float]:
    if not classes.edges:
        return {}
    edges = ", ".join(f"{edge:.4g}" for edge in classes.edges)
    return {"classes": len(classes.edges) + 1, "edges": edges}


def _calibrated(forecaster: Forecaster, *reaches: Reach) -> Forecaster:
    """Make forecasts as unsure as held-back rows were far from those of the like."""
    if forecaster.task.classes:
        return replace(forecaster, classes=tempered(forecaster.classes, *reaches))
    return replace(forecaster, calibration=calibrate(*reaches))


@dataclass(frozen=True, slots=True)
class _Job:
    task: Task
    config: TrainConfig
    machine: Machine


def _job(task: Task, config: TrainConfig) -> _Job:
    return _Job(task, config, Machine(choose_device(config.device), prepare(config.threads)))


def _choose(job: _Job, known: Panel, behind: NDArray[np.int64], on_progress: OnProgress) -> Tested:
    """Race the candidates on the last rows, if there are enough; say what won.

    Args:
        job: What is wanted.
        known: The series, without the rows of the backtest.
        behind: How many rows before the newest time of all each item ends, [N].
        on_progress: Told of every epoch.
    """
    task, config = job.task, job.config
    candidates = recipes(known, task, config)
    windows = usual_windows(known, task)
    if not leaves_enough(known, task, windows * task.horizon):
        return Tested(None, candidates[-1], config.steps or DEFAULT_STEPS, ())
    seen = known.truncated(np.maximum(windows * task.horizon - behind, 0))
    rows = origins.rolling(
        known, horizon=task.horizon, windows=windows, step=task.horizon, lags=behind
    )
    setting = make_setting(seen, task, candidates[0], config, job.machine)
    if config.calendar is None and setting.encoding.calendar:
        candidates = with_calendar(candidates)
    rungs = {recipe: _rungs(recipe, task, config) for recipe in candidates}
    watch = _Watch("choosing", on_progress, sum(map(_steps_of, rungs.values())))
    trials = choose(setting, known, rows, rungs, watch.count)
    best = cheapest(trials, task)
    return Tested(None, best.recipe, best.steps, tuple(trials), reach=(best.reach,))


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
