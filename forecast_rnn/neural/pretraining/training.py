"""Training as a generator of records that goes on from a checkpoint as if it had never stopped."""

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from forecast_rnn.neural.optimizer import Optimizer, start_optimizer, take_step
from forecast_rnn.neural.pretraining.network import Asked, PriorNetwork
from forecast_rnn.neural.pretraining.own import Own, draw_batch
from forecast_rnn.neural.pretraining.windows import Sample
from forecast_rnn.prior.design import QUANTILE_LEVELS, Design
from forecast_rnn.prior.weights import Prior

GRADIENT_CLIP = 1.0
WARM_UP = 200
FALL = 0.4
"""Share of the steps after which the learning rate begins to fall."""

LAST = 0.01
"""What is left of it in the end."""

AVERAGED = 0.999
"""What an average of the weights keeps at each step."""

FLAT = 10.0
"""Error, in units of the seasonal naive's, beyond which it grows as a logarithm."""

RECORD = 100
"""Steps that a record tells of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A training run.

    Attributes:
        steps: Steps in all.
        rate: Highest learning rate.
        seed: All randomness derives from it.
        like: The sha256 of the prior it began from; empty for none.
        own: The sha256 of the own series among the simulated ones; empty for none.
        share: Of the batches that are drawn from these.
    """

    steps: int
    rate: float = 2e-3
    seed: int = 0
    like: str = ""
    own: str = ""
    share: float = 0.0

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0: warm-up, level, half a cosine."""
        if step < WARM_UP:
            return self.rate * (step + 1) / WARM_UP
        begin = FALL * self.steps
        share = max(0.0, (step - begin) / max(1.0, self.steps - begin))
        return self.rate * (LAST + (1 - LAST) * (1 + math.cos(math.pi * min(1.0, share))) / 2)


@dataclass(slots=True)
class Pupil:
    """A network in training.

    Attributes:
        network: Its weights.
        average: Their running average, which is what is used in the end.
        optimizer: What is remembered of gradients.
        steps: Those taken.
    """

    network: PriorNetwork
    average: PriorNetwork
    optimizer: Optimizer
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """What happened in the last steps.

    Attributes:
        steps: Those taken so far.
        loss: Mean of them.
        gradient_norm: Mean norm of the gradient before clipping.
        rate: The last learning rate.
    """

    steps: int
    loss: float
    gradient_norm: float
    rate: float


def start(design: Design, seed: int, like: Prior | None = None) -> Pupil:
    """Start a network; torch's own generator is left as it was.

    Args:
        design: Its sizes.
        seed: Of its first weights.
        like: Another prior, of any cell, whose weights it takes where they fit.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = PriorNetwork(design)
    if like is not None:
        _take_over(network, like)
    average = copy.deepcopy(network).requires_grad_(requires_grad=False)
    return Pupil(network, average, start_optimizer(network.parameters()))


@torch.no_grad()
def _take_over(network: PriorNetwork, like: Prior) -> None:
    for name, part in network.named_parameters():
        other = like.weights.get(name)
        if other is not None and other.shape == part.shape:
            part.copy_(torch.from_numpy(other.copy()))


def records(pupil: Pupil, plan: Plan, own: Own | None = None) -> Iterator[Record | None]:
    """Train up to the last step of the plan; yield after each step.

    Every hundred steps a record of them is yielded, and None otherwise. The loss of a record
    is that of the steps since this began where those are fewer.
    """
    taken: list[tuple[float, float]] = []
    while pupil.steps < plan.steps:
        rate = plan.rate_at(pupil.steps)
        taken.append(train_step(pupil, draw_batch(plan.seed, pupil.steps, own), rate))
        if pupil.steps % RECORD and pupil.steps < plan.steps:
            yield None
            continue
        loss, norm = (math.fsum(column) / len(taken) for column in zip(*taken, strict=True))
        yield Record(pupil.steps, loss, norm, rate)
        taken = []


def train_step(pupil: Pupil, sample: Sample, rate: float) -> tuple[float, float]:
    """Take one step; return loss and norm of the gradient. One that is not finite is left out."""
    found, norm, taken = descend(pupil.network, pupil.optimizer, sample, rate)
    pupil.steps += 1
    if taken:
        _follow(pupil)
    return found, norm


def descend(
    network: PriorNetwork, optimizer: Optimizer, sample: Sample, rate: float
) -> tuple[float, float, bool]:
    """Move weights against the gradient of a batch, unless that is not finite.

    Returns:
        The loss, the norm of the gradient before clipping, and whether weights were moved.
    """
    network.zero_grad(set_to_none=True)
    device = network.trust.device
    quantiles = network(torch.from_numpy(sample.read).to(device), asked(sample, device))
    found = loss(quantiles, sample)
    found.backward()  # type: ignore[no-untyped-call]
    norm = nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_CLIP)
    finite = bool(norm.isfinite() & found.isfinite())
    if finite:
        take_step(optimizer, rate)
    return float(found.detach()), float(norm), finite


def asked(sample: Sample, device: torch.device | None = None) -> Asked:
    """Return what a sample asks of the head as tensors."""
    lead = sample.origins.shape
    steps = sample.steps
    trials, told, ahead, usable = (
        torch.from_numpy(part.reshape(*lead, *part.shape[1:])).to(device)
        for part in (steps.trials, steps.told, steps.ahead, steps.usable)
    )
    return Asked(torch.from_numpy(sample.origins).to(device), trials, told, ahead, usable)


def loss(quantiles: Tensor, sample: Sample) -> Tensor:
    """Return the mean quantile loss in units of the seasonal naive's error, flat beyond ten.

    Koenker and Bassett (1978), https://doi.org/10.2307/1913643; times two, so that of the
    median it is the absolute error.
    """
    device = quantiles.device
    levels = torch.tensor(QUANTILE_LEVELS, device=device)
    weight = torch.from_numpy(sample.weight).to(device).unsqueeze(-1)
    target = torch.from_numpy(sample.target).to(device)
    error = (target.unsqueeze(-1) - quantiles) * weight
    size = error.abs()
    beyond = FLAT * (1 + (size.clamp(min=FLAT) / FLAT).log())
    error = torch.where(size > FLAT, error.sign() * beyond, error)
    each = 2 * torch.maximum(levels * error, (levels - 1) * error)
    return each.mean(-1).sum() / (weight > 0).sum().clamp(min=1)


@torch.no_grad()
def _follow(pupil: Pupil) -> None:
    """Move the average towards the weights; in the beginning it follows them closely."""
    keep = min(AVERAGED, (1 + pupil.steps) / (10 + pupil.steps))
    for mean, weight in zip(pupil.average.parameters(), pupil.network.parameters(), strict=True):
        mean.lerp_(weight, 1 - keep)
