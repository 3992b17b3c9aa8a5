"""Values of the same phase in seasons before an origin."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.places import Places

SEASONS = 5
"""Seasons that are looked back on."""

EFFECTS = 3
"""Seasons of which effects of a phase are means."""

AVERAGED = 8
"""Seasons of which the average effect is the mean."""

RATIO = 10.0
"""Largest ratio of a phase to its level."""


@dataclass(frozen=True, slots=True)
class Phases:
    """What is known of the phase of each step, [R, H] unless said otherwise.

    Attributes:
        steps: Steps after the origin, from 1.
        seasons_ahead: In which season after the origin a step lies, from 1.
        values: Values of the phase one to five seasons back, five arrays; where a season
            is not there, the value of the season after it, and of the first the last row.
        counts: How many of the five there are; five arrays of sums.
        reference: Median of the first three that are there, or the mean of two.
        effect: Mean difference of the phase to the level of its season.
        average_effect: The same over more seasons.
        increment: Mean difference of the phase to the phase of the origin before it.
        ratio: Mean ratio of the phase to the level of its season, 1 where that is not positive.
    """

    steps: Ints
    seasons_ahead: Ints
    values: list[Floats]
    there: list[Floats]
    reference: Floats
    effect: Floats
    average_effect: Floats
    increment: Floats
    ratio: Floats

    def mean(self, seasons: int) -> Floats:
        """Return the mean over so many seasons, or as many as there are."""
        count = sum(self.there[:seasons])
        total = sum(v * w for v, w in zip(self.values[:seasons], self.there, strict=False))
        return np.where(count > 0, total / np.maximum(count, 1.0), self.values[0])

    def effect_before(self, at: Places, lag: Ints | int) -> Floats:
        """Return the effect of the phase of the row `lag` rows before the origin."""
        return _effect(at, at.season - 1 - lag % at.season)


def phases(at: Places, steps: Ints) -> Phases:
    """Look up the phases of steps [R, H] after rows [R, 1]."""
    season = at.season
    phase = (steps - 1) % season  # place in the season that begins after the origin
    values, there, before = [], [], at.back(0) + 0.0 * phase
    for k in range(1, SEASONS + 1):
        lag = k * season - 1 - phase
        has = at.has(lag)
        before = np.where(has > 0, at.back(lag), before)
        values.append(before)
        there.append(has)
    near, middle, far = values[:3]
    median = np.maximum(np.minimum(near, middle), np.minimum(np.maximum(near, middle), far))
    third = there[2] > 0
    reference = np.where(third, median, (near + middle) / 2)
    increment = _mean([values[k] - at.back((k + 1) * season) for k in range(EFFECTS)], at, 1)
    levels = [at.level(k * season) for k in range(EFFECTS)]
    positive = [np.where(level > 0, level, 1.0) for level in levels]
    ratios = [
        np.where(level > 0, values[k] / positive[k], 1.0).clip(0, RATIO)
        for k, level in enumerate(levels)
    ]
    return Phases(
        steps=steps,
        seasons_ahead=1 + (steps - 1) // season,
        values=values,
        there=there,
        reference=reference,
        effect=_effect(at, phase),
        average_effect=_effect(at, phase, AVERAGED),
        increment=increment,
        ratio=np.where(at.has(at.season - 1) > 0, _mean(ratios, at, 0), 1.0),
    )


def _effect(at: Places, phase: Ints, seasons: int = EFFECTS) -> Floats:
    """Return how far the phase lies off the level of its season, over whole seasons."""
    season = at.season
    effects = [at.back((k + 1) * season - 1 - phase) - at.level(k * season) for k in range(seasons)]
    return _mean(effects, at, 0)


def _mean(parts: list[Floats], at: Places, more: int) -> Floats:
    """Return the mean of the parts whose whole season is there, and 0 if none is."""
    total, count = np.zeros_like(parts[0]), np.zeros_like(at.rows, float)
    for k, part in enumerate(parts):
        share = at.has((k + 1) * at.season - 1 + more)
        total, count = total + share * part, count + share
    mean: Floats = total / np.maximum(count, 1.0)
    return mean
