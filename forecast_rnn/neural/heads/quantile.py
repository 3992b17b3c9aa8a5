"""Quantiles of the horizon by quantile regression."""

from statistics import NormalDist
from typing import Any, final

import torch
from torch import Tensor

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.base import START_SPREAD, Head
from forecast_rnn.neural.scaling.units import Units


class _Pinball(torch.autograd.Function):
    """Mean pinball loss with its gradient made on the way: half the passes over memory."""

    @staticmethod
    def forward(
        ctx: Any, forecast: Tensor, target: Tensor, levels: Tensor, weight: Tensor
    ) -> Tensor:
        """Return the weighted mean over [..., Q, H]; the arguments as in `pinball_loss`."""
        error = target.unsqueeze(-2) - forecast
        share = weight / (weight.sum().clamp(min=1) * len(levels))
        # Written as numbers at once, which saves a mask and its conversion.
        slope = torch.le(error, 0, out=torch.empty_like(error))
        slope.sub_(levels[:, None]).mul_(share.unsqueeze(-2))
        ctx.save_for_backward(slope)
        return -error.mul_(slope).sum()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        """Return the gradient of the forecast."""
        (slope,) = ctx.saved_tensors
        return slope * gradients[0], None, None, None


def pinball_loss(forecast: Tensor, target: Tensor, levels: Tensor, weight: Tensor) -> Tensor:
    """Return the mean pinball loss, max(τ e, (τ - 1) e) with e = target - forecast.

    Koenker and Bassett (1978), Regression quantiles, https://doi.org/10.2307/1913643.

    Args:
        forecast: Quantiles, [..., Q, H].
        target: Actual values, [..., H].
        levels: The probabilities τ, [Q].
        weight: Weight of each target, 0 where it is missing, [..., H].
    """
    result: Tensor = _Pinball.apply(forecast, target, levels, weight)  # type: ignore[no-untyped-call]
    return result


def normal_score(level: float) -> float:
    """Return the quantile of the standard normal distribution at a level."""
    return NormalDist().inv_cdf(level)


def interpolated(quantiles: Tensor, knots: Tensor, scores: Tensor) -> Tensor:
    """Return quantiles at any level from those at a few.

    They lie on straight lines over the normal scores of the levels, which is exact for a
    normal distribution; beyond the outermost levels the outermost lines go on, so both
    tails are normal. At the given levels the result is what was given.

    Args:
        quantiles: In order, [..., Q, H].
        knots: Normal scores of their levels, increasing, float64, [Q].
        scores: Normal scores of the levels that are asked for, float64; they broadcast against
            [..., N, H].

    Returns:
        [..., N, H].
    """
    shape = (*quantiles.shape[:-2], scores.shape[-2], quantiles.shape[-1])
    if len(knots) == 1:
        return quantiles.expand(shape)
    low = (torch.searchsorted(knots, scores.contiguous(), right=True) - 1).clamp(0, len(knots) - 2)
    share = (scores - knots[low]) / (knots[low + 1] - knots[low])
    if low.numel() == low.shape[-2]:  # the same everywhere: whole rows
        lower, upper = (quantiles.index_select(-2, place.flatten()) for place in (low, low + 1))
    else:
        lower, upper = (quantiles.gather(-2, place.expand(shape)) for place in (low, low + 1))
    return torch.lerp(lower, upper, share.to(quantiles.dtype))


def in_order(quantiles: Tensor) -> Tensor:
    """Sort along the levels, [..., Q, H].

    Neighbours change places wherever they are not in order, Q rounds of them (odd-even
    transposition; Knuth, The Art of Computer Programming, volume 3, section 5.3.4): for few levels
    and many forecasts twice as fast as to sort each by itself.
    """
    rows = list(quantiles.unbind(-2))
    for turn in range(len(rows)):
        for low in range(turn % 2, len(rows) - 1, 2):
            pair = rows[low], rows[low + 1]
            rows[low], rows[low + 1] = torch.minimum(*pair), torch.maximum(*pair)
    return torch.stack(rows, dim=-2)


@final
class QuantileHead(Head):
    """Quantiles of every step of the horizon at once; its parameters are these quantiles.

    The levels are regressed freely and put in order afterwards: the rearranged
    quantiles never cross and are never worse (Chernozhukov et al., 2010,
    https://doi.org/10.3982/ECTA7880). They start with the spread of a normal distribution.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H and the quantile levels, [Q].
    """

    levels: Tensor

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        levels = torch.tensor(task.quantile_levels)
        spread = START_SPREAD * torch.special.ndtri(levels)
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=spread)
        self.register_buffer("levels", levels, persistent=False)
        self.scores = [normal_score(level) for level in task.quantile_levels]

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return quantiles in any order, [..., Q, H]."""
        return raw + start.unsqueeze(-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean pinball loss over all levels and observed targets."""
        return pinball_loss(parameters, target, self.levels, weight)

    def merged(self, parameters: Tensor) -> Tensor:
        """Average the quantiles of an ensemble, each network's in order."""
        ordered = in_order(parameters)
        return ordered.mean(0) if len(ordered) > 1 else ordered[0]

    def quantiles(self, parameters: Tensor, scores: Tensor, units: Units) -> Tensor:
        """Go between levels, and on beyond them, along straight lines over the normal scores."""
        knots = scores.new_tensor(self.scores)
        return units.restore(interpolated(parameters, knots, scores))
