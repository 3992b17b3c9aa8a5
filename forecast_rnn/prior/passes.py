"""Which rows the recurrent layers read for which origins.

Rows of a series are cut into blocks; all origins of a block share one pass, which begins a
fixed number of rows before the block. So what is read for an origin depends on its row alone
and not on which others are asked for, and many origins cost one pass.
"""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints

BLOCK = 128
"""Rows whose origins share a pass."""

LEAD = 192
"""Rows that a pass reads before its block; training shows contexts of 192 to 320 rows."""

MEMORY = 8192
"""Rows before a block from which lags and means are taken, at least."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Passes over series, P of them, and the origins of each.

    Attributes:
        begin: First row of the history, in the flat array, [P].
        start: First row that is read, counted from `begin`, [P].
        end: Row after the last that is read, counted from `begin`, [P].
        item: Which series, [P].
        owner: Pass of each origin, [B].
        row: Row of each origin, counted from the `begin` of its pass, [B].
    """

    begin: Ints
    start: Ints
    end: Ints
    item: Ints
    owner: Ints
    row: Ints


def plan_passes(first: Ints, memory: Ints, items: Ints, origins: Ints) -> Passes:
    """Assign origins to passes.

    Args:
        first: First row of each series that holds a value, in the flat array, [I].
        memory: Rows before a block that a series needs, [I].
        items: Series of each origin, [B].
        origins: Rows in the flat array, at or after the first of their series, [B].
    """
    local = origins - first[items]
    block = local // BLOCK
    pairs, owner = np.unique(np.stack([items, block]), axis=1, return_inverse=True)
    owner = owner.reshape(-1)
    item, block = pairs
    start = np.maximum(block * BLOCK - LEAD, 0)
    begin = np.maximum(block * BLOCK - memory[item], 0)
    last = np.zeros_like(item)
    np.maximum.at(last, owner, local)
    return Passes(
        begin=first[item] + begin,
        start=start - begin,
        end=last + 1 - begin,
        item=item,
        owner=owner,
        row=local - begin[owner],
    )


def dense(values: Floats, begin: Ints, end: Ints) -> Floats:
    """Return [P, N]: rows of a flat array from `begin`, so many of each, and NaN behind them."""
    columns = np.arange(end.max())
    rows = np.minimum(begin[:, None] + columns, len(values) - 1)
    return np.where(columns < end[:, None], values[rows], np.nan)
