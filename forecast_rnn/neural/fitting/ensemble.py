"""Ensembles of networks, all of them trained side by side."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from threading import Event

from forecast_rnn.neural.fitting.recipe import Recipe
from forecast_rnn.neural.fitting.setting import Setting
from forecast_rnn.neural.fitting.training import Epoch, Learner, Sampler, Schedule, epochs, follow
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.network import Network
from forecast_rnn.neural.parallel import side_by_side


@dataclass(frozen=True, slots=True)
class Plan:
    """An ensemble that is to be trained.

    Attributes:
        setting: The rows that its networks may see.
        recipe: What these are like.
        steps: How long each is trained.
        members: How many there are; they differ by their seed.
    """

    setting: Setting
    recipe: Recipe
    steps: int
    members: int


@dataclass(frozen=True, slots=True)
class Ensemble:
    """An ensemble that was trained.

    Attributes:
        forecaster: Its networks, with all it takes to use them.
        curve: The steps taken, and the mean loss of the networks then.
    """

    forecaster: Forecaster
    curve: tuple[tuple[int, float], ...]


def train_ensembles(plans: Sequence[Plan], report: Callable[[Epoch], None]) -> list[Ensemble]:
    """Train the networks of several ensembles side by side; none depends on another.

    Args:
        plans: What to train, on the same machine.
        report: Told of every epoch of every network, from several threads.

    Raises:
        TrainingError: one of them diverged; the others end early.
    """
    if not plans:
        return []
    jobs = [
        partial(
            _train,
            plan,
            plan.setting.learner(plan.recipe, member),
            plan.setting.sampler(plan.recipe, member),
            report,
        )
        for plan in plans
        for member in range(plan.members)
    ]
    widest = max(plan.recipe.model.hidden_size for plan in plans)
    threads = plans[0].setting.machine.threads
    trained = iter(side_by_side(jobs, threads, hidden_size=widest))
    return [_joined(plan, list(islice(trained, plan.members))) for plan in plans]


def _train(
    plan: Plan, learner: Learner, sampler: Sampler, report: Callable[[Epoch], None], stop: Event
) -> tuple[Network, list[Epoch]]:
    schedule = Schedule(plan.recipe.learning_rate, plan.steps)
    records = epochs(learner, sampler, schedule, stop=plan.steps)
    return learner.network, follow(records, stop, report)


def _joined(plan: Plan, trained: list[tuple[Network, list[Epoch]]]) -> Ensemble:
    networks, histories = zip(*trained, strict=True)
    curve = tuple(
        (same[0].steps, math.fsum(epoch.loss for epoch in same) / len(same))
        for same in zip(*histories, strict=True)
    )
    return Ensemble(plan.setting.forecaster(plan.recipe, networks), curve)
