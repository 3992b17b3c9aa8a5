"""minGRU, a gated recurrent unit whose gate does not read the state."""

from typing import final

import torch
from torch import Tensor

from forecast_rnn.neural.cells.base import Cell, Projection, State, batch_first, time_first
from forecast_rnn.neural.cells.linear_scan import linear_scan


@final
class MinGRU(Cell):
    """Gated recurrent unit without a reset gate, whose gate z reads the input alone.

    Feng et al. (2024), Were RNNs all we needed?, https://arxiv.org/abs/2410.01201, section 3.1:

    z_t = σ(W_z x_t + b_z)
    h̃_t = W_h x_t + b_h
    h_t = (1 - z_t) ∘ h_(t-1) + z_t ∘ h̃_t
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 2 * hidden_size)  # z, h̃

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        z, candidate = self.input(x).chunk(2, dim=-1)
        h = torch.lerp(h, candidate, z.sigmoid())
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps as a linear recurrence, [B, T, C] -> [B, T, D]."""
        z, candidate = self.input(time_first(x)).chunk(2, dim=-1)
        z = z.sigmoid()
        states = linear_scan(1 - z, z * candidate, state[0])
        return batch_first(states), (states[-1],)
