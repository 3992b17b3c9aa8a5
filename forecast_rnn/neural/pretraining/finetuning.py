"""Training a prior further on the series of one file.

It is a known way to a better forecast (Howard and Ruder, 2018, ULMFiT,
https://arxiv.org/abs/1801.06146): first the head alone, then all weights, few steps, and a
rate that falls. How many steps are best differs from file to file, so the weights after
several numbers of them are returned for held-back rows to decide.
"""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event

import numpy as np
import torch
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.neural.optimizer import Optimizer, start_optimizer
from forecast_rnn.neural.pretraining.crops import Material, draw_crops, usual_size
from forecast_rnn.neural.pretraining.network import PriorNetwork, network_of
from forecast_rnn.neural.pretraining.training import descend
from forecast_rnn.prior.design import Design
from forecast_rnn.prior.weights import Prior, shapes
from forecast_rnn.prior.zeroshot import Flat

RUNGS = (50, 150)
RATE = 5e-4
HEAD_STEPS = 200
"""Steps in the beginning that change the head alone.

Tried on the last rows of the training part of public sets, with a prior of 3,400 steps: by 150
steps of the head alone and of all weights, its error became, of hourly M4 .933 and .939, monthly
M1 .972 and .975, hospital 1.023 and 1.040, daily births .923 and .925, quarterly tourism .927 and
.921. 400 steps of all weights lost again (M4 .949, births .959), those of the head did not (M4
.932, M1 .970), and those of all weights from the 200th on lost little (M4 .934, tourism .936). So
the rungs are of the head alone, which takes three fifths of the time, and end where more steps
hardly paid. 50 steps bring half of the gain, and do less harm where there is none. Twice the rate
was no better (tourism .921).
"""

WARM_UP = 10
FALL = 0.6
"""Share of the steps of a rung over which its rate falls."""

PER_SECOND = 2e10
"""Multiplications that one core does in a second of training, about."""

FIXED_SECONDS = 0.01
SECONDS_PER_ROW = 6e-6
"""What drawing a batch takes, and each row of it besides the network."""

BODY = ("embed", "layers", "norm")
"""Parts of the network that are not its head."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """How far and how fast a prior is trained further.

    Attributes:
        rungs: Numbers of steps after which the weights are wanted, increasing.
        horizon: Steps that are to be forecast, H.
        rate: Highest learning rate.
        head_steps: Steps in the beginning that change the head alone.
        seed: All randomness derives from it.
    """

    rungs: tuple[int, ...] = RUNGS
    horizon: int
    rate: float = RATE
    head_steps: int = HEAD_STEPS
    seed: int = 0

    def rate_at(self, step: int, rung: int | None = None) -> float:
        """Return the rate of a step, counted from 0: warm-up, level, half a cosine to zero.

        Args:
            step: Which.
            rung: The number of steps at which it is to be zero; None for no fall.
        """
        rate = self.rate * min(1.0, (step + 1) / WARM_UP)
        begin = fall_begins(rung) if rung else step
        if step <= begin or rung is None:
            return rate
        return rate * (1 + math.cos(math.pi * (step - begin) / (rung - begin))) / 2


def fall_begins(rung: int) -> int:
    """Return the step, counted from 0, after which the rate of a rung falls."""
    return math.floor(rung * (1 - FALL))


@dataclass(slots=True)
class _Learner:
    """A network in training.

    Attributes:
        network: Its weights.
        optimizer: What is remembered of gradients.
        steps: Those taken.
    """

    network: PriorNetwork
    optimizer: Optimizer
    steps: int = 0

    def fork(self) -> "_Learner":
        """Return a copy that goes its own way."""
        self.network.zero_grad(set_to_none=True)
        network = copy.deepcopy(self.network)
        return _Learner(network, self.optimizer.fork(network.parameters()), self.steps)


def material_of(
    panel: Panel, season: int, second_season: int = 0, *, unseen: int | NDArray[np.int64] = 0
) -> Material:
    """Return what may be learnt from a panel.

    Args:
        panel: The series.
        season: Rows in a season, 1 for none.
        second_season: Rows in a longer season, 0 for none.
        unseen: How many of the last rows are held back, of all items or of each, [N]; they
            are not even kept.
    """
    known = panel.truncated(unseen)
    return Material.of(Flat(known.values, known.indptr, season, second_season))


def fine_tune(
    prior: Prior,
    material: Material,
    tuning: Tuning,
    *,
    device: torch.device,
    stop: Event,
    report: Callable[[float], None],
) -> Iterator[tuple[int, Prior]]:
    """Train a copy of a prior on series; yield it after each number of steps.

    One training serves all: at each number of steps a copy of it ends with a rate that falls
    to zero (Hägele et al., 2024, https://arxiv.org/abs/2405.18392). Neither torch's generator
    nor its settings are touched; on one thread the same arguments give the same bytes.

    Args:
        prior: Where to begin; it is left as it is.
        material: Nothing else is read. Without series, the prior is yielded as it is.
        tuning: How far and how fast.
        device: What computes.
        stop: Looked at after every step; once it is set, nothing more is yielded.
        report: Told the loss of every step.

    Yields:
        A number of steps and the prior after them; after none it is the prior itself.
    """
    network = network_of(prior).to(device)
    trunk = _Learner(network, start_optimizer(network.parameters()))
    for rung in tuning.rungs:
        if not rung or not len(material.length):
            yield rung, prior
            continue
        trunk_steps = _steps(trunk, material, tuning, until=fall_begins(rung))
        if not _followed(trunk_steps, stop, report):
            return
        branch = trunk.fork()
        if not _followed(_steps(branch, material, tuning, until=rung, rung=rung), stop, report):
            return
        yield rung, _as_prior(prior, branch)


def seconds_per_step(
    design: Design, material: Material, horizon: int, *, head_alone: bool = False
) -> float:
    """Return about what a step takes on one core; it depends on no clock.

    Args:
        design: Of the network.
        material: What it is trained on; without series a step takes no time.
        horizon: Steps that are to be forecast.
        head_alone: Whether the other weights stay as they are.
    """
    if not len(material.length):
        return 0.0
    rows, steps = usual_size(material, horizon)
    sizes = {name: math.prod(shape) for name, shape in shapes(design).items()}
    body = sum(size for name, size in sizes.items() if name.startswith(BODY))
    head = sum(size for name, size in sizes.items() if name.startswith(("step", "middle", "out")))
    # The way back costs two times the way forwards.
    products = (1 if head_alone else 3) * rows * body + 3 * steps * head
    return FIXED_SECONDS + SECONDS_PER_ROW * rows + products / PER_SECOND


def seconds_in_all(design: Design, material: Material, tuning: Tuning) -> float:
    """Return about what `fine_tune` takes on one core; it depends on no clock."""
    rungs = [rung for rung in tuning.rungs if rung]
    runs = [range(fall_begins(rung), rung) for rung in rungs]
    runs += [range(max(map(fall_begins, rungs), default=0))]
    alone = sum(step < tuning.head_steps for run in runs for step in run)
    each = [
        seconds_per_step(design, material, tuning.horizon, head_alone=flag)
        for flag in (True, False)
    ]
    return alone * each[0] + (sum(map(len, runs)) - alone) * each[1]


def _steps(
    learner: _Learner,
    material: Material,
    tuning: Tuning,
    *,
    until: int,
    rung: int | None = None,
) -> Iterator[float]:
    """Train up to a number of steps; yield the loss of each."""
    while learner.steps < until:
        step = learner.steps
        sample = draw_crops(material, horizon=tuning.horizon, seed=tuning.seed, step=step)
        _free_body(learner.network, step >= tuning.head_steps)
        rate = tuning.rate_at(step, rung)
        loss, _, _ = descend(learner.network, learner.optimizer, sample, rate)
        learner.steps += 1
        yield loss


def _free_body(network: PriorNetwork, free: bool) -> None:
    """Say whether gradients reach what comes before the head; a step is cheaper without."""
    for name, weight in network.named_parameters():
        weight.requires_grad_(free or not name.startswith(BODY))


def _followed(losses: Iterator[float], stop: Event, report: Callable[[float], None]) -> bool:
    """Report losses until there are no more, or return false once it is to stop."""
    for loss in losses:
        report(loss)
        if stop.is_set():
            return False
    return not stop.is_set()


def _as_prior(prior: Prior, learner: _Learner) -> Prior:
    weights = {
        name: part.detach().to("cpu", copy=True).numpy()
        for name, part in learner.network.state_dict().items()
    }
    return Prior(prior.design, weights, {**prior.manifest, "tuned_steps": learner.steps})
