"""The linear recurrence h_t = a_t h_(t-1) + b_t, for all t at once."""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from forecast_rnn.neural.cells.base import Context


def linear_scan(a: Tensor, b: Tensor, h: Tensor) -> Tensor:
    """Return all h_t = a_t h_(t-1) + b_t, elementwise; a and b [T, B, D], h [B, D] -> [T, B, D].

    One fused operation a step, forwards and backwards. On a processor the loop is faster
    than the closed form in logarithms (Martin and Cundy, 2018, https://arxiv.org/abs/1709.04057;
    Heinsen, 2023, https://arxiv.org/abs/2311.06281) and loses no digits.
    """
    states: Tensor = _LinearScan.apply(a, b, h)  # type: ignore[no-untyped-call]
    return states


class _LinearScan(torch.autograd.Function):
    """Backwards, with g_t the gradient of h_t from all later steps: g_t += a_(t+1) g_(t+1)."""

    @staticmethod
    def forward(ctx: Context, a: Tensor, b: Tensor, h: Tensor) -> Tensor:
        states = torch.empty_like(b)
        before = h
        for a_t, b_t, after in zip(a.unbind(0), b.unbind(0), states.unbind(0), strict=True):
            before = torch.addcmul(b_t, a_t, before, out=after)
        ctx.save_for_backward(a, states, h)
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        a, states, h = ctx.saved_tensors
        of_b = torch.empty_like(states)
        later = torch.zeros_like(h)  # a_(t+1) g_(t+1)
        steps = zip(gradient.unbind(0), a.unbind(0), of_b.unbind(0), strict=True)
        for g_t, a_t, whole in reversed(list(steps)):
            torch.add(g_t, later, out=whole)
            later = whole * a_t
        of_a = torch.empty_like(states)
        torch.mul(of_b[0], h, out=of_a[0])
        torch.mul(of_b[1:], states[:-1], out=of_a[1:])
        return of_a, of_b, later
