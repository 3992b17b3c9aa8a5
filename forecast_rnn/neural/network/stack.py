"""Recurrent layers on top of each other, and what can be put around them."""

import pkgutil
from typing import cast, final

import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.cells.base import Cell, State

States = tuple[State, ...]
"""What recurrent layers remember, the lowest first."""


def make_cell(name: str, inputs: int, hidden_size: int) -> Cell:
    """Build the cell of that name."""
    # The path comes from our own table, never from a file.
    kind = pkgutil.resolve_name(f"forecast_rnn.neural.cells.{CELLS[name]}")
    cell: Cell = kind(inputs, hidden_size)
    return cell


@final
class Layer(nn.Module):
    """A cell over a sequence, each step of which follows the one `dilation` steps before it.

    Chang et al. (2017), Dilated recurrent neural networks,
    https://arxiv.org/abs/1710.02224, eq. 2; the winner of the M4 competition stacks them.

    Args:
        cell: The recurrent cell.
        dilation: Steps from one state to the next.
        residual: Whether the cell reads its input normalised and adds to it.
    """

    def __init__(self, cell: Cell, dilation: int, *, residual: bool) -> None:
        super().__init__()
        self.cell = cell
        self.dilation = dilation
        self.norm = nn.RMSNorm(cell.hidden_size) if residual else None

    def initial_state(self, batch_size: int) -> State:
        """Return a state for each step that comes before the first, [B dilation, …]."""
        return self.cell.initial_state(batch_size * self.dilation)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Return hidden values after every step, [B, T, D] -> [B, T, D], and the last state."""
        if self.norm is None:
            return self._scan(x, state)
        x = x.to(self.norm.weight.dtype)  # what layers add up is not rounded to bfloat16
        hidden, state = self._scan(self.norm(x), state)
        return x + hidden, state

    def _scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        dilation, (batch, steps, width) = self.dilation, x.shape
        if dilation > 1:
            # Steps that are `dilation` apart become one sequence: [B, T, D] is viewed as
            # [B, T / dilation, dilation, D], and its two middle axes change places. Zeros fill
            # up the end, after all steps that count.
            x = F.pad(x, (0, 0, 0, -steps % dilation)).view(batch, -1, dilation, width)
            x = x.transpose(1, 2).flatten(0, 1)
        hidden, state = self.cell.scan(x, state)
        if dilation > 1:
            hidden = hidden.reshape(batch, dilation, -1, width).transpose(1, 2).flatten(1, 2)
        return hidden[:, :steps], state


@final
class Attention(nn.Module):
    """Attention of each state over itself and the states before it, added to the state.

    Vaswani et al. (2017), https://arxiv.org/abs/1706.03762, eq. 1, with one head; after a
    recurrent network as in Luong et al. (2015), https://arxiv.org/abs/1508.04025. It starts
    as adding nothing.

    Args:
        hidden_size: Width of the states, D.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.project = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, hidden_size, bias=False)
        nn.init.zeros_(self.output.weight)

    def forward(self, hidden: Tensor) -> Tensor:
        """Return [B, T, D]; step t sees the states up to t."""
        query, key, value = self.project(hidden).chunk(3, dim=-1)
        seen = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        attended: Tensor = hidden + self.output(seen)
        return attended


@final
class Stack(nn.Module):
    """All recurrent layers of a network."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        width = model.hidden_size
        dilations = model.dilation or (1,) * model.layers
        self.layers = nn.ModuleList(
            Layer(make_cell(model.cell, width, width), dilation, residual=model.residual)
            for dilation in dilations
        )
        self.attention = Attention(width) if model.attention else None

    @property
    def goes_on(self) -> bool:
        """Whether states alone are enough to go on from.

        Attention reads all steps before, and the last states of dilated layers may belong to
        steps that only fill up.
        """
        return self.attention is None and all(layer.dilation == 1 for layer in self._each())

    def initial_state(self, batch_size: int) -> States:
        """Return the states before the first step."""
        return tuple(layer.initial_state(batch_size) for layer in self._each())

    def scan(self, embedded: Tensor, states: States) -> tuple[Tensor, States]:
        """Return hidden values after every step, [B, T, D] -> [B, T, D], and the last states."""
        hidden, after = embedded, list[State]()
        for layer, state in zip(self._each(), states, strict=True):
            hidden, state = layer.scan(hidden, state)
            after.append(state)
        return (hidden if self.attention is None else self.attention(hidden)), tuple(after)

    def _each(self) -> list[Layer]:
        return [cast("Layer", layer) for layer in self.layers]
