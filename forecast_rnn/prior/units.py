"""Level and size of a series up to a row: what the network measures everything in."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.outliers import centre_width, size_of, size_width
from forecast_rnn.prior.places import Places

SMALL = 1e-6
"""Least size, as a share of the mean absolute value."""

LEAST_SHARE = 0.05
"""Least error scale and least size of changes, as a share of the size."""


@dataclass(frozen=True, slots=True)
class Units:
    """In what values at rows are measured, each [R], in units of the data.

    Attributes:
        centre: Mean over whole seasons, six rows or more.
        size: Size of the deviations from it and of seasonal changes.
        step: Size of changes from row to row.
        season: Size of changes from season to season.
        second: Size of changes over the second season; the size where there is none.
        error_scale: Mean absolute change over a season since the beginning, as the mean
            absolute scaled error has it (Hyndman and Koehler, 2006), but not below a
            twentieth of the size.
    """

    centre: Floats
    size: Floats
    step: Floats
    season: Floats
    second: Floats
    error_scale: Floats


def units(at: Places) -> Units:
    """Measure series up to rows."""
    width = size_width(at.season)
    season = _size(at, "season", width)
    size = _size(at, "centre", width) + season
    alone = np.where(at.rows == 0, 0.1, SMALL) * at.mean("size", at.rows + 1)
    size = np.maximum(size, alone)
    size = np.where(size > 0, size, 1.0)
    least = LEAST_SHARE * size
    whole = at.rows + 1
    error = at.total("season", whole) / np.maximum(at.total("season count", whole), 1.0)
    second = _size(at, "second", np.maximum(2 * at.second, width))
    return Units(
        centre=at.mean("value", centre_width(at.season)),
        size=size,
        step=np.maximum(_size(at, "step", width), least),
        season=np.where(season > 0, np.maximum(season, least), size),
        second=np.where(second > 0, np.maximum(second, least), size),
        error_scale=np.where(error > 0, np.maximum(error, least), size),
    )


def _size(at: Places, name: str, width: Ints) -> Floats:
    return size_of(
        at.total(f"{name} root", width), at.total(name, width), at.total(f"{name} count", width)
    )
