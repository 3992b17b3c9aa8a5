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
        """Normalise, [B, T, …] -> [B, T, …] in float32, which begins here."""
        return (values - self.level).float() / self.size.float()

    def change(self, values: Tensor, last: Tensor) -> Tensor:
        """Return how far values are from the last ones, in sizes, [B, T, H] and [B, T, 1]."""
        return (values - last) / self.size

    def restore(self, values: Tensor) -> Tensor:
        """Undo `apply`, back to the type of the values."""
        return values.to(self.level.dtype) * self.size + self.level


@dataclass(frozen=True, slots=True)
class Windows:
    """What the recurrent steps read, before it is normalised.

    Attributes:
        values: Missing as 0, [B, T, W].
        observed: 1 where a value is known, else 0, float32, [B, T, W].
        count: Observed values of each window, at least 1, [B, T, 1].
    """

    values: Tensor
    observed: Tensor
    count: Tensor

    def level(self, season_length: int) -> Tensor:
        """Return the mean of the last season, [B, T, 1]; of the window where that is empty."""
        season = self.observed[..., -season_length:].sum(-1, keepdim=True)
        return torch.where(
            season > 0,
            self.values[..., -season_length:].sum(-1, keepdim=True) / season,
            self.values.sum(-1, keepdim=True) / self.count,
        )

    def last(self) -> Tensor:
        """Return the last observed value, 0 where there is none, [B, T, 1]."""
        places = torch.arange(1, self.values.shape[-1] + 1, device=self.values.device)
        place = (self.observed * places).argmax(-1, keepdim=True)
        return self.values.gather(-1, place)

    def apart(self, level: Tensor) -> Tensor:
        """Return how far each value is from the level, missing as 0, float32, [B, T, W]."""
        return (self.values - level).float().mul_(self.observed)

    def mean_size(self) -> Tensor:
        """Return the mean absolute value of each window, [B, T, 1]."""
        return self.values.abs().sum(-1, keepdim=True) / self.count


def windows_of(values: Tensor, observed: Tensor) -> Windows:
    """Count what is observed; the arguments as in `Windows`."""
    return Windows(values, observed, observed.sum(-1, keepdim=True).clamp(min=1))


def normalise(
    windows: Windows, season_length: int, floor: float, *, relative: bool
) -> tuple[Tensor, Scale]:
    """Normalise each window by nothing but itself.

    Args:
        windows: What to normalise.
        season_length: Rows of the season over which the level is taken.
        floor: Least size; without one, a quiet window would blow up what follows it.
        relative: Whether the floor is in units of the window's mean absolute value,
            as data on a linear scale need, or absolute, as logarithms do.

    Returns:
        The windows with outliers cut and missing as 0, float32, [B, T, W], and their scale.
    """
    level = windows.level(season_length)
    apart = windows.apart(level)
    size = apart.abs().sum(-1, keepdim=True) / windows.count
    size = size + floor * (windows.mean_size() if relative else 1.0)
    size = torch.where(size > 0, size, 1).to(level.dtype)
    return (apart / size.float()).clamp_(-CLIP, CLIP), Scale(level, size)
