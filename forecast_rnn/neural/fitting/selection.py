"""Width and length of training, chosen on windows that training has not seen."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.neural.fitting.kinds import FITTINGS
from forecast_rnn.neural.fitting.recipe import Recipe, work_per_step
from forecast_rnn.neural.fitting.setting import Setting
from forecast_rnn.neural.fitting.training import Epoch, Learner, Sampler, Schedule, epochs, follow
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.network import Network
from forecast_rnn.neural.parallel import side_by_side

Values = NDArray[np.float64]

RUNGS = (100, 200, 400, 800, 1600)
SURVIVORS = (3, 2, 1)
"""Candidates that go on after each rung; the last number holds for all rungs to come."""
HOPELESS = 1.03
"""A candidate whose best is this much worse than another's is given up."""
PAST = 1.01
"""A candidate whose score is this much worse than its best has had enough steps."""
AS_GOOD = 1.01
"""A trial whose score is no more than this much worse than the best is as good."""
MOST_ORIGINS = 3000


@dataclass(frozen=True, slots=True)
class Trial:
    """A recipe and a length of training that were tried.

    Attributes:
        recipe: The network and its training.
        steps: The length.
        score: The scaled loss of held-back rows: less is better.
        conformity: How far outcomes of these rows were from forecasts; None where it is of no
            use any more, as it takes a megabyte.
        forecaster: The network; None like `conformity`.
    """

    recipe: Recipe
    steps: int
    score: float
    conformity: ConformityScores | None
    forecaster: Forecaster | None = dataclasses.field(default=None, repr=False, compare=False)


@dataclass(slots=True, eq=False)
class Candidate:
    """A recipe on its way up the rungs."""

    recipe: Recipe
    learner: Learner
    sampler: Sampler
    trials: list[Trial] = dataclasses.field(default_factory=list)

    @property
    def best(self) -> float:
        """The best score so far."""
        return min((trial.score for trial in self.trials), default=math.inf)

    def past_its_best(self) -> bool:
        """Tell whether more steps have begun to do harm."""
        return bool(self.trials) and self.trials[-1].score > PAST * self.best


def thinned(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return origins enough to score a trial by, evenly out of all, [B]."""
    return rows[:: max(1, math.ceil(len(rows) / MOST_ORIGINS))]


def choose(
    setting: Setting,
    panel: Panel,
    rows: NDArray[np.int64],
    rungs: dict[Recipe, tuple[int, ...]],
    report: Callable[[Epoch], None],
) -> list[Trial]:
    """Race the recipes up the rungs of more and more steps; return all trials.

    Fewer and fewer go on, as in successive halving: Jamieson and Talwalkar (2016),
    https://arxiv.org/abs/1502.07943.

    Args:
        setting: What the candidates are trained on.
        panel: The same series with the rows to validate on after those.
        rows: Origins in it, after which training has seen nothing, [B].
        rungs: The candidates, each with the numbers of steps that it may try.
        report: Told of every epoch.
    """
    alive = [
        Candidate(recipe, setting.learner(recipe, 0), setting.sampler(recipe, 0))
        for recipe in rungs
    ]
    raced = [one.trials for one in alive]  # of those as well that are given up on the way
    for rung in range(max(map(len, rungs.values()))):
        alive = [one for one in alive if rung < len(rungs[one.recipe])]
        if not alive:
            break
        jobs = [partial(_climb, one, rungs[one.recipe][rung], report) for one in alive]
        widest = max(one.recipe.model.hidden_size for one in alive)
        networks = side_by_side(jobs, setting.machine.threads, hidden_size=widest)
        for one in alive:
            forecaster = setting.forecaster(one.recipe, (networks.pop(0),))
            score, conformity = assess(forecaster, panel, rows)
            steps = rungs[one.recipe][rung]
            one.trials.append(Trial(one.recipe, steps, score, conformity, forecaster))
        leader = min(trial.score for trials in raced for trial in trials)
        for trials in raced:
            trials[:] = [_slimmed(trial, leader) for trial in trials]
        alive = _survivors(alive, leader, rung)
    return [trial for trials in raced for trial in trials]


def _slimmed(trial: Trial, leader: float) -> Trial:
    """Return a trial without its network if it is too bad for `cheapest` to return it."""
    return trial if trial.score <= AS_GOOD * leader else slim(trial)


def slim(trial: Trial) -> Trial:
    """Return a trial without what takes memory."""
    return replace(trial, conformity=None, forecaster=None)


def cheapest(trials: Sequence[Trial], task: Task) -> Trial:
    """Return the trial with the least work among those that are as good as the best.

    Held-back windows are few, so a small lead says little; the smaller network is then
    the safer one, as in the one-standard-error rule of Breiman et al. (1984).
    """
    best = min(trial.score for trial in trials)
    good = [trial for trial in trials if trial.score <= AS_GOOD * best]
    return min(good, key=lambda trial: trial.steps * work_per_step(trial.recipe, task))


def _survivors(alive: list[Candidate], leader: float, rung: int) -> list[Candidate]:
    """Return the candidates that are worth more steps, in the order they came."""
    hopeful = [one for one in alive if not one.past_its_best() and one.best <= HOPELESS * leader]
    places = SURVIVORS[min(rung, len(SURVIVORS) - 1)]
    kept = sorted(hopeful, key=lambda one: one.best)[:places]
    return [one for one in hopeful if one in kept]


def _climb(
    candidate: Candidate, steps: int, report: Callable[[Epoch], None], stop: Event
) -> Network:
    """Train on to the next rung, and end a copy of the training there."""
    peak = candidate.recipe.learning_rate
    schedule = Schedule(peak, steps)
    trunk = epochs(candidate.learner, candidate.sampler, Schedule(peak), stop=schedule.decay_start)
    follow(trunk, stop, report)
    branch = candidate.learner.fork()
    follow(epochs(branch, candidate.sampler, schedule, stop=steps), stop, report)
    return branch.network


def assess(
    forecaster: Forecaster, panel: Panel, rows: NDArray[np.int64]
) -> tuple[float, ConformityScores]:
    """Return the scaled loss of forecasts, and how far outcomes were from them.

    Of classes it is the log loss, and how probable each was.
    The loss is twice the pinball loss of all quantiles over the seasonal-naive error; for the
    median alone this is the mean absolute scaled error. A mean over the origins at which both
    can be measured; infinite where there are none.

    Args:
        forecaster: Trained on nothing after the first of the origins.
        panel: The series, with the rows after the origins.
        rows: Origins, [B].
    """
    return FITTINGS[forecaster.task.kind].assess(forecaster, panel, rows)
