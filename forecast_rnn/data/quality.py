"""What is odd about values that can be read: said as warnings, and refused if nothing is left."""

import unicodedata

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.calendar import season_length
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.table import counted, listed, shown
from forecast_rnn.errors import DataError

_SHOWN = 5
_OUTLIER = 1000.0
_ENOUGH = 10


def check_values(panel: Panel, name: str) -> tuple[str, ...]:
    """Warn of series without values, constant ones, short ones, and outliers.

    Raises:
        DataError: there is no value at all.
    """
    observed = np.isfinite(panel.values)
    counts = _sum(observed.astype(np.int64), panel)
    if not counts.any():
        raise DataError(f"{name}: column {panel.schema.target} has no values.")
    warnings = []
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        warnings.append(f"{_series(panel, empty)} without any value: nothing to forecast from.")
    size = np.where(observed, np.abs(panel.values), 0.0)
    low, high = _extremes(panel, observed)
    flat = np.flatnonzero((low == high) & (counts > 1))
    if len(flat):
        warnings.append(f"{_series(panel, flat)} with one value throughout (constant).")
    warnings += _outliers(panel, size)
    lengths = panel.lengths()
    usual = np.median(lengths)
    needed = max(_ENOUGH, 2 * season_length(panel.frequency, int(usual)))
    short = np.flatnonzero((lengths < 0.25 * usual) & (lengths < needed))
    if len(short):
        least = int(lengths[short].min())
        warnings.append(f"{_series(panel, short)} far shorter than the others (least: {least} rows).")
    return tuple(warnings)


def check_names(panel: Panel) -> tuple[str, ...]:
    """Warn of ids that look alike but are not the same."""
    names = panel.names()
    folded: dict[str, str] = {}
    twins = []
    if all(name.isascii() for name in names) and not any(" " in name for name in names):
        return ()
    for name in names:
        key = " ".join(unicodedata.normalize("NFC", name).split())
        if key in folded:
            twins.append(f"{folded[key]!a} and {name!a}")
        folded[key] = name
    if not twins:
        return ()
    return (
        f"{counted(len(twins), 'pair')} of ids that differ only by Unicode normalisation or spaces, kept "
        f"apart: {listed(twins, _SHOWN)}.",
    )


def _series(panel: Panel, items: NDArray[np.int64]) -> str:
    """Return how many series, and the names of the first."""
    names = panel.names()
    return f"{counted(len(items), 'series')} ({listed([shown(names[i]) for i in items], _SHOWN)})"


def _sum(values: NDArray[np.int64], panel: Panel) -> NDArray[np.int64]:
    total = np.append(0, np.cumsum(values))
    return np.asarray(total[panel.indptr[1:]] - total[panel.indptr[:-1]])


def _extremes(
    panel: Panel, observed: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first = panel.indptr[:-1]
    low = np.minimum.reduceat(np.where(observed, panel.values, np.inf), first)
    high = np.maximum.reduceat(np.where(observed, panel.values, -np.inf), first)
    return low, high


def _outliers(panel: Panel, size: NDArray[np.float64]) -> list[str]:
    """Warn of a value a thousand times as large as the others of its series are on average."""
    first = panel.indptr[:-1]
    largest = np.maximum.reduceat(size, first)
    others = _sum((size > 0).astype(np.int64), panel) - 1
    mean = (np.add.reduceat(size, first) - largest) / np.maximum(others, 1)
    far = np.flatnonzero((largest > _OUTLIER * mean) & (others >= _ENOUGH))
    if not len(far):
        return []
    item = int(far[0])
    part = size[panel.indptr[item] : panel.indptr[item + 1]]
    at = int(part.argmax())
    stamp = panel.timestamps(pl.Series([item]), pl.Series([at]))[0]
    value = panel.values[panel.indptr[item] + at]
    return [
        f"{_series(panel, far)} with an outlier: {value:.6g} at {stamp} in "
        f"{shown(panel.names()[item])}, over {_OUTLIER:g} times the other values."
    ]
