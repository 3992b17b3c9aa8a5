"""A negative binomial distribution of counts for every step of the horizon."""

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
from forecast_rnn.neural.heads.counting import count_quantiles, counts_of
from forecast_rnn.neural.scaling.units import Units

LEAST_DISPERSION = 1e-8
"""With less, the terms of the likelihood cancel out in rounding; this is as good as Poisson."""


@final
class NegativeBinomialHead(Head):
    """Mean μ and dispersion α of counts by maximum likelihood, on the data's own scale.

    The variance is μ + α μ²: Hilbe (2011), https://doi.org/10.1017/CBO9780511973420, section
    8.2; for forecasts Salinas et al. (2020), https://doi.org/10.1016/j.ijforecast.2019.07.001.
    Both come from the network's scale, a location μ' and a spread σ': μ is μ' in units of the
    data, and √α the share of μ that σ' is, so that the start suits large and small counts.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H.
    """

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        bias = (0.0, raw_spread(START_SPREAD))
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=bias)

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return μ' and σ', [..., 2, H]."""
        location, spread = raw.unbind(-2)
        return torch.stack([start + location, spread_of(spread)], dim=-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean negative log likelihood of the counts."""
        location, spread = parameters.unbind(-2)
        mean, dispersion = units.positive(location), _dispersion(spread, units)
        return weighted_mean(
            negative_log_likelihood(counts_of(target, units), mean, dispersion), weight
        )

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Return whole numbers, in the data's units."""
        location, spread = parameters.to(scores.dtype).chunk(2, dim=-2)
        return count_quantiles(units.positive(location), _dispersion(spread, units), scores)


def negative_log_likelihood(counts: Tensor, mean: Tensor, dispersion: Tensor) -> Tensor:
    """Return -log P(K = k), element by element."""
    size = 1 / dispersion
    product = dispersion * mean
    return (
        torch.lgamma(size)
        + torch.lgamma(counts + 1)
        - torch.lgamma(counts + size)
        + (size + counts) * torch.log1p(product)
        - counts * product.log()
    )


def _dispersion(spread: Tensor, units: Units) -> Tensor:
    return units.relative(spread) ** 2 + LEAST_DISPERSION
