"""What may be chosen from: candidates, and the rows before those of the backtest to judge by."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.holdout import leaves_enough, rows_after, usual_windows
from forecast_rnn.neural.fitting.recipe import Recipe, recipes, with_calendar, work_per_step
from forecast_rnn.neural.fitting.selection import RUNGS, thinned
from forecast_rnn.neural.fitting.setting import Setting, make_setting
from forecast_rnn.neural.fitting.training import Schedule
from forecast_rnn.neural.runtime import Machine

DEFAULT_STEPS = 200
"""Steps where the series are too short to choose by."""
MOST_WORK = 4.0e11
"""Multiplications that one candidate may cost: what keeps a default run near a minute."""


@dataclass(frozen=True, slots=True)
class Race:
    """What may be chosen from.

    Attributes:
        rungs: The candidates, each with the numbers of steps that it may try.
        setting: What they are trained on; None where there are too few rows to choose by.
        rows: Origins to choose by, [B].
        unseen: Rows at the end of each item that training may not see then, [N].
    """

    rungs: dict[Recipe, tuple[int, ...]]
    setting: Setting | None = None
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    unseen: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def first(self) -> tuple[Recipe, int]:
        """The first candidate, and the fewest steps that it may try."""
        recipe = next(iter(self.rungs))
        return recipe, self.rungs[recipe][0]

    @property
    def steps(self) -> int:
        """The steps that climbing all rungs takes."""
        return sum(map(_steps_of, self.rungs.values()))

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose."""
        return sum(map(len, self.rungs.values())) > 1


def race_of(panel: Panel, task: Task, config: TrainConfig, machine: Machine, back: int) -> Race:
    """Say what may be chosen from on the last rows of those known, if there are enough.

    Args:
        panel: The series.
        task: What is forecast.
        config: What the user wants.
        machine: Where training runs.
        back: Rows from the first cutoff of the backtest to the end; none of them is read.
    """
    known = panel.truncated(rows_after(panel, task, back))
    candidates = recipes(known, task, config)
    windows = usual_windows(known, task)
    if not leaves_enough(known, task, windows * task.horizon):
        steps = (config.steps or DEFAULT_STEPS,)
        return Race({candidates[-1]: steps})
    del known  # It is a copy, about as large as the panel.
    unseen = rows_after(panel, task, back + windows * task.horizon)
    behind = origins.lags(panel, task.horizon)
    rows = origins.rolling(
        panel, horizon=back + task.horizon, windows=windows, step=task.horizon, lags=behind
    )
    setting = make_setting(panel, task, candidates[0], config, machine, unseen=unseen)
    if config.calendar is None and setting.encoding.calendar:
        candidates = with_calendar(candidates)
    rungs = {recipe: _rungs(recipe, task, config) for recipe in candidates}
    return Race(rungs, setting, thinned(rows), unseen)


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
