"""The gated recurrent unit."""

from typing import final

import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, State


@final
class GRU(Cell):
    """Gated recurrent unit with two gates, reset r and update z.

    Cho et al. (2014), https://arxiv.org/abs/1406.1078, eq. 5-8, in the form in which
    the reset gate acts after the matrix product (as `torch.nn.GRU` and cuDNN have it):

    r_t = σ(W_r x_t + U_r h_(t-1) + b_r)
    z_t = σ(W_z x_t + U_z h_(t-1) + b_z)
    h̃_t = tanh(W x_t + b + r_t ∘ (U h_(t-1) + c))
    h_t = z_t ∘ h_(t-1) + (1 - z_t) ∘ h̃_t
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.weights = nn.GRU(inputs, hidden_size, batch_first=True)

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        w_x, w_h, b_x, b_h = self.weights.all_weights[0]
        x_r, x_z, x_h = F.linear(x, w_x, b_x).chunk(3, dim=-1)
        h_r, h_z, h_h = F.linear(h, w_h, b_h).chunk(3, dim=-1)
        r = (x_r + h_r).sigmoid()  # eq. 5
        z = (x_z + h_z).sigmoid()  # eq. 6
        candidate = (x_h + r * h_h).tanh()  # eq. 8
        h = z * h + (1 - z) * candidate  # eq. 7
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps through `torch.nn.GRU`, [B, T, C] -> [B, T, D]."""
        (h,) = state
        outputs, last = self.weights(x, h.unsqueeze(0))
        return outputs, (last.squeeze(0),)
