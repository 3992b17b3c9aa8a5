"""Quantiles of the horizon by quantile regression."""

from typing import Any, final

import torch
from torch import Tensor, nn


class _Pinball(torch.autograd.Function):
    """Mean pinball loss with its gradient made on the way: half the passes over memory."""

    @staticmethod
    def forward(
        ctx: Any, forecast: Tensor, target: Tensor, levels: Tensor, weight: Tensor
    ) -> Tensor:
        """Return the weighted mean over [..., Q, H]; the arguments as in `pinball_loss`."""
        error = target.unsqueeze(-2) - forecast
        slope = (error <= 0).to(forecast.dtype).sub_(levels[:, None]).mul_(weight.unsqueeze(-2))
        count = weight.sum().clamp(min=1) * len(levels)
        ctx.save_for_backward(slope, count)
        return -torch.dot(error.flatten(), slope.flatten()) / count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        """Return the gradient of the forecast."""
        slope, count = ctx.saved_tensors
        return slope * (gradients[0] / count), None, None, None


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


@final
class QuantileHead(nn.Module):
    """Quantiles of every step of the horizon at once, as a correction of a starting point.

    The levels are regressed freely and put in order afterwards: the rearranged
    quantiles never cross and are never worse (Chernozhukov et al., 2010,
    https://doi.org/10.3982/ECTA7880). The last layer starts at zero, so training
    starts from the given point with the spread of a normal distribution.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        horizon: Steps to forecast, H.
        quantile_levels: The probabilities, [Q].
    """

    levels: Tensor

    def __init__(
        self, inputs: int, hidden_size: int, *, horizon: int, quantile_levels: tuple[float, ...]
    ) -> None:
        super().__init__()
        self.horizon = horizon
        self.register_buffer("levels", torch.tensor(quantile_levels), persistent=False)
        self.hidden = nn.Linear(inputs, hidden_size)
        self.output = nn.Linear(hidden_size, len(quantile_levels) * horizon)
        spread = 0.6 * torch.special.ndtri(self.levels)
        with torch.no_grad():
            self.output.weight.zero_()
            self.output.bias.copy_(spread.repeat_interleave(horizon))

    def forward(self, hidden: Tensor, start: Tensor) -> Tensor:
        """Return quantiles in any order, [..., C] and a starting point [..., H] -> [..., Q, H]."""
        correction = self.output(nn.functional.silu(self.hidden(hidden)))
        quantiles: Tensor = correction.unflatten(-1, (-1, self.horizon))
        return quantiles + start.unsqueeze(-2)

    def loss(self, quantiles: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the mean pinball loss over all levels and observed targets."""
        return pinball_loss(quantiles, target, self.levels, weight)
