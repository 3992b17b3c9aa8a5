"""How wide intervals have to be: measured on forecasts of rows that training did not see.

Conformalised quantile regression after Romano, Patterson and Candès (2019),
https://arxiv.org/abs/1905.03222, but multiplicative where their eq. 6 to 8 are additive. Theirs:
the score of an outcome y is max(low - y, y - high), in the units of y, negative within the
interval; its empirical quantile Q is added on both sides, [low - Q, high + Q], the same number of
units for every forecast. Here: the score is the distance of y from the median in distances of the
interval's bound on that side, |y - median| / |bound - median|, 0 at the median and 1 at the bound;
its quantile, of the same rank as in eq. 8, multiplies both distances. So series of all sizes
share one factor, a correction keeps the skewness of a forecast, wide intervals change more than
narrow ones, and no interval can turn inside out.

Two things go beyond the paper and take its guarantee of coverage away: factors are bounded, and
drawn towards 1 where few windows were held back; and forecasts of one series follow each other in
time, where the paper supposes that they could change places.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.errors import ConfigError

Values = NDArray[np.float64]

LEAST, MOST = 0.25, 4.0
"""Bounds of a factor: beyond them the held-back rows are not like those that were learnt from."""
ENOUGH = 1000
"""Outcomes that a factor rests on: with fewer a step, those of the steps around it count too."""
DOUBT_WIDER, DOUBT_NARROWER = 0.5, 2.0
"""Windows at which a factor above or below 1 is half trusted. Networks are more often too sure than
not sure enough, so that held-back rows which ask for wider intervals are sooner believed."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """By what the distances of quantiles from the median are multiplied.

    Attributes:
        scores: Normal scores of the upper levels of the intervals, increasing, [P]; empty for
            no correction.
        factors: For each step a factor for each interval, [H, P].
    """

    scores: tuple[float, ...] = ()
    factors: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        """Check lengths and ranges; raise ConfigError with the value seen."""
        if any(low >= high for low, high in zip((0.0, *self.scores), self.scores, strict=False)):
            raise ConfigError(f"scores are {self.scores}; they must increase from above 0.")
        for step in self.factors:
            if len(step) != len(self.scores) or not all(LEAST <= f <= MOST for f in step):
                raise ConfigError(f"factors are {step}; they must lie in {LEAST} to {MOST}.")

    def corrected(self, values: Values, median: Values, scores: Values) -> Values:
        """Move quantiles away from the median or towards it, never over it.

        Between the levels of intervals factors go over in straight lines of the normal
        scores, beyond them they stay as they are.

        Args:
            values: Quantiles, [B, N, H].
            median: [B, H].
            scores: Normal scores of their levels, [B, N, H] or [1, N, 1].
        """
        if not self.factors:
            return values
        scores = np.abs(np.broadcast_to(scores, (*scores.shape[:2], len(self.factors))))
        stretch = np.empty(scores.shape)
        for step, factors in enumerate(self.factors):
            stretch[..., step] = np.interp(scores[..., step], self.scores, factors)
        middle = median[:, None]
        return np.asarray(middle + stretch * (values - middle))


@dataclass(frozen=True, slots=True)
class ConformityScores:
    """How far outcomes were from the median of their forecast, in widths of the intervals.

    Of classes, which have no intervals, it is how probable each was.

    Attributes:
        levels: The upper levels of the intervals, increasing, [P]; empty of classes.
        windows: Forecasts of each series. What befalls all series at a time makes their
            forecasts alike, so this, and not the number of forecasts, counts as evidence.
        values: 1 at the bound of an interval, NaN where nothing is known, [B, H, P]; of classes
            log probabilities, the first of the class that came true, [B, H, K].
    """

    levels: tuple[float, ...]
    windows: float
    values: NDArray[np.float32] = field(repr=False, compare=False)


def conformity_scores(
    quantiles: Values, actual: Values, levels: Sequence[float], *, windows: float
) -> ConformityScores:
    """Measure outcomes by the intervals of quantiles whose levels add up to 1.

    Args:
        quantiles: Forecasts, NaN where there is none, [B, H, Q].
        actual: What came true, NaN where it is unknown, [B, H].
        levels: Their probabilities, increasing, with 0.5 among them, [Q].
        windows: Forecasts of each series.
    """
    rounded = [round(level, 9) for level in levels]
    upper = [level for level in rounded if level > 0.5 and round(1 - level, 9) in rounded]
    median = quantiles[..., rounded.index(0.5)]
    values = np.full((*actual.shape, len(upper)), np.nan, np.float32)
    distance = np.abs(actual - median)
    for place, level in enumerate(upper):
        low = quantiles[..., rounded.index(round(1 - level, 9))]
        high = quantiles[..., rounded.index(level)]
        side = np.where(actual > median, high - median, median - low)
        conformity = np.where(distance == 0, 0.0, np.inf)
        np.divide(distance, side, out=conformity, where=side > 0)
        values[..., place] = np.where(np.isnan(distance), np.nan, conformity)
    return ConformityScores(tuple(upper), windows, values)


def calibrate(*conformities: ConformityScores) -> Calibration:
    """Return the factors that would have made intervals as wide as they ought to be.

    Outcomes may be few, and those of one forecast are alike: where a step has not enough outcomes,
    its factor rests on those of the steps around it too, and the fewer windows there are, the
    closer it stays to 1, in logarithms by windows / (windows + doubt).

    Args:
        conformities: Of forecasts with the same levels and horizon.
    """
    values = np.concatenate([conformity.values for conformity in conformities])
    levels, windows = conformities[0].levels, sum(conformity.windows for conformity in conformities)
    if not levels or np.isnan(values).all():
        return Calibration()
    factors = [
        _factors(values[..., place], 2 * level - 1, windows) for place, level in enumerate(levels)
    ]
    scores = tuple(NormalDist().inv_cdf(level) for level in levels)
    return Calibration(scores, tuple(zip(*factors, strict=True)))


def _factors(conformity: NDArray[np.float32], share: float, windows: float) -> list[float]:
    """Return for each step the conformity score that a share of the outcomes does not exceed, [H].

    It is drawn towards 1, the more the fewer windows there are.
    """
    known = ~np.isnan(conformity)
    count, horizon = known.sum(0), conformity.shape[1]
    factors = []
    for step in range(horizon):
        around = 0
        while count[_around(step, around)].sum() < ENOUGH and around < horizon:
            around += 1
        steps = _around(step, around)
        ordered = np.sort(conformity[:, steps][known[:, steps]])
        # One more than there are, as the outcome to come is one of them: eq. 8.
        rank = min(math.ceil((len(ordered) + 1) * share - 1e-9), len(ordered))
        factor = float(np.clip(ordered[rank - 1], LEAST, MOST))
        doubt = DOUBT_WIDER if factor > 1 else DOUBT_NARROWER
        factors.append(round(factor ** (windows / (windows + doubt)), 4))
    return factors


def _around(step: int, steps: int) -> slice:
    return slice(max(step - steps, 0), step + steps + 1)
