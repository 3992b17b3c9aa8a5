"""The gated recurrent unit."""

from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from forecast_rnn.neural.cells.base import Cell, Context, State, batch_first, time_first

_SMALL = 1 << 13
"""Numbers in a state, B·D, up to which the loop below is faster than torch's."""

_CACHED = 1 << 16
"""Numbers that fit in a processor's cache: as many are prepared at once in the backward pass."""


@final
class GRU(Cell):
    """Gated recurrent unit with two gates, reset r and update z.

    Cho et al. (2014), https://arxiv.org/abs/1406.1078, eq. 5-8, in the form in which the reset
    gate acts after the matrix product, as `torch.nn.GRU` and cuDNN have it (the paper has
    U (r_t ∘ h_(t-1)) in eq. 8). As there, inputs and state have a bias each, b and β:

    r_t = σ(W_r x_t + b_r + U_r h_(t-1) + β_r)
    z_t = σ(W_z x_t + b_z + U_z h_(t-1) + β_z)
    h̃_t = tanh(W x_t + b + r_t ∘ (U h_(t-1) + β))
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
        """Take all steps, [B, T, C] -> [B, T, D].

        `torch.nn.GRU` is fused on a graphics card and lean where no gradient is needed;
        to train on a processor, in steps of the usual size, the loop below is faster.
        """
        (h,) = state
        if x.device.type != "cpu" or not torch.is_grad_enabled() or h.numel() > _SMALL:
            outputs, last = self.weights(x, h.unsqueeze(0))
            return outputs, (last.squeeze(0),)
        w_x, w_h, b_x, b_h = self.weights.all_weights[0]
        split = 2 * self.hidden_size
        # The gates take both biases at once; in the candidate, r stands between them.
        bias = torch.cat([b_x[:split] + b_h[:split], b_x[split:]])
        projected = F.linear(time_first(x), w_x, bias).to(w_x.dtype)
        states: Tensor = _Scan.apply(projected, h, w_h, b_h[split:])  # type: ignore[no-untyped-call]
        return batch_first(states), (states[-1],)


class _Scan(torch.autograd.Function):
    """All steps of the recurrence, with a backward pass of three operations a step."""

    @staticmethod
    def forward(ctx: Context, projected: Tensor, h: Tensor, w_h: Tensor, bias: Tensor) -> Tensor:
        split = 2 * h.shape[-1]
        p_gates, p_candidate = projected.tensor_split((split,), dim=-1)
        gates = p_gates.new_empty(p_gates.shape)
        candidates, products, states = (p_candidate.new_empty(p_candidate.shape) for _ in "123")
        w_gates, w_candidate = w_h[:split].t(), w_h[split:].t()
        before = h
        parts = (p_gates, p_candidate, gates, candidates, products, states)
        for p_g, p_c, g, c, u, after in zip(*(part.unbind(0) for part in parts), strict=True):
            torch.addmm(p_g, before, w_gates, out=g).sigmoid_()
            torch.addmm(bias, before, w_candidate, out=u)
            r, z = g.chunk(2, dim=-1)
            torch.addcmul(p_c, r, u, out=c).tanh_()
            before = torch.lerp(c, before, z, out=after)
        ctx.save_for_backward(gates, candidates, products, states, h, w_h)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, gradient: Tensor) -> tuple[Tensor, ...]:
        gates, candidates, products, states, h, w_h = ctx.saved_tensors
        steps, batch, width = states.shape
        before = torch.cat([h.unsqueeze(0), states[:-1]])
        # Gradients of the four sums, side by side so that each product takes a part in one piece:
        # the first three are of W x (candidate, r, z), the last three of U h (r, z, candidate).
        of_sums = gates.new_empty(steps, batch, 4, width)
        earlier = [torch.zeros_like(h), *gradient.unbind(0)]
        carried = earlier.pop()
        block = max(1, _CACHED // (batch * width))
        for end in range(steps, 0, -block):
            part = slice(max(0, end - block), end)
            _slopes(gates[part], candidates[part], products[part], before[part], out=of_sums[part])
            updates = gates[part, :, width:].unbind(0)
            for of_step, z in zip(
                reversed(of_sums[part].unbind(0)), reversed(updates), strict=True
            ):
                of_step.mul_(carried.unsqueeze(1))
                carried = torch.addcmul(earlier.pop(), carried, z)
                carried.addmm_(of_step.flatten(1)[:, width:], w_h)
        flat = of_sums.view(-1, 4 * width)
        of_projected = torch.cat([of_sums[:, :, 1:3], of_sums[:, :, :1]], dim=2).flatten(2)
        of_w: Tensor = flat[:, width:].t() @ before.flatten(0, 1)
        return of_projected, carried, of_w, flat[:, 3 * width :].sum(0)


def _slopes(
    gates: Tensor, candidate: Tensor, product: Tensor, before: Tensor, *, out: Tensor
) -> None:
    """Write what a gradient of h_t is multiplied by on its way back through step t."""
    r, z = gates.chunk(2, dim=-1)
    of_candidate, of_r, of_z, of_product = out.unbind(2)
    torch.mul(1 - z, 1 - candidate * candidate, out=of_candidate)
    torch.mul(of_candidate, r, out=of_product)
    torch.mul(of_product, product, out=of_r).mul_(1 - r)
    torch.sub(before, candidate, out=of_z).mul_(z).mul_(1 - z)
