"""What each source of a combination was worth on held-back rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from forecast_rnn.data.words import listed
from forecast_rnn.evaluation.combination import Values, combined, scaled_loss

TOGETHER = "together"
"""What the weighted mean of all sources is called."""


@dataclass(frozen=True, slots=True)
class Worth:
    """How well a source did, and by how much it counts.

    Attributes:
        name: What people are told the source is; `TOGETHER` of the mean of all.
        score: The scaled loss of held-back rows, less is better; None where nothing was measured.
        weight: From 0 to 1.
    """

    name: str
    score: float | None
    weight: float


def worths(
    names: Sequence[str],
    weights: Sequence[float],
    parts: Sequence[Values] = (),
    measured: tuple[Values, Values, Sequence[float]] | None = None,
) -> tuple[Worth, ...]:
    """Say what each source was worth, and all of them together.

    Args:
        names: Of the sources, K.
        weights: Of the sources, K.
        parts: Quantiles of each for held-back origins, [B, Q, H].
        measured: What came true, [B, H], the scales of the errors, [B], and the levels, [Q]; None
            where there are no such origins.
    """
    if measured is None:
        return tuple(Worth(*both) for both in zip(names, [None] * len(names), weights, strict=True))
    mean = combined(parts, weights)
    every = zip([*names, TOGETHER], [*parts, mean], [*weights, 1.0], strict=True)
    return tuple(
        Worth(name, _finite(scaled_loss(part, *measured)), weight) for name, part, weight in every
    )


def weights_in_words(found: Sequence[Worth]) -> str:
    """Name the sources with their weights: `prior 45%, ridge 55%`."""
    each = [one for one in found if one.name != TOGETHER]
    return listed([f"{one.name.replace('_', ' ')} {100 * one.weight:.0f}%" for one in each])


def _finite(score: float) -> float | None:
    return score if score < float("inf") else None
