"""sLSTM, the long short-term memory of xLSTM with exponential gates."""

from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import (
    Cell,
    State,
    batch_first,
    log_of_zero,
    loop,
    time_first,
)


@final
class SLSTM(Cell):
    """Long short-term memory with an exponential input gate, a normaliser n and a stabiliser m.

    Beck et al. (2024), xLSTM, https://arxiv.org/abs/2405.04517, eq. 8-17, with one head:

    z_t = tanh(W_z x_t + R_z h_(t-1) + b_z)
    ĩ_t = W_i x_t + R_i h_(t-1) + b_i, i_t = exp(ĩ_t - m_t)
    f̃_t = W_f x_t + R_f h_(t-1) + b_f, f_t = exp(log σ(f̃_t) + m_(t-1) - m_t)
    o_t = σ(W_o x_t + R_o h_(t-1) + b_o)
    m_t = max(log σ(f̃_t) + m_(t-1), ĩ_t)
    c_t = f_t ∘ c_(t-1) + i_t ∘ z_t
    n_t = f_t ∘ n_(t-1) + i_t
    h_t = o_t ∘ c_t / n_t

    The stabiliser m keeps the exponentials in range and cancels in h. It makes n_t ≥ 1.
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = nn.Linear(inputs, 4 * hidden_size)  # z, i, f, o
        self.recurrent = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        with torch.no_grad():
            # Forget gates start open, for spans of some twenty to four hundred steps.
            forget = slice(2 * hidden_size, 3 * hidden_size)
            self.input.bias[forget] = torch.linspace(3, 6, hidden_size)

    def initial_state(self, batch_size: int) -> State:
        """Return h, c, n = 0 and m = log 0, each [B, D]."""
        zeros = self.zeros(batch_size)
        return zeros, zeros.clone(), zeros.clone(), log_of_zero(zeros)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        return self._update(self.input(x), state)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, the products with the inputs in one, [B, T, C] -> [B, T, D]."""
        outputs, state = loop(self._update, self.input(time_first(x)), state)
        return batch_first(outputs), state

    def _update(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c, n, m = state
        sums = torch.addmm(projected, h, self.recurrent.weight.t())
        z, log_i, f, o = sums.chunk(4, dim=-1)
        log_f = F.logsigmoid(f) + m
        m = torch.maximum(log_f, log_i)
        i, f = (log_i - m).exp(), (log_f - m).exp()
        c = torch.addcmul(f * c, i, z.tanh())
        n = torch.addcmul(i, f, n)
        h = o.sigmoid() * c / n
        return h, (h, c, n, m)
