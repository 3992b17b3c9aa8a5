"""Student's t distribution for every step of the horizon."""

import math
from typing import final

import torch
import torch.nn.functional as F
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

LEAST_FREEDOM = 2.5
"""Fewer degrees of freedom have no variance to speak of, and quantiles beyond the approximation."""
START_FREEDOM = 8.0
FURTHEST_SCORE = 8.0
"""Levels beyond this normal score are as good as 0 or 1."""


@final
class StudentTHead(Head):
    """Location μ, scale σ and degrees of freedom ν by maximum likelihood, on the network's scale.

    Lange, Little and Taylor (1989), https://doi.org/10.2307/2290063: outliers count less
    than they do with a normal distribution.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H.
    """

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        spread = START_SPREAD * math.sqrt(1 - 2 / START_FREEDOM)  # of that standard deviation
        freedom = math.log(math.expm1(START_FREEDOM - LEAST_FREEDOM))
        bias = (0.0, raw_spread(spread), freedom)
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=bias)

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return μ, σ and ν, [..., 3, H]."""
        location, spread, freedom = raw.unbind(-2)
        parts = [start + location, spread_of(spread), LEAST_FREEDOM + F.softplus(freedom)]
        return torch.stack(parts, dim=-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean negative log likelihood."""
        location, spread, freedom = parameters.unbind(-2)
        score = (target - location) / spread
        constant = torch.lgamma(freedom / 2) - torch.lgamma((freedom + 1) / 2)
        size = spread.log() + (freedom * math.pi).log() / 2
        tail = (freedom + 1) / 2 * torch.log1p(score**2 / freedom)
        return weighted_mean(constant + size + tail, weight)

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Return μ + σ t, in the data's units."""
        location, spread, freedom = parameters.to(scores.dtype).chunk(3, dim=-2)
        return units.restore(location + spread * t_quantile(freedom, scores))


def t_quantile(freedom: Tensor, scores: Tensor) -> Tensor:
    """Return the quantile of Student's t at the level of a normal score, element by element.

    Hill (1970), Algorithm 396, https://doi.org/10.1145/355598.355600: an expansion about
    the normal quantile in the middle and about the power law of the tails beyond. The
    error is below 3e-5 of the quantile for 2.5 degrees of freedom, and below 2e-6 from 3 on.

    Args:
        freedom: Degrees of freedom n, at least 2.5, float64.
        scores: Normal scores, float64; broadcast against `freedom`.
    """
    n = freedom
    x = -scores.abs().clamp(min=1e-12, max=FURTHEST_SCORE)
    a = 1 / (n - 0.5)
    b = 48 / a**2
    c = ((20700 * a / b - 98) * a - 16) * a + 96.36
    d = ((94.5 / (b + c) - 3) / b + 1) * torch.sqrt(a * math.pi / 2) * n
    y = (d * 2 * torch.special.ndtr(x)) ** (2 / n)
    square = torch.where(y > 0.05 + a, _middle(n, x, (a, b, c, d)), _tail(n, y, d))
    return torch.copysign(torch.sqrt(n * square), scores)


def _middle(n: Tensor, x: Tensor, parts: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """Return t²/n about the normal quantile x < 0."""
    a, b, c, d = parts
    c = torch.where(n < 5, c + 0.3 * (n - 4.5) * (x + 0.6), c)
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c
    y = x**2
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x
    # Beyond where this is used it may overflow.
    return torch.expm1((a * y**2).clamp(max=100))


def _tail(n: Tensor, y: Tensor, d: Tensor) -> Tensor:
    """Return t²/n where the tail is a power law, y = (d P)^(2/n)."""
    more = 1 / ((n + 6) / (n * y) - 0.089 * d - 0.822) / ((n + 2) * 3) + 0.5 / (n + 4)
    return (more * y - 1) * (n + 1) / (n + 2) + 1 / y
