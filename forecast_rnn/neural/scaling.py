"""Level and size of a window: a value that is passed along, not a fitted object."""

from dataclasses import dataclass

import torch
from torch import Tensor

CLIP = 8.0
"""Inputs beyond this many sizes from the level are outliers and are cut there."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How each window is normalised.

    Attributes:
        level: Mean of the window's last season, [B, T, 1].
        size: Mean absolute deviation of the window from its level, plus a floor, [B, T, 1].
    """

    level: Tensor
    size: Tensor

    def apply(self, values: Tensor) -> Tensor:
        """Normalise, [B, T, …] -> [B, T, …]."""
        return (values - self.level) / self.size

    def restore(self, values: Tensor) -> Tensor:
        """Undo `apply`."""
        return values * self.size + self.level


def masked_mean(values: Tensor, observed: Tensor) -> Tensor:
    """Average the observed entries over the last dimension, [..., W] -> [..., 1]; 0 where none."""
    total = torch.where(observed, values, 0).sum(-1, keepdim=True)
    return total / observed.sum(-1, keepdim=True).clamp(min=1)


def window_scale(windows: Tensor, season_length: int, floor: float, *, relative: bool) -> Scale:
    """Measure each window by nothing but itself.

    Args:
        windows: Values with missing as NaN, [B, T, W].
        season_length: Rows of the season over which the level is taken.
        floor: Least size; without one, a quiet window would blow up what follows it.
        relative: Whether the floor is in units of the window's mean absolute value,
            as data on a linear scale need, or absolute, as logarithms do.
    """
    level, deviation = level_and_deviation(windows, season_length)
    size = deviation + floor * (mean_size(windows) if relative else 1.0)
    return Scale(level, torch.where(size > 0, size, 1))


def level_and_deviation(windows: Tensor, season_length: int) -> tuple[Tensor, Tensor]:
    """Return the mean of the last season and the mean absolute deviation from it, [B, T, 1].

    A last season without observations gives way to the whole window.
    """
    observed = ~windows.isnan()
    season = observed[..., -season_length:]
    level = torch.where(
        season.any(-1, keepdim=True),
        masked_mean(windows[..., -season_length:], season),
        masked_mean(windows, observed),
    )
    return level, masked_mean((windows - level).abs(), observed)


def mean_size(windows: Tensor) -> Tensor:
    """Return the mean absolute value of each window, [B, T, 1]."""
    return masked_mean(windows.abs(), ~windows.isnan())
