"""Probabilities of classes of the change, such as down and up, for every step of the horizon."""

import math
from typing import final

import torch
from torch import Tensor, nn

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.base import Head, weighted_mean
from forecast_rnn.neural.scaling.units import Units

START_SLOPE = 1.0
"""The b of an untrained head."""


@final
class DirectionHead(Head):
    """A softmax over K ordered classes of the change since the origin, by cross-entropy.

    log p_k is c_k + b s z_k up to a constant that makes the p_k sum to 1: c_k comes from the
    hidden values, s is the change that the starting point expects, b > 0 is learned for each
    step, and z_k is the normal score of the middle of class k among K of equal size. Softmax
    and cross-entropy: Bridle (1990), https://doi.org/10.1007/978-3-642-76153-9_28; ordered
    classes whose scores multiply one change: Anderson (1984), the stereotype model,
    https://doi.org/10.1111/j.2517-6161.1984.tb01270.x, section 2.

    Args:
        inputs: Width of the hidden values.
        hidden_size: Width of the hidden layer, D.
        task: Gives H and the classes, K.
    """

    scores: Tensor

    def __init__(self, inputs: int, hidden_size: int, *, task: Task) -> None:
        classes = task.classes
        super().__init__(inputs, hidden_size, horizon=task.horizon, bias=[0.0] * classes)
        self.slope = nn.Parameter(torch.full((task.horizon,), math.log(START_SLOPE)))
        middles = (torch.arange(classes, dtype=torch.float64) + 0.5) / classes
        self.register_buffer("scores", torch.special.ndtri(middles).float(), persistent=False)

    def domain(self, raw: Tensor, start: Tensor) -> Tensor:
        """Return log probabilities, [..., K, H].

        Args:
            raw: c, [..., K, H].
            start: s, the change that is expected, in sizes of the window, [..., H].
        """
        expected = (self.slope.exp() * start).unsqueeze(-2) * self.scores[:, None]
        return torch.log_softmax(raw + expected, dim=-2)

    def loss(self, parameters: Tensor, target: Tensor, weight: Tensor, units: Units) -> Tensor:
        """Return the mean of -log p of the class that came true; targets count classes from 0."""
        chosen = target.long().unsqueeze(-2)
        return weighted_mean(-parameters.gather(-2, chosen).squeeze(-2), weight)

    def merged(self, parameters: Tensor) -> Tensor:
        """Average the probabilities of an ensemble."""
        return parameters.logsumexp(0) - math.log(len(parameters))
