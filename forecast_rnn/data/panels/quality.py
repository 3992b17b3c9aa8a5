"""What is odd about values that can be read: warned of, and refused if nothing is left."""

import unicodedata

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.panels.origins import lags
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.series.grouping import Series
from forecast_rnn.data.time.frequency import season_length
from forecast_rnn.data.words import counted, listed, shown
from forecast_rnn.errors import DataError

_SHOWN = 5
_OUTLIER = 1000.0
_ENOUGH = 10


def check_values(panel: Panel, name: str) -> tuple[str, ...]:
    """Warn of series without values, constant ones, short ones, and outliers.

    Raises:
        DataError: there is no value at all.
    """
    first = panel.indptr[:-1]
    low, high = np.fmin.reduceat(panel.values, first), np.fmax.reduceat(panel.values, first)
    empty = np.flatnonzero(np.isnan(low))
    if len(empty) == len(low):
        column = "no column has" if panel.schema.wide else f"column {panel.schema.target} has no"
        raise DataError(f"{name}: {column} values.")
    warnings = []
    if len(empty):
        warnings.append(f"{_series(panel, empty)} without any value: nothing to forecast from.")
    flat = np.flatnonzero((low == high) & (panel.lengths() > 1))
    if len(flat):
        warnings.append(f"{_series(panel, flat)} with one value throughout (constant).")
    warnings += _outliers(panel, np.fmax(np.abs(low), np.abs(high)))
    lengths = panel.lengths()
    usual = np.median(lengths)
    needed = max(_ENOUGH, 2 * season_length(panel.frequency, int(usual)))
    short = np.flatnonzero((lengths < 0.25 * usual) & (lengths < needed))
    if len(short):
        least = int(lengths[short].min())
        warnings.append(
            f"{_series(panel, short)} far shorter than the others (least: {least} rows)."
        )
    return (*warnings, *_ended(panel))


def _ended(panel: Panel) -> tuple[str, ...]:
    """Warn of series that ended long before the newest row of all."""
    lag = lags(panel, _ENOUGH)
    late = np.flatnonzero(lag > max(_ENOUGH, panel.usual_length() // 10))
    if not len(late):
        return ()
    earliest = int(late[np.argmax(lag[late])])
    end = panel.timestamps(pl.Series([earliest]), pl.Series([panel.lengths()[earliest] - 1]))
    return (
        f"{_series(panel, late)} ended long before the newest row (first: "
        f"{format_times(end, panel.schema)[0]}, {counted(int(lag[earliest]), 'step')} before it); "
        "their forecasts begin there. Leave out what does not go on.",
    )


def check_rows(panel: Panel) -> None:
    """Refuse series of one row each.

    Raises:
        DataError: no series has two rows, so nothing is known of what follows a row.
    """
    if panel.lengths().max() < 2:
        count, (name, *_) = len(panel.order), panel.names()
        each = f"each of the {count:,} series ({shown(name)}, …)" if count > 1 else "the series"
        raise DataError(
            f"{each} has one row, and a forecast is learnt from what follows a row; give more rows."
        )


def check_missing(series: Series, rows: Rows) -> tuple[str, ...]:
    """Count the missing values of each target, and say where the first is."""
    warnings = []
    for column, values in series.values.items():
        missing = np.isnan(values)
        if not missing.any():
            continue
        among = int(np.logical_or.reduceat(missing, series.indptr[:-1]).sum())
        at = np.flatnonzero(missing)
        first = int(at[0] if series.row is None else series.row[at].min())
        warnings.append(
            f"column {column} has {counted(len(at), 'missing value')} in {among} series "
            f"(first: {rows.where(first)}), kept as missing."
        )
    return tuple(warnings)


def check_names(panel: Panel) -> tuple[str, ...]:
    """Warn of ids that look alike but are not the same."""
    names = panel.names()
    folded: dict[str, str] = {}
    twins = []
    together = "".join(names)
    if together.isascii() and " " not in together:
        return ()
    for name in names:
        key = " ".join(unicodedata.normalize("NFC", name).split())
        if key in folded:
            twins.append(f"{folded[key]!a} and {name!a}")
        folded[key] = name
    if not twins:
        return ()
    return (
        f"{counted(len(twins), 'pair')} of ids that differ only by Unicode normalisation or "
        f"spaces, kept apart: {listed(twins, _SHOWN)}.",
    )


def _series(panel: Panel, items: NDArray[np.int64]) -> str:
    """Return how many series, and the names of the first."""
    names = panel.names()
    return f"{counted(len(items), 'series')} ({listed([shown(names[i]) for i in items], _SHOWN)})"


def _outliers(panel: Panel, largest: NDArray[np.float64]) -> list[str]:
    """Warn of a value a thousand times as large as the others of its series are on average."""
    size = np.abs(panel.values)
    np.nan_to_num(size, copy=False)
    first = panel.indptr[:-1]
    total = np.add.reduceat(size, first) - largest
    # Zeros do not count, for one sale after many days without is no outlier; but they are
    # counted only if the mean over all hints at one.
    if not (largest * (panel.lengths() - 1) > _OUTLIER * total).any():
        return []
    others = np.add.reduceat(size > 0, first, dtype=np.int64) - 1
    mean = total / np.maximum(others, 1)
    far = np.flatnonzero((largest > _OUTLIER * mean) & (others >= _ENOUGH))
    if not len(far):
        return []
    item = int(far[0])
    at = int(size[panel.indptr[item] : panel.indptr[item + 1]].argmax())
    stamp = panel.timestamps(pl.Series([item]), pl.Series([at]))[0]
    value = panel.values[panel.indptr[item] + at]
    return [
        f"{_series(panel, far)} with an outlier: {value:.6g} at {stamp} in "
        f"{shown(panel.names()[item])}, over {_OUTLIER:g} times the other values."
    ]
