"""Level and size of a series up to a row: what the network measures everything in."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.history import Floats, Ints, centre_width
from forecast_rnn.prior.places import Places

SIZE_ROWS = 32
"""Rows, at least, from which sizes are taken, besides four seasons."""

SMALL = 1e-6
"""Least size, as a share of the mean absolute value."""

LEAST_SHARE = 0.05
"""Least error scale and least size of changes, as a share of the size."""

MOST_OVER = 0.25
"""Share of the plain mean of changes below which their size does not fall."""


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
    """Measure series up to rows.

    Sizes are means of roots, squared: one change a hundred times as large as the others adds
    a fifth to the size of a hundred, where it would double their mean. A series that seldom
    changes is held up by a share of the plain mean.
    """
    width = np.maximum(4 * at.season, SIZE_ROWS)
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
    count = np.maximum(at.total(f"{name} count", width), 1.0)
    root = np.maximum(at.total(f"{name} root", width), 0.0) / count
    mean = np.maximum(at.total(name, width), 0.0) / count
    size: Floats = np.maximum(root * root, MOST_OVER * mean)
    return size
