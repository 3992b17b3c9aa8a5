"""Networks, a prior and baselines: what each is worth on held-back rows, and their weights."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.panels.seasons import second_season
from forecast_rnn.evaluation.combination import best_weights, scaled_loss
from forecast_rnn.evaluation.worth import Worth, worths
from forecast_rnn.forecasting.combination import Combination
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.neural.heads.quantile import normal_score
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.parallel import side_by_side
from forecast_rnn.neural.pretraining.finetuning import (
    RUNGS,
    Tuning,
    fine_tune,
    material_of,
    seconds_per_step,
)
from forecast_rnn.neural.runtime import Machine
from forecast_rnn.prior.weights import AUTO, NONE, Prior, named_prior, shipped_cells

Unseen = int | NDArray[np.int64]
Values = NDArray[np.float64]

NETWORK, PRIOR, TUNED = "network", "prior", "fine-tuned prior"
BASELINES = ("ridge", "naive2")
"""What stands beside networks and priors."""
MOST_SERIES = 2_000
"""Of more series forecasts of the prior would take longer than it takes to train networks, which
then stand alone, unless a prior is named."""
MOST_SECONDS = 30.0
"""Of one core that one fine-tuning may take: fewer steps are tried where they take long."""
AS_GOOD = 1.005
"""Fewer steps are taken where more of them are no better than this much."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """How networks are combined with others.

    Attributes:
        prior: The pre-trained network.
        second_season: Rows in a longer season, 0 for none.
        steps: Of fine-tuning; 0 where the prior stays as it is.
        weights: Of the networks, of the prior, of the fine-tuned one if there are steps, and of
            the baselines.
        worth: What each was worth.
    """

    prior: Prior = field(repr=False)
    second_season: int
    steps: int
    weights: tuple[float, ...]
    worth: tuple[Worth, ...]


@dataclass(frozen=True, slots=True)
class Trainer:
    """What fine-tuning takes beside rows and steps.

    Attributes:
        task: What is forecast.
        seed: All randomness derives from it.
        machine: Where it runs.
    """

    task: Task
    seed: int
    machine: Machine

    def rungs(self, prior: Prior, panel: Panel, second: int) -> tuple[int, ...]:
        """Return the numbers of steps of fine-tuning that may be tried, beside none."""
        material = material_of(panel, self.task.season_length, second)
        each = seconds_per_step(prior.design, material, self.task.horizon)
        return tuple(steps for steps in RUNGS if steps * each <= MOST_SECONDS)

    def tuned(
        self,
        prior: Prior,
        panel: Panel,
        second: int,
        unseen: Sequence[Unseen],
        rungs: tuple[int, ...],
    ) -> list[dict[int, Prior]]:
        """Fine-tune a prior on all rows but those unseen, once for each of these, side by side.

        Returns:
            For each of `unseen` the prior after so many steps.
        """
        jobs = [partial(self._tune, prior, panel, second, rows, rungs) for rows in unseen]
        # One thread each: products are too small to be shared out.
        return side_by_side(jobs, self.machine.threads)

    def _tune(
        self,
        prior: Prior,
        panel: Panel,
        second: int,
        unseen: Unseen,
        rungs: tuple[int, ...],
        stop: Event,
    ) -> dict[int, Prior]:
        material = material_of(panel, self.task.season_length, second, unseen=unseen)
        tuning = Tuning(rungs=rungs, horizon=self.task.horizon, seed=self.seed)
        device = self.machine.device
        return dict(
            fine_tune(prior, material, tuning, device=device, stop=stop, report=lambda _: None)
        )


def prior_of(config: TrainConfig) -> Prior | None:
    """Return the prior that networks are combined with, None for none.

    A prior forecasts quantiles, so it goes with the head that does so; of a cell that no prior
    has been trained of, and for `none`, networks stand alone.

    Raises:
        BundleError: its file is damaged.
    """
    if config.prior == NONE or config.head != "quantile":
        return None
    if config.prior == AUTO and config.cell not in shipped_cells():
        return None
    return named_prior(config.prior, config.cell)


def stands_alone(config: TrainConfig, panel: Panel) -> bool:
    """Tell whether networks need no prior beside them, as there are very many series."""
    return config.prior == AUTO and len(panel.order) > MOST_SERIES


def choose_mixture(
    trainer: Trainer, prior: Prior, forecaster: Forecaster, panel: Panel, held: "Held"
) -> tuple[Mixture, Forecaster]:
    """Choose how far to fine-tune a prior, and by which weights it counts beside a network.

    Args:
        trainer: Fine-tunes.
        prior: As it is shipped.
        forecaster: A network that has seen as much as the prior may, not combined.
        panel: The series.
        held: Rows to choose by.

    Returns:
        What was chosen, and the network combined so.
    """
    task = trainer.task
    second = second_season(panel.truncated(held.unseen), task.season_length)
    rungs = trainer.rungs(prior, panel, second)
    (further,) = trainer.tuned(prior, panel, second, [held.unseen], rungs)
    tuned = {0: prior} | further
    sources = {
        steps: PriorSource(TUNED if steps else PRIOR, one, task, second)
        for steps, one in tuned.items()
    }
    scores = normal_scores(task)
    judge = _Judge(panel, held.rows, task)
    forecasts = {steps: one.values(panel, held.rows, scores) for steps, one in sources.items()}
    losses = {steps: judge.loss(values) for steps, values in forecasts.items()}
    best = min(losses.values())
    steps = next(steps for steps in sorted(losses) if not losses[steps] > AS_GOOD * best)
    combination = _combination(task, prior, tuned[steps], second, steps)
    of_networks = forecaster.values(panel, held.rows, scores)
    parts = [part[:, :-1] for part in combination.parts(panel, held.rows, scores, [of_networks])]
    measured = judge.measured()
    weights = best_weights(parts, *measured)
    worth = worths([NETWORK, *combination.names], weights, parts, measured)
    whole = replace(forecaster, combination=replace(combination, weights=weights))
    return Mixture(prior, second, steps, weights, worth), whole


def mixed(
    trainer: Trainer,
    mixture: Mixture,
    forecasters: Sequence[Forecaster],
    panel: Panel,
    unseen: Sequence[Unseen],
) -> list[Forecaster]:
    """Combine networks, each with a prior that is fine-tuned on the rows that it has seen."""
    prior, steps, second = mixture.prior, mixture.steps, mixture.second_season
    tuned = [{0: prior}] * len(unseen)
    if steps:
        tuned = trainer.tuned(prior, panel, second, unseen, (steps,))
    combinations = [_combination(trainer.task, prior, one[steps], second, steps) for one in tuned]
    return [
        replace(forecaster, combination=replace(combination, weights=mixture.weights))
        for forecaster, combination in zip(forecasters, combinations, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Held:
    """Rows to choose by.

    Attributes:
        rows: Origins, [B].
        unseen: Rows at the end of all items, or of each, [N], that training may not see.
    """

    rows: NDArray[np.int64]
    unseen: Unseen


def normal_scores(task: Task) -> Values:
    """Return the normal scores of the levels of a task, and 0, [1, Q + 1, 1]."""
    scores = [normal_score(level) for level in (*task.quantile_levels, 0.5)]
    return np.array(scores)[None, :, None]


def _combination(task: Task, prior: Prior, tuned: Prior, second: int, steps: int) -> Combination:
    priors = [PriorSource(PRIOR, prior, task, second)]
    if steps:
        priors.append(PriorSource(TUNED, tuned, task, second))
    baselines = tuple(BaselineSource(name, task) for name in BASELINES)
    count = 1 + len(priors) + len(baselines)
    return Combination(tuple(priors), baselines, (1 / count,) * count)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Scores forecasts of held-back rows whose last value of each step is the median again."""

    panel: Panel
    rows: NDArray[np.int64]
    task: Task

    def loss(self, values: Values) -> float:
        """Return the scaled loss of forecasts, [B, Q + 1, H]."""
        return scaled_loss(values[:, :-1], *self.measured())

    def measured(self) -> tuple[Values, Values, tuple[float, ...]]:
        """Return what came true, [B, H], the scale of each origin, [B], and the levels."""
        actual = outcomes(self.panel, self.rows, self.task.horizon)
        scale = error_scales(self.panel, self.rows, self.task.season_length)
        return actual, scale, self.task.quantile_levels
