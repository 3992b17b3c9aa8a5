"""AdamW as a function: the class of torch takes a second to load a compiler that nothing uses."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

WEIGHT_DECAY = 0.01
MEAN_DECAY, SQUARE_DECAY = 0.9, 0.999
EPSILON = 1e-8


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Weights, and what is remembered of their gradients; all are changed in place.

    Attributes:
        weights: What is trained.
        means: Running mean of the gradient of each.
        squares: Running mean of its square.
        counts: How many gradients each has had.
    """

    weights: tuple[nn.Parameter, ...]
    means: tuple[Tensor, ...]
    squares: tuple[Tensor, ...]
    counts: tuple[Tensor, ...]

    def fork(self, weights: Iterable[nn.Parameter]) -> "Optimizer":
        """Return a copy for copies of the weights."""
        copies = (
            tuple(tensor.clone() for tensor in tensors)
            for tensors in (self.means, self.squares, self.counts)
        )
        means, squares, counts = copies
        return Optimizer(tuple(weights), means, squares, counts)


def start_optimizer(weights: Iterable[nn.Parameter]) -> Optimizer:
    """Remember nothing yet."""
    weights = tuple(weights)
    return Optimizer(
        weights,
        means=tuple(torch.zeros_like(weight) for weight in weights),
        squares=tuple(torch.zeros_like(weight) for weight in weights),
        counts=tuple(torch.zeros((), device=weight.device) for weight in weights),
    )


@torch.no_grad()
def take_step(optimizer: Optimizer, rate: float) -> None:
    """Take a step against the gradients; a weight without one stays as it is.

    Loshchilov and Hutter (2019), https://arxiv.org/abs/1711.05101, with the numbers that are
    usual in torch.
    """
    there = [place for place, weight in enumerate(optimizer.weights) if weight.grad is not None]
    adamw(
        [optimizer.weights[place] for place in there],
        [gradient for weight in optimizer.weights if (gradient := weight.grad) is not None],
        [optimizer.means[place] for place in there],
        [optimizer.squares[place] for place in there],
        [],
        [optimizer.counts[place] for place in there],
        fused=True,
        amsgrad=False,
        beta1=MEAN_DECAY,
        beta2=SQUARE_DECAY,
        lr=rate,
        weight_decay=WEIGHT_DECAY,
        eps=EPSILON,
        maximize=False,
    )
