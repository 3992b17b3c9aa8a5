"""From a panel to a trained forecaster and an honest backtest of its like."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.calibration import Calibration, Reach, calibrate
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data import origins
from forecast_rnn.data.panel import Panel
from forecast_rnn.neural.classes import tempered
from forecast_rnn.neural.forecaster import Forecaster
from forecast_rnn.neural.paths import measure_dependence
from forecast_rnn.neural.recipe import Recipe, recipes, with_calendar, work_per_step
from forecast_rnn.neural.runtime import choose_device, choose_precision, prepare, takes_bfloat16
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
from forecast_rnn.neural.training import Schedule
from forecast_rnn.neural.watch import Watch
from forecast_rnn.progress import OnProgress

DEFAULT_STEPS = 200
"""Steps where the series are too short to choose by."""
MOST_WORK = 4.0e11
"""Multiplications that one candidate may cost: what keeps a default run near a minute."""


@dataclass(frozen=True, slots=True)
class Held:
    """Which rows are for a backtest.

    Attributes:
        rows: Origins, rows of the panel, [B].
        windows: For each cutoff the rows from it to the end, the first cutoff first, [W].
    """

    rows: NDArray[np.int64]
    windows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """A training that has not seen the rows of the backtest.

    Attributes:
        forecaster: Trained on the rows before the backtest; None when the series are too
            short for one.
        recipe: The network that was chosen.
        steps: The optimisation steps that were chosen.
        trials: What was tried on the rows before those of the backtest, if there are enough.
        rows: As in `Held`.
        windows: As in `Held`.
        reach: How far outcomes of held-back rows were from forecasts of the like.
    """

    forecaster: Forecaster | None
    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    windows: tuple[int, ...] = ()
    reach: tuple[Reach, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A training on everything, and the one before it that shows what it is worth.

    Attributes:
        forecaster: Trained on all rows.
        tested: The like of it, which has not seen the rows of the backtest.
        curve: Of the training on all rows: the steps taken, and the mean loss then.
    """

    forecaster: Forecaster
    tested: Tested
    curve: tuple[tuple[int, float], ...]


def fit(panel: Panel, task: Task, config: TrainConfig, on_progress: OnProgress) -> Fitted:
    """Train for the backtest, then train the like of it on everything."""
    tested = fit_tested(panel, task, config, on_progress)
    job = _job(task, config)
    watch = Watch("training", on_progress)
    forecaster = _train(job, panel, tested.recipe, tested.steps, watch)
    if tested.forecaster is None:
        return Fitted(forecaster, tested, watch.curve())
    # The forecasts of the backtest count as they were before they were calibrated and rounded.
    plain = replace(tested.forecaster, calibration=Calibration(), rounded=False)
    plain = replace(plain, classes=replace(plain.classes, temperature=1.0))
    _, reach = assess(plain, panel, tested.rows)
    dependence = measure_dependence(tested.forecaster, panel, tested.rows)
    forecaster = replace(forecaster, dependence=dependence)
    forecaster = _calibrated(forecaster, *tested.reach, reach)
    return Fitted(forecaster, tested, watch.curve())


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
    held = hold_back(panel, task, windows=windows, step=step)
    if held is None:
        recipe = recipes(panel, task, config)[-1]
        return Tested(None, recipe, config.steps or DEFAULT_STEPS, ())
    choice = choose_recipe(panel, task, config, held, on_progress)
    return train_tested(panel, task, config, choice, on_progress)


def hold_back(
    panel: Panel, task: Task, *, windows: int | None = None, step: int | None = None
) -> Held | None:
    """Say which rows are for the backtest; None if too few would be left to train on."""
    windows = usual_windows(panel, task) if windows is None else windows
    step = task.horizon if step is None else step
    origins.check_windows(windows, step)
    back = (windows - 1) * step + task.horizon
    if not leaves_enough(panel, task, back):
        return None
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(panel, horizon=task.horizon, windows=windows, step=step, lags=behind)
    return Held(rows, tuple(range(back, task.horizon - 1, -step)))


def rows_of_window(panel: Panel, task: Task, window: int) -> NDArray[np.int64]:
    """Return the origins of one of `Held.windows`, [B]."""
    behind = origins.lags(panel, task.horizon)
    return origins.rolling(panel, horizon=window, windows=1, step=1, lags=behind)


def choose_recipe(
    panel: Panel, task: Task, config: TrainConfig, held: Held, on_progress: OnProgress
) -> Tested:
    """Choose width and steps on the rows before those of the backtest; nothing is trained yet."""
    found = _choose(_job(task, config), panel, held.windows[0], on_progress)
    return replace(found, rows=held.rows, windows=held.windows)


def train_tested(
    panel: Panel, task: Task, config: TrainConfig, choice: Tested, on_progress: OnProgress
) -> Tested:
    """Train what was chosen for the backtest; the seed may be another than it was chosen with."""
    window = choice.windows[0]
    return replace(
        choice, forecaster=train_before(panel, task, config, choice, window, on_progress)
    )


def train_before(
    panel: Panel,
    task: Task,
    config: TrainConfig,
    choice: Tested,
    window: int,
    on_progress: OnProgress,
) -> Forecaster:
    """Train what was chosen on all rows before one of `Held.windows`."""
    unseen = _rows_after(panel, task, window)
    watch = Watch("backtesting", on_progress)
    job = _job(task, config)
    forecaster = _train(job, panel, choice.recipe, choice.steps, watch, unseen=unseen)
    return _calibrated(forecaster, *choice.reach) if choice.reach else forecaster


def _rows_after(panel: Panel, task: Task, back: int) -> NDArray[np.int64]:
    """Count the rows of each item after a cutoff, so many rows before the newest time, [N]."""
    return np.maximum(back - origins.lags(panel, task.horizon), 0)


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
    device = choose_device(config.device)
    bfloat16 = takes_bfloat16(config.precision, device)
    machine = Machine(device, prepare(config.threads), bfloat16)
    choose_precision(device, config.hidden_size)
    return _Job(task, config, machine)


def _choose(job: _Job, panel: Panel, back: int, on_progress: OnProgress) -> Tested:
    """Race the candidates on the last rows of those known, if there are enough; say what won.

    Args:
        job: What is wanted.
        panel: The series.
        back: Rows from the first cutoff of the backtest to the end; none of them is read.
        on_progress: Told of every epoch.
    """
    task, config = job.task, job.config
    known = panel.truncated(_rows_after(panel, task, back))
    candidates = recipes(known, task, config)
    windows = usual_windows(known, task)
    if not leaves_enough(known, task, windows * task.horizon):
        return Tested(None, candidates[-1], config.steps or DEFAULT_STEPS, ())
    del known  # It is a copy, about as large as the panel.
    unseen = _rows_after(panel, task, back + windows * task.horizon)
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(
        panel, horizon=back + task.horizon, windows=windows, step=task.horizon, lags=behind
    )
    setting = make_setting(panel, task, candidates[0], config, job.machine, unseen=unseen)
    if config.calendar is None and setting.encoding.calendar:
        candidates = with_calendar(candidates)
    rungs = {recipe: _rungs(recipe, task, config) for recipe in candidates}
    watch = Watch("choosing", on_progress, sum(map(_steps_of, rungs.values())))
    trials = choose(setting, panel, rows, rungs, watch.count)
    best = cheapest(trials, task)
    assert best.reach is not None, "trials of a race have one"
    told = tuple(replace(trial, reach=None) for trial in trials)
    return Tested(None, best.recipe, best.steps, told, reach=(best.reach,))


def _train(
    job: _Job,
    panel: Panel,
    recipe: Recipe,
    steps: int,
    watch: Watch,
    *,
    unseen: int | NDArray[np.int64] = 0,
) -> Forecaster:
    """Train the ensemble on all rows of a panel, but for unseen ones at the end of items."""
    members = job.config.members
    setting = make_setting(panel, job.task, recipe, job.config, job.machine, unseen=unseen)
    watch.total = steps * members
    forecaster = train_members(setting, recipe, steps=steps, members=members, report=watch.count)
    return replace(forecaster, rounded=job.config.round)


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
