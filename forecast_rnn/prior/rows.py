"""What the network reads of a row."""

import numpy as np

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.places import Places
from forecast_rnn.prior.units import Units

WIDTH = 34
"""Numbers that are read of a row, C."""

BOUND = 7.0
"""Largest number; asinh(548) is 7, so no value however large says more than that."""


def bounded(ratio: Floats) -> Floats:
    """Return asinh of a ratio, held within bounds."""
    return np.arcsinh(ratio).clip(-BOUND, BOUND)


def row_inputs(at: Places, unit: Units) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return what is read of rows, [R, C].

    All values are differences in robust units, so adding a constant to a series changes
    nothing but what is told of its level beside zero, and a factor changes nothing at all.
    """
    columns = [*_values(at, unit), *_trends(at, unit), *_facts(at), *_ratios(at, unit)]
    inputs = np.empty((*at.rows.shape, WIDTH), np.float32)
    for place, column in enumerate(columns):
        inputs[..., place] = column
    assert len(columns) == WIDTH
    return inputs


def _values(at: Places, unit: Units) -> list[Floats]:
    """Value, and changes over lags, each in the size of its own kind."""
    season, second = at.season, at.second
    value = at.back(0)
    lagged = [value, *(at.back(k * season) for k in (1, 2, 3))]
    changes = [bounded((lagged[k] - lagged[k + 1]) / unit.season) for k in (0, 1, 2)]
    told = (second > 0) * at.has(second)
    return [
        bounded((value - unit.centre) / unit.size),
        bounded((value - at.back(1)) / unit.step),
        *changes,
        told * bounded((value - at.back(second)) / unit.second),
        told * bounded((at.level() - at.level(second)) / unit.size),
        bounded(at.drawn_in() / unit.size),
    ]


def _trends(at: Places, unit: Units) -> list[Floats]:
    """How the level has moved: over one and four seasons, and since the beginning."""
    level = at.level()
    return [
        at.has(at.season) * bounded((level - at.level(at.season)) / unit.size),
        at.has(4 * at.season) * bounded((level - at.level(4 * at.season)) / unit.size),
        bounded((unit.centre - at.mean("value", at.rows + 1)) / unit.size),
        bounded((level - unit.centre) / unit.size),
    ]


def _facts(at: Places) -> list[Floats]:
    """What exists, how long a season is, and how much is zero, negative or missing."""
    season, second, whole = at.season, at.second, at.rows + 1
    told = second > 0
    return [
        at.total("observed", 1),
        *(at.has(k * season) for k in (1, 2, 3, 5)),
        told * 1.0,
        told * at.has(second),
        (season == 1) * 1.0,
        np.log(season) / 3,
        np.where(told, np.log(np.maximum(second, 1) / season) / 3, 0.0),
        np.log1p(at.rows) / 3,
        np.log1p(at.rows / season) / 2,
        np.where(told, at.rows / np.maximum(second, 1), 0.0).clip(0, 4) / 2,
        at.mean("zero", season),
        at.mean("zero", whole),
        (at.total("negative", whole) == 0) * 1.0,
        at.mean("observed", np.maximum(season, 6)),
    ]


def _ratios(at: Places, unit: Units) -> list[Floats]:
    """How sizes compare: noise to season, then to now, level to size."""
    return [
        np.log(unit.step / unit.size),
        np.log(unit.season / unit.size),
        np.log(unit.error_scale / unit.size).clip(-4, 4),
        np.log(unit.second / unit.season).clip(-4, 4) * (at.second > 0),
        bounded(at.level() / unit.size) / 2,
    ]
