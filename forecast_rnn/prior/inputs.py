"""What the head of the network is told of each step."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Floats32, Ints
from forecast_rnn.prior.bases import NAMES, Bases, base_forecasts
from forecast_rnn.prior.places import Places
from forecast_rnn.prior.rows import bounded
from forecast_rnn.prior.trials import past_errors
from forecast_rnn.prior.units import Units

FACTS = 8
WIDTH = FACTS + len(NAMES)
"""Numbers that the head is told of a step, besides the state."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What the head reads, for R origins and H steps of each.

    Attributes:
        trials: How the bases have done before each origin, [R, K + 1].
        told: Facts of a step and its base forecasts, bounded, [R, H, WIDTH].
        ahead: Base forecasts less the reference, in sizes, [R, H, K].
        usable: 0 for a base that there is, else a large negative number, [R, 1, K].
        reference: In units of the data, [R, H].
        size: In units of the data, [R, 1].
    """

    trials: Floats32
    told: Floats32
    ahead: Floats32
    usable: Floats32
    reference: Floats
    size: Floats


def step_inputs(at: Places, unit: Units, steps: Ints) -> Steps:
    """Describe steps [R, H], counted from 1, after rows [R]."""
    bases = base_forecasts(at, unit, steps)
    told = np.empty((*steps.shape, WIDTH), np.float32)
    for place, fact in enumerate(_facts(at, bases, steps)):
        told[..., place] = fact
    told[..., FACTS:] = np.where(bases.usable, bounded(bases.ahead), 0.0)
    return Steps(
        trials=past_errors(at, unit),
        told=told,
        ahead=np.where(bases.usable, bases.ahead, 0.0).astype(np.float32),
        usable=np.where(bases.usable, 0.0, -1e4).astype(np.float32),
        reference=bases.reference,
        size=unit.size[:, None],
    )


def _facts(at: Places, bases: Bases, steps: Ints) -> list[Floats]:
    season, second = at.season[:, None], at.second[:, None]
    return [
        np.log(steps) / 3,
        np.log1p((steps - 1) // season) / 2,
        ((steps - 1) % season) / season,
        np.log1p(steps / season) / 2,
        np.where(second > 0, np.log1p(steps / np.maximum(second, 1)), 0.0),
        np.log(steps / (at.rows[:, None] + 1)).clip(-6, 3) / 3,
        np.abs(bounded(bases.spread[..., 0])),
        np.abs(bounded(bases.spread[..., 1])),
    ]
