"""mLSTM, the long short-term memory of xLSTM whose memory is a matrix."""

from typing import NamedTuple, final

import torch
import torch.nn.functional as F
from torch import Tensor

from forecast_rnn.neural.cells.base import Cell, Projection, State, exactly, log_of_zero

_CHUNK = 64
"""Steps that are computed side by side; their cost grows with the square."""


class _Read(NamedTuple):
    """What is read from the inputs alone: [..., D], and the gates' logarithms [..., 1]."""

    query: Tensor
    key: Tensor
    value: Tensor
    output: Tensor
    log_i: Tensor
    log_f: Tensor


@final
class MLSTM(Cell):
    """Long short-term memory that stores values v under keys k in a matrix S.

    Beck et al. (2024), xLSTM, https://arxiv.org/abs/2405.04517, eq. 19-27, with one head
    and stabilised gates:

    q_t = W_q x_t + b_q, k_t = (W_k x_t + b_k) / √D, v_t = W_v x_t + b_v
    ĩ_t = w_i x_t + b_i, i_t = exp(ĩ_t - m_t)
    f̃_t = w_f x_t + b_f, f_t = exp(log σ(f̃_t) + m_(t-1) - m_t)
    o_t = σ(W_o x_t + b_o)
    m_t = max(log σ(f̃_t) + m_(t-1), ĩ_t)
    S_t = f_t S_(t-1) + i_t v_t k_tᵀ
    n_t = f_t n_(t-1) + i_t k_t
    h_t = o_t ∘ S_t q_t / max(|n_tᵀ q_t|, exp(-m_t))

    S is C in the paper, which here is the number of inputs. The stabiliser m keeps the
    exponentials in range and cancels in h; the 1 in the paper's
    denominator becomes exp(-m_t).
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size)
        self.input = Projection(inputs, 4 * hidden_size + 2)  # q, k, v, o, i, f
        with torch.no_grad():
            self.input.bias[-1] = 5  # the forget gate starts open, for some 150 steps

    def initial_state(self, batch_size: int) -> State:
        """Return S = 0 [B, D, D], n = 0 [B, D] and m = log 0 [B, 1]."""
        n = self.zeros(batch_size)
        return n.new_zeros(batch_size, self.hidden_size, self.hidden_size), n, log_of_zero(n[:, :1])

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        memory, n, m = state
        read = self._read(x)
        log_f = read.log_f + m
        m = torch.maximum(log_f, read.log_i)
        i, f = (read.log_i - m).exp(), (log_f - m).exp()
        outer = (i * read.value).unsqueeze(2) * read.key.unsqueeze(1)
        memory = torch.addcmul(outer, f.unsqueeze(2), memory)
        n = torch.addcmul(i * read.key, f, n)
        recalled = (memory @ read.query.unsqueeze(2)).squeeze(2)
        weight = (n * read.query).sum(-1, keepdim=True)
        return read.output * recalled / _denominator(weight, m), (memory, n, m)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, chunks of them side by side, [B, T, C] -> [B, T, D].

        Within a chunk every step looks at the steps before it, like attention (appendix
        A.3 of the paper); from chunk to chunk goes the state.
        """
        outputs = []
        parts = (part.split(_CHUNK, dim=1) for part in self._read(x))  # type: ignore[no-untyped-call]
        with exactly(x):
            for chunk in zip(*parts, strict=True):
                output, state = _side_by_side(_Read(*chunk), state)
                outputs.append(output)
        return torch.cat(outputs, dim=1), state

    def _read(self, x: Tensor) -> _Read:
        sizes = [self.hidden_size] * 4 + [1, 1]
        q, k, v, o, i, f = self.input(x).split_with_sizes(sizes, dim=-1)
        return _Read(q, k * self.hidden_size**-0.5, v, o.sigmoid(), i, F.logsigmoid(f))


def _side_by_side(read: _Read, state: State) -> tuple[Tensor, State]:
    """Take the steps of a chunk at once, [B, T, ...] -> [B, T, D]."""
    memory, n, m = state
    since = read.log_f.cumsum(1)  # [B, T, 1]
    logs = since - since.mT + read.log_i.mT  # of what step s still weighs at t, [B, T, T]
    later = torch.ones_like(logs[0], dtype=torch.bool).triu(1)
    logs = logs.masked_fill(later, -torch.inf)
    log_old = since + m.unsqueeze(1)
    m_t = torch.maximum(log_old, logs.amax(-1, keepdim=True))
    kept, old = (logs - m_t).exp(), (log_old - m_t).exp()
    attention = (read.query @ read.key.mT) * kept
    recalled = torch.addcmul(attention @ read.value, old, read.query @ memory.mT)
    weight = torch.addcmul(attention.sum(-1, keepdim=True), old, read.query @ n.unsqueeze(2))
    output = read.output * recalled / _denominator(weight, m_t)
    last = kept[:, -1:].mT  # what each step weighs at the end, [B, T, 1]
    memory = torch.addcmul((last * read.value).mT @ read.key, old[:, -1:], memory)
    n = torch.addcmul((last * read.key).sum(1), old[:, -1], n)
    return output, (memory, n, m_t[:, -1])


def _denominator(weight: Tensor, m: Tensor) -> Tensor:
    # The bound only counts where all input gates are shut; past it gradients would be NaN.
    return torch.maximum(weight.abs(), (-m).clamp(max=80).exp())
