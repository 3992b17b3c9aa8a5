"""Whether two models differ by more than noise, which has two sources: series and seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MORE, NO_MORE, TOO_FEW = "more than noise", "no more than noise", "too few to tell from noise"
NOISE = 0.05
"""A difference is more than noise if noise alone brings one as large less often than this."""
FEWEST = 5
"""Series, or windows, with which a difference is tested at all."""

Errors = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How the mean error of one model differs from that of another.

    Attributes:
        mean: The one less the other: below 0 the one is better.
        lower: With 95 % the difference is above this; None, as the next two, if too little was
            compared.
        upper: And below this.
        p_value: Two-sided, of there being no difference.
        count: Series, or windows, that were compared.
    """

    mean: float
    lower: float | None
    upper: float | None
    p_value: float | None
    count: int


def difference(first: Errors, second: Errors) -> Difference:
    """Test whether two models differ, on the same series and over several seeds.

    d is the error of the first less that of the second, averaged over seeds, of which a mean is
    taken over n series. Its variance is var(d) / n, what other series would have brought, as in
    the paired test of Diebold and Mariano (1995), https://doi.org/10.1080/07350015.1995.10524599,
    and for each model var(e) / S, what other seeds would have brought, where e is its mean error
    with one of S seeds. Both count, as the mean is over both: Owen (2007),
    https://doi.org/10.1214/07-AOAS122, for crossed random effects, and Bouthillier et al. (2021),
    https://arxiv.org/abs/2103.03098, for seeds. The degrees of freedom of the sum are those of
    Satterthwaite (1946), https://doi.org/10.2307/3002019. A model with one row of errors, as a
    baseline or a single seed has, adds nothing for seeds.

    Args:
        first: Errors by seed and series, [S, n].
        second: The same series, in the same order, possibly with other seeds, [S', n].
    """
    from scipy.special import stdtr, stdtrit

    apart = first.mean(axis=0) - second.mean(axis=0)
    count, mean = len(apart), float(apart.mean()) if len(apart) else math.nan
    if count < FEWEST:
        return Difference(mean, None, None, None, count)
    parts = [(float(apart.var(ddof=1)) / count, count - 1), *_of_seeds(first), *_of_seeds(second)]
    variance = math.fsum(part for part, _ in parts)
    if variance == 0:
        return Difference(mean, mean, mean, 0.0 if mean else 1.0, count)
    freedom = variance**2 / math.fsum(part**2 / degrees for part, degrees in parts)
    error = math.sqrt(variance)
    bound = float(stdtrit(freedom, 1 - NOISE / 2)) * error
    p_value = 2 * float(stdtr(freedom, -abs(mean) / error))
    return Difference(mean, mean - bound, mean + bound, p_value, count)


def adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values that allow for there being many; None stays.

    Holm (1979), https://www.jstor.org/stable/4615733: the k-th smallest of m counts m - k + 1
    times, and no less than those before it.
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    least = 0.0
    for rank, (p_value, place) in enumerate(known):
        least = max(least, min(1.0, (len(known) - rank) * p_value))
        corrected[place] = least
    return corrected


def in_words(p_value: float | None) -> str:
    """Say whether a difference is more than noise."""
    if p_value is None:
        return TOO_FEW
    return MORE if p_value <= NOISE else NO_MORE


def spread(errors: Errors) -> float | None:
    """Return the standard deviation over seeds of the mean error; None for one seed, [S, n]."""
    return float(errors.mean(axis=1).std(ddof=1)) if len(errors) > 1 else None


def _of_seeds(errors: Errors) -> list[tuple[float, int]]:
    """Return the variance of the mean that is due to seeds, with its degrees of freedom."""
    seeds = len(errors)
    if seeds < 2:
        return []
    return [(float(errors.mean(axis=1).var(ddof=1)) / seeds, seeds - 1)]
