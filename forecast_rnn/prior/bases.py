"""Base forecasts: what simple methods say of each step, for the network to weigh.

Shapes: R origins, H steps of each; methods are written for arrays [R, H] of what is known at
the origin [R, 1] and of the season of the step.
"""

from dataclasses import dataclass, replace

import numpy as np

from forecast_rnn.prior.arrays import Flags, Floats, Ints
from forecast_rnn.prior.phases import Phases, phases
from forecast_rnn.prior.places import Places
from forecast_rnn.prior.units import Units

NAMES = (
    "seasonal naive",
    "last value",
    "mean of two seasons",
    "mean of three seasons",
    "mean of five seasons",
    "level and phase",
    "last value and phase",
    "last change",
    "last change, damped",
    "drift of some seasons",
    "drift since the beginning",
    "line",
    "level smoothed fast",
    "level smoothed slowly",
    "mean since the beginning",
    "level and average phase",
    "level of four seasons and average phase",
    "last value, going on",
    "level times phase",
    "level times phase, growing",
    "second season",
    "mean of second seasons",
    "second season and level",
    "second season, level and phase",
)
"""The base forecasts in their order, K."""

FAR = 30.0
"""How many sizes a base forecast may lie off the reference."""

DAMPING = 0.8
"""What is left of a change after another season, in the damped forecast."""

GROWTH = np.log(2.0)
"""Largest logarithm of the growth in a season; three times it is the largest in all."""

KEPT = 0.9
MOMENTUM = 4
"""What is left of a change after another row, and the rows that it is taken over."""

POWERS = (0.5, 0.15)
SMOOTHED = (12, 32)
"""Rates of exponential smoothing, and the rows it is cut off after."""


@dataclass(frozen=True, slots=True)
class Bases:
    """Base forecasts of steps after origins.

    Attributes:
        reference: Median of the last three values of the same phase, [R, 1 or H].
        ahead: Base forecasts less the reference, in sizes, bounded, [R, H, K].
        usable: Which there are, [R, 1, K].
        spread: Changes of the phase between the last three seasons, in sizes, [R, H, 2].
    """

    reference: Floats
    ahead: Floats
    usable: Flags
    spread: Floats


def base_forecasts(at: Places, unit: Units, steps: Ints) -> Bases:
    """Return base forecasts of steps [R, H] (counted from 1) after rows [R]."""
    column, size = expand(at), unit.size[:, None]
    phase = phases(column, steps)
    found = [*_seasonal(column, phase), *_trending(column, phase), *_levels(column, phase)]
    found += [*_growing(column, phase), *_second(column, phase)]
    reference = phase.reference
    ahead = np.empty((*steps.shape, len(NAMES)))
    for place, base in enumerate(found):
        ahead[..., place] = (base - reference) / size
    near, far, farther = phase.values[:3]
    spread = np.stack([(near - far) / size, (far - farther) / size], axis=-1)
    return Bases(reference, ahead.clip(-FAR, FAR), _usable(at), spread)


def expand(at: Places) -> Places:
    """Return places [R] as [R, 1]."""
    parts = {name: getattr(at, name)[:, None] for name in ("items", "rows", "season", "second")}
    return replace(at, **parts)


def _usable(at: Places) -> Flags:
    """Return [R, 1, K]: a growing base needs a positive series, a second season its rows."""
    usable = np.ones((len(at.rows), 1, len(NAMES)), bool)
    width = np.maximum(4 * at.season, 12)
    positive = (at.total("negative", width) + at.total("zero", width) == 0) & (at.level() > 0)
    usable[:, 0, 18:20] = positive[:, None]
    usable[:, 0, 20:24] = ((at.second > 0) & (at.rows >= at.second))[:, None]
    return usable


def _seasonal(at: Places, phase: Phases) -> list[Floats]:
    means = [phase.mean(seasons) for seasons in (2, 3, 5)]
    level = at.level() + phase.effect
    return [phase.values[0], at.back(0) + 0 * level, *means, level, at.back(0) + phase.increment]


def _slope(at: Places, seasons: Ints) -> Floats:
    """Return the change of the level a season, over so many of them or as many as there are."""
    there = np.maximum((at.rows + 1) // at.season - 1, 0)
    seasons = np.minimum(seasons, there)
    change = at.level() - at.level(seasons * at.season)
    return np.where(seasons > 0, change / np.maximum(seasons, 1), 0.0)


def _trending(at: Places, phase: Phases) -> list[Floats]:
    naive, level = phase.values[0], at.level() + phase.effect
    one = np.ones_like(at.season)
    short = _slope(at, np.where(at.season == 1, 3, one))
    long = _slope(at, np.maximum(3, -(-10 // at.season)))
    whole = _slope(at, at.rows + 1)
    ahead = phase.seasons_ahead
    damped = DAMPING * (1 - DAMPING**ahead) / (1 - DAMPING)
    return [
        naive + short * ahead,
        naive + short * damped,
        level + long * ahead,
        naive + whole * ahead,
        _line(at, phase),
    ]


def _line(at: Places, phase: Phases) -> Floats:
    """Return the least-squares line through levels of the last seasons, with the phase.

    Through levels of whole seasons, for within a season the pattern itself slopes.
    """
    count = np.where(at.season == 1, 8, 5)
    count = np.minimum(count, np.maximum((at.rows + 1) // at.season, 1))
    middle = (count - 1) / 2
    mean, moment = np.zeros_like(at.rows, float), np.zeros_like(at.rows, float)
    for k in range(8):
        level = (k < count) * at.level(k * at.season)
        mean, moment = mean + level / count, moment + (middle - k) * level
    slope = moment / np.maximum(count * (count * count - 1.0) / 12, 0.5)
    line: Floats = mean + slope * (middle + phase.seasons_ahead) + phase.effect
    return line


def _levels(at: Places, phase: Phases) -> list[Floats]:
    """Return exponentially smoothed levels without their season, and the mean of all."""
    found = []
    for power, width in zip(POWERS, SMOOTHED, strict=True):
        weight, level, rest = np.zeros_like(at.rows, float), np.zeros(phase.steps[:, :1].shape), 1.0
        for lag in range(width):
            there = at.has(lag)
            share = there * power * rest
            level = level + share * (at.back(lag) - phase.effect_before(at, lag))
            weight, rest = weight + share, rest * (1 - power)
        found.append(level / weight + phase.effect)
    whole = at.mean("value", at.rows + 1) + phase.effect
    average = found[-1] - phase.effect + phase.average_effect
    change = (at.back(0) - at.back(MOMENTUM)) / MOMENTUM
    gone = KEPT * (1 - KEPT**phase.steps) / (1 - KEPT)
    four = at.mean("value", 4 * at.season) + phase.average_effect
    return [*found, whole, average, four, at.back(0) + change * gone]


def _growing(at: Places, phase: Phases) -> list[Floats]:
    """Return phases as ratios to the level, and the same with the growth of some seasons."""
    level = np.maximum(at.level(), 1e-300)
    seasons = np.minimum(np.maximum(3, -(-10 // at.season)), (at.rows + 1) // at.season - 1)
    before = np.maximum(at.level(np.maximum(seasons, 0) * at.season), 1e-300)
    growth = np.log(level / before) / np.maximum(seasons, 1)
    growth = growth.clip(-GROWTH, GROWTH) * phase.seasons_ahead
    scaled = at.level() * phase.ratio
    return [scaled, scaled * np.exp(growth.clip(-3 * GROWTH, 3 * GROWTH))]


def _second(at: Places, phase: Phases) -> list[Floats]:
    """Return what was there a second season before, as it is and moved to the level of now."""
    second = np.maximum(at.second, 1)
    turns = -(-phase.steps // second)
    before = [(turns + k) * second for k in (0, 1, 2)]
    found, there = np.zeros(phase.steps.shape), np.zeros(phase.steps.shape)
    for lag in before:
        share = at.has(lag)
        found, there = found + share * at.back(lag - phase.steps), there + share
    naive = at.back(before[0] - phase.steps)
    moved = naive + at.level() - at.level(before[0])
    turned = moved + phase.effect - phase.effect_before(at, before[0] - phase.steps)
    mean = np.where(there > 0, found / np.maximum(there, 1.0), naive)
    return [naive, mean, moved, turned]
