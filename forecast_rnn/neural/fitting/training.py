"""Training as a generator of records: what stops it is ordinary code around it."""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Event

import torch
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.errors import TrainingError
from forecast_rnn.neural.network.batch import Table, gather
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import Network, build_network
from forecast_rnn.neural.optimizer import Optimizer, start_optimizer, take_step
from forecast_rnn.neural.scaling.units import Units

STEPS_PER_EPOCH = 10
GRADIENT_CLIP = 1.0
WARM_UP = 30
DECAY_SHARE = 0.3
MOST_FAILURES = 8


@dataclass(frozen=True, slots=True)
class Schedule:
    """Learning rate that warms up, stays, and falls to zero over the last part.

    Warm-up, stable, decay: Hägele et al. (2024), https://arxiv.org/abs/2405.18392, with
    their 1 - sqrt fall. Runs of all lengths share the stable part, so one run tries
    many lengths for the price of their ends.

    Attributes:
        peak: Learning rate of the stable part.
        total: Steps after which the rate is zero, or None for no end.
    """

    peak: float
    total: int | None = None

    @property
    def decay_start(self) -> int:
        """The first step of the fall."""
        assert self.total is not None
        return math.floor(self.total * (1 - DECAY_SHARE))

    def rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        if self.total is not None and step >= self.decay_start:
            share = (step - self.decay_start) / (self.total - self.decay_start)
            return self.peak * (1 - math.sqrt(share))
        return self.peak * min(1.0, (step + 1) / WARM_UP)


@dataclass(frozen=True, slots=True)
class Epoch:
    """What happened in the last few steps; NaN if all of them were skipped.

    Attributes:
        steps: Optimisation steps taken so far.
        taken: Those of this epoch.
        loss: Mean loss of the epoch.
        gradient_norm: Mean norm of the gradient before clipping.
    """

    steps: int
    taken: int
    loss: float
    gradient_norm: float


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws crops; what it draws at a step depends on `(seed, step)` alone.

    Attributes:
        table: The panel on its device.
        model: Gives the reach of a crop.
        task: What is forecast.
        batch_size: Crops to draw, B.
        seed: Seed of the draws.
    """

    table: Table
    model: ModelConfig
    task: Task
    batch_size: int
    seed: int

    def draw(self, step: int) -> tuple[Tensor, Tensor]:
        """Return items [B] and the rows [B] at which their crops end.

        A series shorter than a crop ends within a stride of its end, so that every
        row becomes an origin; a longer one ends anywhere.
        """
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        first, end = self.table.first, self.table.end
        # At least one row to read, and one after the origin to learn from.
        usable = torch.nonzero(end - first >= 2).squeeze(1)
        pick = torch.randint(len(usable), (self.batch_size,), generator=generator)
        where = torch.rand(self.batch_size, generator=generator)
        items = usable[pick.to(usable.device)]
        length = end[items] - first[items]
        reach = (self.model.context_steps - 1) * self.model.stride + self.model.window_length
        # How many origins there are to draw from, counted back from the last but one row, after
        # which there is still a row to learn from: those at the end of a whole crop, and those up
        # to a stride before them.
        ends = (length - reach - 1).clamp(min=0) + (length - 1).clamp(max=self.model.stride)
        back = (where.to(items.device) * ends).long()
        return items, end[items] - 2 - back


@dataclass(slots=True)
class Learner:
    """A network in training.

    Attributes:
        network: Its weights.
        optimizer: Its weights, and running means of their gradients.
        steps: Those taken so far.
        failures: Those at which the loss was not finite.
        bfloat16: Whether a step multiplies in it; weights and gradients are float32.
    """

    network: Network
    optimizer: Optimizer
    steps: int = 0
    failures: int = 0
    bfloat16: bool = False

    def fork(self) -> "Learner":
        """Return a copy that trains independently."""
        self.network.zero_grad(set_to_none=True)  # so that there are no two copies of gradients
        network = copy.deepcopy(self.network)
        return replace(self, network=network, optimizer=self.optimizer.fork(network.parameters()))


def make_learner(
    model: ModelConfig, task: Task, encoding: Encoding, *, seed: int, device: torch.device
) -> Learner:
    """Start a network; in one thread at a time, for it draws from torch's global generator."""
    network = build_network(model, task, encoding, seed).to(device)
    return Learner(network, start_optimizer(network.parameters()))


def epochs(learner: Learner, sampler: Sampler, schedule: Schedule, *, stop: int) -> Iterator[Epoch]:
    """Train up to a number of steps and report every few of them.

    Raises:
        TrainingError: loss or gradient was not finite again and again.
    """
    learner.network.train()
    while learner.steps < stop:
        last = min(stop, learner.steps + STEPS_PER_EPOCH)
        records = [_train_step(learner, sampler, schedule) for _ in range(learner.steps, last)]
        taken = [record for record in records if record is not None] or [(math.nan, math.nan)]
        loss, norm = (math.fsum(column) / len(taken) for column in zip(*taken, strict=True))
        yield Epoch(learner.steps, len(records), loss, norm)


def _train_step(
    learner: Learner, sampler: Sampler, schedule: Schedule
) -> tuple[float, float] | None:
    """Take one optimisation step; return loss and gradient norm, or None if it was skipped."""
    items, rows = sampler.draw(learner.steps)
    batch = gather(sampler.table, items, rows, model=sampler.model, task=sampler.task)
    network = learner.network
    units = Units(batch.scale, sampler.table.transform)
    with torch.autocast(rows.device.type, torch.bfloat16, enabled=learner.bfloat16):
        parameters = network(batch)
    loss = network.head.loss(parameters, batch.target, batch.observed, units)
    del parameters, batch  # backward keeps only part of these; free the rest
    network.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    norm = nn.utils.clip_grad_norm_(network.parameters(), GRADIENT_CLIP)
    rate = schedule.rate(learner.steps) * 0.5**learner.failures
    learner.steps += 1
    if not bool(norm.isfinite() & loss.isfinite()):
        _count_failure(learner, rate)
        return None
    take_step(learner.optimizer, rate)
    return float(loss.detach()), float(norm)


def _count_failure(learner: Learner, rate: float) -> None:
    """Leave the weights as they are and halve the learning rate from here on."""
    learner.failures += 1
    if learner.failures > MOST_FAILURES:
        raise TrainingError(
            f"training diverged: the loss was not finite {learner.failures} times up to step "
            f"{learner.steps}, last at learning rate {rate:.2g}. "
            "Check the data for extreme values, or pass a smaller --learning-rate."
        )


def follow(records: Iterable[Epoch], stop: Event, report: Callable[[Epoch], None]) -> list[Epoch]:
    """Consume a training, and end it early once another job has failed.

    Returns:
        What was reported.
    """
    reported = []
    for record in records:
        report(record)
        reported.append(record)
        if stop.is_set():
            break
    return reported
