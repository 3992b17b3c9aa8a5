"""Long short-term memory."""

from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, State


@final
class LSTM(Cell):
    """Long short-term memory with a forget gate that starts open.

    Hochreiter and Schmidhuber (1997), https://doi.org/10.1162/neco.1997.9.8.1735;
    forget gate: Gers et al. (2000), https://doi.org/10.1162/089976600300015015.
    Inputs and state have a bias each, b and β, as `torch.nn.LSTM` and cuDNN have it:

    i_t = σ(W_i x_t + b_i + U_i h_(t-1) + β_i)
    f_t = σ(W_f x_t + b_f + U_f h_(t-1) + β_f)
    g_t = tanh(W_g x_t + b_g + U_g h_(t-1) + β_g)
    o_t = σ(W_o x_t + b_o + U_o h_(t-1) + β_o)
    c_t = f_t ∘ c_(t-1) + i_t ∘ g_t
    h_t = o_t ∘ tanh(c_t)
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.weights = nn.LSTM(inputs, hidden_size, batch_first=True)
        with torch.no_grad():
            # Jozefowicz et al. (2015): a forget bias of 1 lets early gradients through.
            _, _, b_x, b_h = self.weights.all_weights[0]
            b_x[hidden_size : 2 * hidden_size] = 1
            b_h[hidden_size : 2 * hidden_size] = 0

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0 and c = 0, each [B, D]."""
        return self.zeros(batch_size), self.zeros(batch_size)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        h, c = state
        w_x, w_h, b_x, b_h = self.weights.all_weights[0]
        gates = F.linear(x, w_x, b_x) + F.linear(h, w_h, b_h)
        i, f, g, o = gates.chunk(4, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps through `torch.nn.LSTM`, [B, T, C] -> [B, T, D]."""
        h, c = state
        outputs, (h, c) = self.weights(x, (h.unsqueeze(0), c.unsqueeze(0)))
        return outputs, (h.squeeze(0), c.squeeze(0))
