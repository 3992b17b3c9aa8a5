"""The contract of a recurrent cell: an initial state, one step, and a scan."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

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
        outputs = []
        # unbind, not x[:, t]: indexing would make autograd build a full-size zero gradient a step.
        for x_t in x.unbind(1):
            output, state = self.step(x_t, state)
            outputs.append(output)
        return torch.stack(outputs, dim=1), state

    def zeros(self, batch_size: int) -> Tensor:
        """Return zeros [B, D] on the device and in the type of the weights."""
        return next(self.parameters()).new_zeros(batch_size, self.hidden_size)
