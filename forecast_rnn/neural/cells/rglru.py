"""The real-gated linear recurrent unit of Griffin."""

from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, Projection, State, batch_first, time_first
from forecast_rnn.neural.cells.linear_scan import linear_scan

_SHARPNESS = 8.0
"""The constant that the paper calls c."""


@final
class RGLRU(Cell):
    """Real-gated linear recurrent unit with a recurrence gate r and an input gate i.

    De et al. (2024), Griffin, https://arxiv.org/abs/2402.19427, eq. 1-4:

    r_t = σ(W_a x_t + b_a)
    i_t = σ(W_x x_t + b_x)
    a_t = a^(8 r_t), a = σ(Λ)
    h_t = a_t ∘ h_(t-1) + √(1 - a_t²) ∘ (i_t ∘ u_t), u_t = W_u x_t + b_u

    u_t brings the input to the width of the state, as the linear layer before the unit
    does in the paper. Λ starts so that a^8 lies evenly between 0.9 and 0.999.
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 3 * hidden_size)  # r, i, u
        start = torch.empty(hidden_size).uniform_(0.9, 0.999) ** (1 / _SHARPNESS)
        self.decay = nn.Parameter(start.logit())  # Λ

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        a, b = self._read(x)
        h = torch.addcmul(b, a, h)
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps as a linear recurrence, [B, T, C] -> [B, T, D]."""
        states = linear_scan(*self._read(time_first(x)), state[0])
        return batch_first(states), (states[-1],)

    def _read(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return a_t and what is added to the state."""
        r, i, u = self.input(x).chunk(3, dim=-1)
        log_a = _SHARPNESS * F.logsigmoid(self.decay) * r.sigmoid()
        # Where r is shut the root is 0 and its slope infinite; the floor keeps gradients finite.
        root = (-torch.expm1(2 * log_a)).clamp(min=1e-12).sqrt()
        return log_a.exp(), root * (i.sigmoid() * u)
