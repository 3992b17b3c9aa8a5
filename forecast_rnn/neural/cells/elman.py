"""The simple recurrent network of Elman, with tanh, ReLU or the logistic function."""

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from forecast_rnn.neural.cells.base import Cell, Context, Projection, State, batch_first, time_first


@dataclass(frozen=True, slots=True)
class Nonlinearity:
    """A function f of an Elman network.

    Attributes:
        apply_: Puts f(x) in the place of x.
        slope: Returns f'(x) of f(x).
    """

    apply_: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


TANH = Nonlinearity(Tensor.tanh_, lambda h: 1 - h * h)
RELU = Nonlinearity(Tensor.relu_, lambda h: (h > 0).to(h.dtype))
SIGMOID = Nonlinearity(Tensor.sigmoid_, lambda h: h * (1 - h))


class SimpleCell(Cell, ABC):
    """Simple recurrent network: the new state is a function of input and last state.

    Elman (1990), Finding structure in time, https://doi.org/10.1207/s15516709cog1402_1:
    h_t = f(W_hh h_(t-1) + W_xh x_t + b_h). The orthogonal start of W_hh
    (Saxe et al., 2014, https://arxiv.org/abs/1312.6120) keeps early gradients from fading.
    """

    def __init__(self, inputs: int, hidden_size: int, function: Nonlinearity) -> None:
        super().__init__(inputs, hidden_size)
        self.function = function
        self.input = Projection(inputs, hidden_size)
        self.recurrent = nn.Linear(hidden_size, hidden_size, bias=False)
        nn.init.orthogonal_(self.recurrent.weight)

    def initial_state(self, batch_size: int) -> State:
        """Return h = 0, [B, D]."""
        return (self.zeros(batch_size),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step, [B, C] -> [B, D]."""
        (h,) = state
        h = self.function.apply_(self.input(x) + self.recurrent(h))
        return h, (h,)

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, the products with the inputs in one, [B, T, C] -> [B, T, D]."""
        (h,) = state
        projected = self.input(time_first(x))
        weight = self.recurrent.weight
        outputs: Tensor = _Scan.apply(projected, h, weight, self.function)  # type: ignore[no-untyped-call]
        return batch_first(outputs), (outputs[-1],)


@final
class Elman(SimpleCell):
    """Elman network with tanh, the usual one; its gradients fade over long lags."""

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size, TANH)


@final
class ElmanRelu(SimpleCell):
    """Elman network with ReLU, which starts by keeping its state.

    W_hh starts at the identity and the bias at 0, after Le et al. (2015),
    https://arxiv.org/abs/1504.00941; the inputs start small, so that the sum stays small.
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size, RELU)
        nn.init.eye_(self.recurrent.weight)
        nn.init.zeros_(self.input.bias)
        with torch.no_grad():
            self.input.weight.mul_(0.1)


@final
class ElmanSigmoid(SimpleCell):
    """Elman network with the logistic function, whose slope of at most 1/4 fades fastest."""

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__(inputs, hidden_size, SIGMOID)


class _Context(Context):
    function: Nonlinearity


class _Scan(torch.autograd.Function):
    """h_t = f(p_t + W h_(t-1)) for all t, with a backward pass of two operations a step."""

    @staticmethod
    def forward(
        ctx: _Context,
        projected: Tensor,
        h: Tensor,
        weight: Tensor,
        function: Nonlinearity,
    ) -> Tensor:
        states = torch.empty_like(projected)
        before = h
        for p, after in zip(projected.unbind(0), states.unbind(0), strict=True):
            torch.addmm(p, before, weight.t(), out=after)
            before = function.apply_(after)
        ctx.save_for_backward(states, h, weight)
        ctx.function = function
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: _Context, gradient: Tensor) -> tuple[Tensor | None, ...]:
        states, h, weight = ctx.saved_tensors
        inner = ctx.function.slope(states)  # becomes the gradient of p_t + W h_(t-1)
        earlier = [torch.zeros_like(h), *gradient.unbind(0)]
        carried = earlier.pop()
        for slope, g in zip(reversed(inner.unbind(0)), reversed(earlier), strict=True):
            slope.mul_(carried)
            carried = torch.addmm(g, slope, weight)
        before = torch.cat([h.unsqueeze(0), states[:-1]])
        return inner, carried, inner.flatten(0, 1).t() @ before.flatten(0, 1), None
