"""Where networks stand after rows of every series, and what a forecast there rests on."""

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
    """Where networks stand after a step of each series.

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
    """What a forecast after the last row of each series rests on.

    Attributes:
        told: What each network makes of it, [N, …].
        level: Of the last window, as `Scale` has it, [N, 1, 1].
        size: Of the same, [N, 1, 1].
        seen: Whether the last window holds an observation, [N].
        still: As in `SeriesStates`, [N].
    """

    told: tuple[Context, ...]
    level: Tensor
    size: Tensor
    seen: Tensor
    still: Tensor


Stood = tuple[SeriesStates, Ending]

Known = TypeVar("Known", SeriesStates, Ending)


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What networks know of every series after its last row.

    A step follows the one a stride of rows before it, so that there are as many standings as a
    stride has rows.

    Attributes:
        standings: By how many rows, modulo the stride, come after those of `begun`; None until a
            row comes there, [S].
        last: Of each item, whatever its place.
        begun: Rows of each item when memory began, [N].
        read: Rows of each item that have been read, [N].
    """

    standings: tuple[SeriesStates | None, ...]
    last: Ending
    begun: Tensor
    read: Tensor

    def ends_at(self, items: Tensor, positions: Tensor) -> bool:
        """Tell whether positions, [B], are those of the last rows that were read of items, [B]."""
        return bool((self.read[items] == positions + 1).all())

    def places(self, rows: Tensor) -> Tensor:
        """Return the places in `standings` after so many rows of each item, [N]."""
        return (rows - self.begun) % len(self.standings)


def picked(items: Tensor, known: Known) -> Known:
    """Return what is known of some items, [N, …] -> [B, …]; no copy where these are all in order.

    Args:
        items: Of any order, any of them several times, [B].
        known: Of all items.
    """
    count = len(known[-1])
    if len(items) == count and bool((items == torch.arange(count, device=items.device)).all()):
        return known
    return mapped(lambda tensor: tensor[items], known)


def put(old: Tree, items: Tensor, new: Tree) -> Tree:
    """Return what is known of all items once it is another of some, [N, …].

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
