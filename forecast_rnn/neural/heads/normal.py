"""A normal distribution for every step of the horizon."""

import math
from typing import final

import torch
from torch import Tensor

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.base import (
    START_SPREAD,
    Head,
    raw_spread,
    spread_of,
    weighted_mean,
)
from forecast_rnn.neural.scaling.units import Units


@final
class NormalHead(Head):
    """Mean μ and standard deviation σ by maximum likelihood, on the network's scale.

    Nix and Weigend (1994), https://doi.org/10.1109/ICNN.1994.374138. Where the network sees
    logarithms, the forecast is log-normal.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H.
    """

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        bias = (0.0, raw_spread(START_SPREAD))
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=bias)

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return μ and σ, [..., 2, H]."""
        mean, spread = raw.unbind(-2)
        return torch.stack([start + mean, spread_of(spread)], dim=-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean of log σ + (y - μ)² / 2σ² + log √2π."""
        mean, spread = parameters.unbind(-2)
        score = (target - mean) / spread
        return weighted_mean(spread.log() + score**2 / 2 + math.log(2 * math.pi) / 2, weight)

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Return μ + σ z, in the data's units."""
        mean, spread = parameters.to(scores.dtype).chunk(2, dim=-2)
        return units.restore(mean + spread * scores)
