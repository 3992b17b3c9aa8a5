"""Long short-term memory whose gates see the memory."""

from typing import final

import torch
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, Projection, State, batch_first, loop, time_first


@final
class PeepholeLSTM(Cell):
    """Long short-term memory with peepholes, which let the gates see the memory c.

    Gers and Schmidhuber (2000), Recurrent nets that time and count,
    https://doi.org/10.1109/IJCNN.2000.861302, with the squashed output of
    Greff et al. (2017), https://arxiv.org/abs/1503.04069:

    i_t = σ(W_i x_t + U_i h_(t-1) + p_i ∘ c_(t-1) + b_i)
    f_t = σ(W_f x_t + U_f h_(t-1) + p_f ∘ c_(t-1) + b_f)
    z_t = tanh(W_z x_t + U_z h_(t-1) + b_z)
    c_t = f_t ∘ c_(t-1) + i_t ∘ z_t
    o_t = σ(W_o x_t + U_o h_(t-1) + p_o ∘ c_t + b_o)
    h_t = o_t ∘ tanh(c_t)
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 4 * hidden_size)  # i, f, z, o
        self.recurrent = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.peepholes = nn.Parameter(torch.zeros(3, hidden_size))  # i, f, o
        with torch.no_grad():
            # Jozefowicz et al. (2015): a forget bias of 1 lets early gradients through.
            self.input.bias[hidden_size : 2 * hidden_size] = 1

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0 and c = 0, each [B, D]."""
        return self.zeros(batch_size), self.zeros(batch_size)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        return self._update(self.input(x), state)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, the products with the inputs in one, [B, T, C] -> [B, T, D]."""
        outputs, state = loop(self._update, self.input(time_first(x)), state)
        return batch_first(outputs), state

    def _update(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        sums = torch.addmm(projected, h, self.recurrent.weight.t())
        i, f, z, o = sums.chunk(4, dim=-1)
        p_i, p_f, p_o = self.peepholes.unbind(0)
        i = torch.addcmul(i, p_i, c).sigmoid()
        f = torch.addcmul(f, p_f, c).sigmoid()
        c = torch.addcmul(f * c, i, z.tanh())
        h = torch.addcmul(o, p_o, c).sigmoid() * c.tanh()
        return h, (h, c)
