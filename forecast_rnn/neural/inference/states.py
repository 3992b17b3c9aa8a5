"""The states of networks after rows of every series, and what a forecast from them takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

import torch
from torch import Tensor

from forecast_rnn.neural.network.network import Context
from forecast_rnn.neural.network.stack import States

Tree = TypeVar("Tree")
"""A tensor, or tuples of tensors."""


class SeriesStates(NamedTuple):
    """The states of networks after a step of each series.

    Attributes:
        states: Of each network, [N, …].
        known: How many of the windows that were read hold an observation, T at most, [N].
        still: Steps since a window that was other than constant, [N].
        steps: Steps since the states began, [N].
        level: Of the last window, as `Scale` has it, [N, 1, 1].
        seen: Whether the last window holds an observation, [N].
    """

    states: tuple[States, ...]
    known: Tensor
    still: Tensor
    steps: Tensor
    level: Tensor
    seen: Tensor


class Ending(NamedTuple):
    """What a forecast after the last row of each series is made of.

    Attributes:
        contexts: Of each network, [N, …].
        level: Of the last window, as `Scale` has it, [N, 1, 1].
        size: Of the same, [N, 1, 1].
        seen: Whether the last window holds an observation, [N].
        still: As in `SeriesStates`, [N].
    """

    contexts: tuple[Context, ...]
    level: Tensor
    size: Tensor
    seen: Tensor
    still: Tensor


StatesAndEnding = tuple[SeriesStates, Ending]

Known = TypeVar("Known", SeriesStates, Ending)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What networks know of every series after its last row.

    A step follows the one a stride of rows before it. So the rows of a stride are S interleaved
    sequences of steps, each with states of its own; the phase of a row, 0 … S - 1, says to which
    sequence it belongs.

    Attributes:
        by_phase: The states of each phase; None until a row of that phase has come, [S].
        last: Of each item, whatever the phase of its last row.
        begun: Rows of each item when memory began, [N].
        read: Rows of each item that have been read, [N].
    """

    by_phase: tuple[SeriesStates | None, ...]
    last: Ending
    begun: Tensor
    read: Tensor

    def ends_at(self, items: Tensor, positions: Tensor) -> bool:
        """Return whether positions, [B], are of the last rows that were read of items, [B]."""
        return bool((self.read[items] == positions + 1).all())

    def phases(self, rows: Tensor) -> Tensor:
        """Return the phase of the last of so many rows of each item, [N].

        Phases count from the rows that were there when memory began, so that the first states of
        all items have phase 0, however long the items are.
        """
        return (rows - self.begun) % len(self.by_phase)


def picked(items: Tensor, known: Known) -> Known:
    """Select items, [N, …] -> [B, …]; no copy where they are all items in order.

    Args:
        items: Of any order, any of them several times, [B].
        known: Of all items.
    """
    count = len(known[-1])
    if len(items) == count and bool((items == torch.arange(count, device=items.device)).all()):
        return known
    return mapped(lambda tensor: tensor[items], known)


def put(old: Tree, items: Tensor, new: Tree) -> Tree:
    """Replace the rows of given items, [N, …]; the old tensors stay as they are.

    Args:
        old: Of all items, [N, …].
        items: Those of `new`, in order, each once, [B].
        new: Of these, [B, …].
    """

    def replaced(before: Tensor, after: Tensor) -> Tensor:
        return after if len(items) == len(before) else before.index_copy(0, items, after)

    return mapped(replaced, old, new)


def mapped(function: Callable[..., Tensor], *trees: Tree) -> Tree:
    """Apply a function to each tensor of nested tuples that are alike."""
    if isinstance(trees[0], Tensor):
        return cast("Tree", function(*trees))
    parts = [mapped(function, *several) for several in zip(*cast("Any", trees), strict=True)]
    kind = cast("Any", type(trees[0]))
    return cast("Tree", kind(*parts) if hasattr(kind, "_fields") else tuple(parts))
