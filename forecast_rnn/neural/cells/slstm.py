"""sLSTM, the long short-term memory of xLSTM with exponential gates."""

from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from forecast_rnn.neural.cells.base import (
    Cell,
    Context,
    Projection,
    State,
    batch_first,
    log_of_zero,
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
        self.input = Projection(inputs, 4 * hidden_size)  # z, i, f, o
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
        h, c, n, m = state
        sums = self.input(x) + self.recurrent(h)
        z, log_i, f, o = sums.chunk(4, dim=-1)
        log_f = F.logsigmoid(f) + m
        m = torch.maximum(log_f, log_i)
        i, f = (log_i - m).exp(), (log_f - m).exp()
        c = f * c + i * z.tanh()
        n = f * n + i
        h = o.sigmoid() * c / n
        return h, (h, c, n, m)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, the products with the inputs in one, [B, T, C] -> [B, T, D]."""
        projected = self.input(time_first(x))
        weight = self.recurrent.weight
        outputs, last = _Scan.apply(projected, weight, torch.stack(state))  # type: ignore[no-untyped-call]
        return batch_first(outputs), (outputs[-1], *last.unbind(0))


class _Scan(torch.autograd.Function):
    """All steps of the recurrence, with a backward pass written out."""

    @staticmethod
    def forward(
        ctx: Context, projected: Tensor, weight: Tensor, start: Tensor
    ) -> tuple[Tensor, Tensor]:
        gates = torch.empty_like(projected)  # z, i, σ(f̃), o
        shape = (len(projected), *start.shape[1:])
        # Each with the state before the first step in front; that of f is never read.
        hs, cs, ns, fs = (torch.cat([part[None], part.new_empty(shape)]) for part in start)
        h, c, n, m = start.unbind(0)
        parts = (projected, gates, hs[1:], cs[1:], ns[1:], fs[1:])
        for p, sums, h_t, c_t, n_t, f_t in zip(*(part.unbind(0) for part in parts), strict=True):
            torch.addmm(p, h, weight.t(), out=sums)
            z, i, sigma, o = sums.chunk(4, dim=-1)
            torch.add(F.logsigmoid(sigma), m, out=f_t)
            m = torch.maximum(f_t, i)
            f_t.sub_(m).exp_()
            i.sub_(m).exp_()
            z.tanh_()
            sigma.sigmoid_()
            o.sigmoid_()
            c = torch.mul(f_t, c, out=c_t).addcmul_(i, z)
            n = torch.addcmul(i, f_t, n, out=n_t)
            h = torch.div(c, n, out=h_t).mul_(o)
        ctx.save_for_backward(gates, hs, cs, ns, fs[1:], weight)
        return hs[1:], torch.stack([c, n, m])

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, of_outputs: Tensor, of_last: Tensor) -> tuple[Tensor, ...]:
        gates, hs, cs, ns, fs, weight = ctx.saved_tensors
        z, i, sigma, o = gates.chunk(4, dim=-1)
        of_sums = torch.empty_like(gates)
        # What a gradient is multiplied by on its way back through a step.
        slopes = (o / ns[1:], hs[1:] / ns[1:], cs[:-1] * fs, ns[:-1] * fs, z * i, i, fs, fs < 1)
        inner = (i * (1 - z * z), 1 - sigma, hs[1:] * (1 - o))
        earlier = [torch.zeros_like(hs[0]), *of_outputs.unbind(0)]
        h = earlier.pop()
        c, n, m = of_last.clone().unbind(0)
        steps = zip(*(part.unbind(0) for part in (of_sums, *slopes, *inner)), strict=True)
        for of_step, h_c, h_n, c_f, n_f, c_i, n_i, f, i_won, z_in, f_in, o_in in reversed(
            list(steps)
        ):
            of_z, of_i, of_f, of_o = of_step.chunk(4, dim=-1)
            c.addcmul_(h, h_c)
            n.addcmul_(h, h_n, value=-1)
            log_f = torch.mul(c, c_f).addcmul_(n, n_f)
            log_i = torch.mul(c, c_i).addcmul_(n, n_i)
            # m is the larger of both logarithms, and all else is measured from it.
            torch.where(i_won, m - log_f, log_i, out=of_i)
            m = m - of_i
            torch.mul(m, f_in, out=of_f)
            torch.mul(c, z_in, out=of_z)
            torch.mul(h, o_in, out=of_o)
            c.mul_(f)
            n.mul_(f)
            h = torch.addmm(earlier.pop(), of_step, weight)
        of_weight = of_sums.flatten(0, 1).t() @ hs[:-1].flatten(0, 1)
        return of_sums, of_weight, torch.stack([h, c, n, m])
