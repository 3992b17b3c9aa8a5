"""The network of the prior, as it is trained."""

from dataclasses import dataclass
from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.network.stack import Layer, make_cell
from forecast_rnn.prior.bases import NAMES
from forecast_rnn.prior.design import MEDIAN, QUANTILE_LEVELS, Design
from forecast_rnn.prior.inputs import WIDTH as TOLD
from forecast_rnn.prior.rows import WIDTH as READ
from forecast_rnn.prior.trials import WIDTH as TRIALS
from forecast_rnn.prior.weights import Prior


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the head, at O origins of each of W windows.

    Attributes:
        origins: Rows in the window, [W, O].
        trials: How the bases have done before each origin, [W, O, K + 1].
        told: What the head is told of each step, [W, O, H, S].
        ahead: Base forecasts less the reference, in sizes, [W, O, H, K].
        usable: 0 for a base that there is, else a large negative number, [W, O, 1, K].
    """

    origins: Tensor
    trials: Tensor
    told: Tensor
    ahead: Tensor
    usable: Tensor


@final
class PriorNetwork(nn.Module):
    """Recurrent layers over rows, and a head that weighs base forecasts for each step.

    Args:
        design: Cell, width and layers.
    """

    def __init__(self, design: Design) -> None:
        super().__init__()
        width = design.hidden_size
        self.design = design
        self.embed = nn.Linear(READ, width)
        self.layers = nn.ModuleList(
            Layer(make_cell(design.cell, width, width), 1, residual=True)
            for _ in range(design.layers)
        )
        self.norm = nn.RMSNorm(width)
        self.origin = nn.Linear(width + READ + TRIALS, design.head_size)
        self.trust = nn.Parameter(torch.ones(len(NAMES)))
        self.step = nn.Linear(TOLD, design.head_size, bias=False)
        self.middle = nn.Linear(design.head_size, design.head_size)
        self.output = nn.Linear(design.head_size, len(NAMES) + len(QUANTILE_LEVELS))
        nn.init.zeros_(self.output.weight)
        with torch.no_grad():
            self.output.bias.copy_(_first_bias())

    def forward(self, read: Tensor, asked: Asked) -> Tensor:
        """Return quantiles less the reference, in sizes, [W, T, C] -> [W, O, H, Q]."""
        known = torch.cat([self.hidden(read), read], dim=-1)
        places = asked.origins.unsqueeze(-1).expand(-1, -1, known.shape[-1])
        return self.head(known.gather(1, places), asked)

    def hidden(self, read: Tensor) -> Tensor:
        """Return normalised states after every row, [W, T, C] -> [W, T, D]."""
        hidden = self.embed(read)
        for layer in self.layers:
            assert isinstance(layer, Layer)
            hidden, _ = layer.scan(hidden, layer.initial_state(len(read)))
        normed: Tensor = self.norm(hidden)
        return normed

    def head(self, known: Tensor, asked: Asked) -> Tensor:
        """Return quantiles [W, O, H, Q] of what is known at each origin, [W, O, D + C]."""
        at_origin = self.origin(torch.cat([known, asked.trials], dim=-1))
        inner = F.silu(at_origin.unsqueeze(2) + self.step(asked.told))
        inner = inner + F.silu(self.middle(inner))
        out = self.output(inner)
        logits, corrections = out.tensor_split((len(NAMES),), dim=-1)
        # Weights that fall with a power of the error before, as the network then sees fit.
        errors = asked.trials[..., 1:-1]
        errors = F.pad(errors, (1, 0)).unsqueeze(2)
        weights = (logits - self.trust * errors + asked.usable).softmax(dim=-1)
        return ordered((weights * asked.ahead).sum(-1, keepdim=True), corrections)


def network_of(prior: Prior) -> PriorNetwork:
    """Return the network of a prior, to be trained further."""
    with torch.device("meta"):
        network = PriorNetwork(prior.design)
    weights = {name: torch.from_numpy(part.copy()) for name, part in prior.weights.items()}
    network.load_state_dict(weights, assign=True)
    return network.requires_grad_()


def ordered(middle: Tensor, corrections: Tensor) -> Tensor:
    """Return quantiles that cannot cross: a median, and positive distances from it.

    Args:
        middle: Weighted base forecasts, [..., 1].
        corrections: What is added to the median, and distances before softplus, [..., Q].
    """
    below, median, above = corrections.tensor_split((MEDIAN, MEDIAN + 1), dim=-1)
    median = middle + median
    lower = median - F.softplus(below).cumsum(-1).flip(-1)
    return torch.cat([lower, median, median + F.softplus(above).cumsum(-1)], dim=-1)


def _first_bias() -> Tensor:
    """Return the bias of a sensible forecast: all bases alike, distances of a tenth of a size."""
    bias = torch.zeros(len(NAMES) + len(QUANTILE_LEVELS))
    bias[len(NAMES) :] = -2.25
    bias[len(NAMES) + MEDIAN] = 0
    return bias
