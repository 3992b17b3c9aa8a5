"""The contract of a recurrent cell: an initial state, one step, and a scan."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx

State = tuple[Tensor, ...]
"""What a cell remembers: tensors of shape [B, …], passed in and returned, never kept."""


class Cell(nn.Module, ABC):
    """One recurrent layer.

    A cell knows nothing of windows, masks or missing values: a missing value
    reaches it as a zero beside a channel that says so.

    Args:
        inputs: Input channels, C.
        hidden_size: Width of the output, D.
    """

    def __init__(self, inputs: int, hidden_size: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.hidden_size = hidden_size

    @abstractmethod
    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first step, on the device and in the type of the weights."""

    @abstractmethod
    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take one step as the paper writes it, [B, C] -> [B, D]."""

    def scan(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Take all steps, [B, T, C] -> [B, T, D]; equal to a loop over `step`."""
        outputs, state = loop(self.step, time_first(x), state)
        return batch_first(outputs), state

    def zeros(self, batch_size: int) -> Tensor:
        """Return zeros [B, D] on the device and in the type of the weights."""
        return next(self.parameters()).new_zeros(batch_size, self.hidden_size)


class Projection(nn.Linear):
    """A linear map of the inputs, in the type of the weights also where autocast multiplies.

    What comes after it is recurrent and would add up the rounding of bfloat16 step by step.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b, [..., C] -> [..., D]."""
        return super().forward(x).to(self.weight.dtype)


def exactly(x: Tensor) -> torch.autocast:
    """Return a context in which nothing is rounded to bfloat16, on the device of x."""
    return torch.autocast(x.device.type, enabled=False)


class Context(FunctionCtx):
    """What a forward pass leaves for its backward pass, for the type checker."""

    saved_tensors: tuple[Tensor, ...]


def loop(
    update: Callable[[Tensor, State], tuple[Tensor, State]], inputs: Tensor, state: State
) -> tuple[Tensor, State]:
    """Go through inputs time first, [T, B, …] -> [T, B, D], and return the last state too."""
    outputs = []
    with exactly(inputs):
        # unbind, not inputs[t]: indexing would have autograd build a full-size zero gradient a step
        for part in inputs.unbind(0):
            output, state = update(part, state)
            outputs.append(output)
    return torch.stack(outputs), state


def time_first(x: Tensor) -> Tensor:
    """Return [B, T, C] as [T, B, C], in one piece; free for what `batch_first` returned."""
    return x.transpose(0, 1).contiguous()


def batch_first(outputs: Tensor) -> Tensor:
    """Return [T, B, D] as [B, T, D], a view."""
    return outputs.transpose(0, 1)


def log_of_zero(zeros: Tensor) -> Tensor:
    """Return, in the shape of zeros, a logarithm whose exponential is 0, yet finite."""
    return zeros + torch.finfo(zeros.dtype).min / 2
