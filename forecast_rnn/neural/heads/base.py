"""The contract of a head: parameters and their loss; and quantiles, of a head for values."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.scaling.units import Units

START_SPREAD = 0.6
"""Standard deviation of an untrained forecast, in sizes of the window."""
LEAST_SPREAD = 1e-3
"""A spread cannot get smaller: a density grows without bound where nothing moves."""


class Head(nn.Module, ABC):
    """From hidden values to the parameters of a forecast for every step of the horizon.

    A head corrects a starting point. Its last layer starts at zero, so training starts
    from that point with the spread that the bias gives.

    Args:
        inputs: Width of the hidden values, C.
        hidden_size: Width of the hidden layer, D.
        horizon: Steps to forecast, H.
        bias: What the last layer emits at the start, one number a parameter, P.
    """

    def __init__(
        self, inputs: int, hidden_size: int, *, horizon: int, bias: Sequence[float] | Tensor
    ) -> None:
        super().__init__()
        self.horizon = horizon
        self.hidden = nn.Linear(inputs, hidden_size)
        self.output = nn.Linear(hidden_size, len(bias) * horizon)
        with torch.no_grad():
            self.output.weight.zero_()
            self.output.bias.copy_(torch.as_tensor(bias).repeat_interleave(horizon))

    def forward(self, hidden: Tensor, start: Tensor) -> Tensor:
        """Return parameters, [..., C] and a starting point [..., H] -> [..., P, H].

        Both are on the network's scale; the start is a change where classes are forecast.
        """
        raw = self.output(F.silu(self.hidden(hidden))).to(start.dtype)
        return self.domain(raw.unflatten(-1, (-1, self.horizon)), start)

    @abstractmethod
    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Bring parameters into their domain, [..., P, H] and [..., H] -> [..., P, H]."""

    @abstractmethod
    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean loss of the observed targets, 0 without any.

        Args:
            parameters: As `forward` gives them, [..., P, H].
            target: Normalised targets, or numbers of classes from 0; missing as 0, [..., H].
            weight: Weight of each target, 0 where it is missing, [..., H].
            units: How they were normalised; broadcasts against the targets.
        """

    def merged(self, parameters: Tensor) -> Tensor:
        """Join the parameters of an ensemble, [E, ..., P, H] -> [..., P, H]."""
        return parameters.mean(0)


class ValueHead(Protocol):
    """What a head has that forecasts values, and not classes."""

    def merged(self, parameters: Tensor) -> Tensor:
        """Join the parameters of an ensemble, as every `Head` does."""

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Return quantiles in the data's units, never crossing, [..., N, H].

        Args:
            parameters: As `merged` gives them, [..., P, H].
            scores: Normal scores of the levels, float64; they broadcast against [..., N, H].
            units: How values were normalised; broadcasts against the result.
        """


def weighted_mean(loss: Tensor, weight: Tensor) -> Tensor:
    """Return the mean of a loss over what is observed, 0 if nothing is."""
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def spread_of(raw: Tensor) -> Tensor:
    """Map any number to a spread; `raw_spread` undoes it."""
    return F.softplus(raw) + LEAST_SPREAD


def raw_spread(spread: float) -> float:
    """Return what `spread_of` maps to a spread."""
    return float(torch.tensor(spread - LEAST_SPREAD, dtype=torch.float64).expm1().log())
