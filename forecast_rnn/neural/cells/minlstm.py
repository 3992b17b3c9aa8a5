"""minLSTM, a long short-term memory whose gates do not read the state."""

from typing import final

import torch
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, Projection, State, batch_first, time_first
from forecast_rnn.neural.cells.linear_scan import linear_scan


@final
class MinLSTM(Cell):
    """Long short-term memory with gates f and i that read the input alone and sum to one.

    Feng et al. (2024), Were RNNs all we needed?, https://arxiv.org/abs/2410.01201, section 3.2:

    f_t = σ(W_f x_t + b_f)
    i_t = σ(W_i x_t + b_i)
    h̃_t = W_h x_t + b_h
    h_t = f_t / (f_t + i_t) ∘ h_(t-1) + i_t / (f_t + i_t) ∘ h̃_t
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 3 * hidden_size)  # f, i, h̃

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        share, candidate = self._read(x)
        h = torch.lerp(h, candidate, share)
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps as a linear recurrence, [B, T, C] -> [B, T, D]."""
        share, candidate = self._read(time_first(x))
        states = linear_scan(1 - share, share * candidate, state[0])
        return batch_first(states), (states[-1],)

    def _read(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return i / (f + i) and h̃."""
        f, i, candidate = self.input(x).chunk(3, dim=-1)
        # i / (f + i) = σ(log i - log f), which is right also where both gates are shut.
        logsigmoid = nn.functional.logsigmoid
        return (logsigmoid(i) - logsigmoid(f)).sigmoid(), candidate
