"""What a prior is built of, and what it forecasts."""

from dataclasses import dataclass

QUANTILE_LEVELS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Levels that a prior forecasts, Q; others are interpolated."""

MEDIAN = len(QUANTILE_LEVELS) // 2
"""Place of the median among them."""

CELLS = ("gru", "lstm", "mingru")
"""Cells of which there is a prior."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """Sizes of a network.

    Attributes:
        cell: Its recurrent cell, one of `CELLS`.
        hidden_size: Width of its states, D.
        layers: Recurrent layers, one on top of the other.
        head_size: Width of the head.
    """

    cell: str = "gru"
    hidden_size: int = 128
    layers: int = 2
    head_size: int = 128
