"""A Poisson distribution of counts for every step of the horizon."""

from typing import final

import torch
from torch import Tensor

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.base import Head, weighted_mean
from forecast_rnn.neural.heads.counting import count_quantiles, counts_of
from forecast_rnn.neural.scaling.units import Units


@final
class PoissonHead(Head):
    """Mean μ of counts by maximum likelihood, on the data's own scale; it is the variance too.

    Cameron and Trivedi (2013), https://doi.org/10.1017/CBO9781139013567, section 3.2. Counts
    that scatter more, as most do, get intervals that are too narrow.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H.
    """

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=(0.0,))

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return what μ is on the network's scale, [..., 1, H]."""
        return raw + start.unsqueeze(-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean of μ - k log μ + log k!."""
        mean, counts = units.positive(parameters.squeeze(-2)), counts_of(target, units)
        return weighted_mean(mean - counts * mean.log() + torch.lgamma(counts + 1), weight)

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Return whole numbers, in the data's units."""
        mean = units.positive(parameters.to(scores.dtype))
        return count_quantiles(mean, torch.zeros_like(mean), scores)
