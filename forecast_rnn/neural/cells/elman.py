"""The simple recurrent network of Elman."""

from typing import final

import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, State


@final
class Elman(Cell):
    """Simple recurrent network with tanh and an orthogonal recurrent start.

    Elman (1990), Finding structure in time, https://doi.org/10.1207/s15516709cog1402_1:
    h_t = tanh(W_xh x_t + b_xh + W_hh h_(t-1) + b_hh). The orthogonal start of W_hh
    (Saxe et al., 2014, https://arxiv.org/abs/1312.6120) keeps early gradients from fading.
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.weights = nn.RNN(inputs, hidden_size, batch_first=True)
        nn.init.orthogonal_(self.weights.all_weights[0][1])

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        w_x, w_h, b_x, b_h = self.weights.all_weights[0]
        h = (F.linear(x, w_x, b_x) + F.linear(h, w_h, b_h)).tanh()
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps through `torch.nn.RNN`, [B, T, C] -> [B, T, D]."""
        (h,) = state
        outputs, last = self.weights(x, h.unsqueeze(0))
        return outputs, (last.squeeze(0),)
