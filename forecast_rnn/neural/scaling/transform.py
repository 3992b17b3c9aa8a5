"""The scale on which a network sees a panel: logarithms where the data allow them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

TransformFn = Callable[[Tensor, float], Tensor]

_FORWARD: dict[str, TransformFn] = {
    "identity": lambda values, _: values,
    "log": lambda values, _: values.log(),
    "log1p": lambda values, unit: torch.where(values < 0, torch.nan, (values / unit).log1p()),
}
_INVERSE: dict[str, TransformFn] = {
    "identity": lambda values, _: values,
    "log": lambda values, _: values.exp(),
    # A forecast of counts is never below zero.
    "log1p": lambda values, unit: values.expm1().clamp(min=0) * unit,
}
SMALLEST = 1e-6
"""Least value above 0 that `positive` gives, in units of the data."""
SOFTNESS = 0.1
"""Below about this logarithm, `positive` goes towards 0 and no longer below."""


def _soft(values: Tensor, softness: float) -> Tensor:
    return softness * F.softplus(values / softness)


_POSITIVE: dict[str, TransformFn] = {
    "identity": lambda values, _: F.softplus(values) + SMALLEST,
    "log": lambda values, _: values.exp(),
    "log1p": lambda values, unit: unit * (_soft(values, SOFTNESS).expm1() + SMALLEST),
}
TRANSFORMS = tuple(_FORWARD)


@dataclass(frozen=True, slots=True)
class Transform:
    """A monotone map, so that quantiles of the image are images of the quantiles.

    Attributes:
        name: `log` for positive data, `log1p` for non-negative, else `identity`.
        unit: The value that `log1p` takes as one, so that counts in thousands
            are treated as counts in ones.
    """

    name: str
    unit: float = 1.0

    @property
    def logarithmic(self) -> bool:
        """Whether differences on the new scale are ratios on the old."""
        return self.name != "identity"

    def outside(self, values: NDArray[np.float64]) -> int:
        """Count values, [R], of a sign that the data did not have when this was chosen."""
        low = {"log": values <= 0, "log1p": values < 0, "identity": np.zeros(0, bool)}
        return int(low[self.name].sum())

    def forward(self, values: Tensor) -> Tensor:
        """Map data to the network's scale; what is missing or outside the domain is not finite."""
        return _FORWARD[self.name](values, self.unit)

    def inverse(self, values: Tensor) -> Tensor:
        """Map back to the data's scale."""
        return _INVERSE[self.name](values, self.unit)

    def positive(self, values: Tensor) -> Tensor:
        """Map back as `inverse` does, but smoothly and to above 0, for the mean of counts."""
        return _POSITIVE[self.name](values, self.unit)


def choose_transform(values: NDArray[np.float64]) -> Transform:
    """Choose by the sign of the observed values, [R] with missing as NaN."""
    lowest = np.fmin.reduce(values, initial=np.nan)
    if np.isnan(lowest) or lowest < 0:
        return Transform("identity")
    if lowest > 0:
        return Transform("log")
    positive = values[values > 0]
    return Transform("log1p", float(np.quantile(positive, 0.05)) if positive.size else 1.0)
