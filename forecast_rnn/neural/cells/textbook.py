"""The gated cell of many tutorials, exactly as they print it."""

from typing import final

import torch
from torch import Tensor, nn

from forecast_rnn.neural.cells.base import Cell, Projection, State, batch_first, loop, time_first


@final
class Textbook(Cell):
    """Gated cell as many tutorials print it under the name LSTM, errors included.

    c~_t = tanh(W_xc x_t + W_hc h_(t-1) + b_c)
    c_t = σ(W_cc c_(t-1) + W_xc x_t + b_c)
    o_t = σ(W_ox x_t + W_oh h_(t-1) + b_o)
    h_t = o_t ∘ tanh(c_t)

    Both of the first two lines have the same W_xc and b_c. As printed, c~_t is computed and
    then never used, so that W_hc, which stands nowhere else, gets no gradient and stays as it
    started; W_xc and b_c learn by what they do in c_t. The memory c_t is a logistic function of
    the memory before, not a sum gated by what to keep and what to add, so that it fades
    like that of a simple recurrent network. It is here for comparison; the cell that the
    tutorials mean is `lstm` (Hochreiter and Schmidhuber, 1997,
    https://doi.org/10.1162/neco.1997.9.8.1735).
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 2 * hidden_size)  # W_xc and b_c, W_ox and b_o
        self.memory = nn.Linear(hidden_size, hidden_size, bias=False)  # W_cc
        self.output = nn.Linear(hidden_size, hidden_size, bias=False)  # W_oh
        self.candidate_recurrent = nn.Linear(hidden_size, hidden_size, bias=False)  # W_hc

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0 and c = 0, each [B, D]."""
        return self.zeros(batch_size), self.zeros(batch_size)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        projected = self.input(x)
        self.candidate(projected, state[0])
        return self._update(projected, state)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, the products with the inputs in one, [B, T, C] -> [B, T, D]."""
        projected = self.input(time_first(x))
        outputs, last = loop(self._update, projected, state)
        self.candidate(projected, torch.cat([state[0].unsqueeze(0), outputs[:-1]]))
        return batch_first(outputs), last

    def candidate(self, projected: Tensor, h: Tensor) -> Tensor:
        """Return c~, which nothing reads, [..., D].

        Args:
            projected: W_xc x + b_c, and W_ox x + b_o, [..., 2 D].
            h: The state before, [..., D].
        """
        x_c, _ = projected.chunk(2, dim=-1)
        candidate: Tensor = (x_c + self.candidate_recurrent(h)).tanh()
        return candidate

    def _update(self, projected: Tensor, state: State) -> tuple[Tensor, State]:
        h, c = state
        x_c, x_o = projected.chunk(2, dim=-1)
        c = torch.addmm(x_c, c, self.memory.weight.t()).sigmoid()
        o = torch.addmm(x_o, h, self.output.weight.t()).sigmoid()
        h = o * c.tanh()
        return h, (h, c)
