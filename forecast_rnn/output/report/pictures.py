"""The series of the pictures as compact JSON: chosen, cut, rounded and packed.

A value becomes a whole number of 24 bits between the least and the greatest of its series, in
four characters, which the page turns back; of many series, 18 bits in three characters. Seven
digits stay as they were, or five.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.output.by_item import ForecastsByItem, matrix
from forecast_rnn.output.readable import plain
from forecast_rnn.output.report.grids import Cut, grids_of
from forecast_rnn.tables import (
    FORECAST,
    ITEM,
    ORIGIN,
    STEP,
    WINDOW,
    quantile_columns,
    rows_of_model,
)

Values = NDArray[np.float64]
Whole = NDArray[np.int64]
Json = dict[str, object]

ALPHABET = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8
)
MOST_BYTES = 1_600_000
"""Of all series together, so that the page stays below two million."""
LONGEST_NAME = 100
MOST_ROWS, LEAST_ROWS = 1500, 24

_EXACT, _SHORT = 4, 3  # characters of a value
_OVERHEAD = 150  # bytes of a series beside values and name


@dataclass(frozen=True, slots=True)
class Tested:
    """The windows of a backtest that are drawn, in the order of items and origins.

    Attributes:
        drawn: The items that fit on the page, with windows or without, in the order of output.
        digits: The characters of a value with which they fit.
        item: The series of each window, [B].
        origin: The position of its last known row, [B].
        values: Lower end, median and upper end of the network's widest interval, and what it
            has to beat, [B, H, 4].
    """

    drawn: Whole
    digits: int
    item: Whole
    origin: Whole
    values: Values


def windows_of(
    backtest: pl.DataFrame, panel: Panel, task: Task, models: tuple[str, str], error: Values
) -> Tested:
    """Choose what is drawn, and lay the rows of two models of a backtest out as windows.

    Args:
        backtest: A forecast table with `actual`.
        panel: The series.
        task: Horizon, season and quantile levels.
        models: The network, and what it has to beat.
        error: The network's error by item, by which series are chosen when not all fit;
            NaN = unknown, [N].
    """
    rows, other = (rows_of_model(backtest, model) for model in models)
    windows = rows.filter(pl.col(STEP) == 1).select(ITEM, ORIGIN).cast(pl.Int64).sort(ITEM, ORIGIN)
    drawn, digits = _fitting(panel, task, windows, error)
    levels = quantile_columns(task.quantile_levels)
    ends = pl.col(levels[0]).alias("lower"), pl.col(levels[-1]).alias("upper")
    wanted = pl.col(ITEM).is_in(drawn)
    rows = rows.select(*WINDOW, ends[0], FORECAST, ends[1]).filter(wanted)
    other = other.select(*WINDOW, pl.col(FORECAST).alias("baseline")).filter(wanted)
    joined = rows.join(other, on=WINDOW, how="left").sort(WINDOW)
    windows = windows.filter(wanted)
    values = matrix(joined.select("lower", FORECAST, "upper", "baseline"))
    return Tested(
        drawn=drawn,
        digits=digits,
        item=windows[ITEM].to_numpy(),
        origin=windows[ORIGIN].to_numpy(),
        values=values.reshape(-1, task.horizon, 4),
    )


def pictures(panel: Panel, task: Task, *, forecasts: ForecastsByItem, tested: Tested) -> Json:
    """Gather what the page draws of each series.

    Args:
        panel: The series.
        task: Horizon, season and quantile levels.
        forecasts: After the last row of each.
        tested: The windows of the backtest, and the items that are drawn.

    Returns:
        Plain values for JSON; `series` are in the order of output.
    """
    items, names = tested.drawn, panel.names()
    begin = np.searchsorted(tested.item, np.arange(len(panel.order) + 1))
    history = _rows_shown(panel, task, tested.origin, begin)[items]
    first = panel.lengths()[items] - history
    cut = Cut(items, first, history + forecasts.steps)
    grids, grid, offset = grids_of(panel, cut)
    return {
        **grids,
        "levels": list(task.quantile_levels),
        "horizon": task.horizon,
        "steps": forecasts.steps,
        "digits": tested.digits,
        "shown": _usual_rows(task),
        "series": [
            {"name": _name(names[item]), "item": int(item), "grid": int(grid[place])}
            | {"at": int(offset[place])}
            | _packed_values(
                _shown(panel, item, begin, first[place], forecasts, tested), tested.digits
            )
            for place, item in enumerate(items)
        ],
    }


def _fitting(panel: Panel, task: Task, windows: pl.DataFrame, error: Values) -> tuple[Whole, int]:
    """Choose the items that fit on the page, and the characters of a value."""
    begin = np.searchsorted(windows[ITEM].to_numpy(), np.arange(len(panel.order) + 1))
    history = _rows_shown(panel, task, windows[ORIGIN].to_numpy(), begin)
    ahead = task.horizon * len(task.quantile_levels)
    values = history + ahead + np.diff(begin) * task.horizon * 4
    beside = _OVERHEAD + np.array([len(_name(name).encode()) for name in panel.names()])
    digits = _EXACT if (values * _EXACT + beside).sum() <= MOST_BYTES else _SHORT
    return _chosen(panel, values * digits + beside, error), digits


def _rows_shown(panel: Panel, task: Task, origin: Whole, begin: Whole) -> Whole:
    """Say how many of the last rows of each item a picture takes in, [N]."""
    lengths = panel.lengths()
    has_windows = np.diff(begin) > 0
    earliest = np.append(origin, 0)[np.minimum(begin[:-1], len(origin))]
    back = np.where(has_windows, lengths - earliest + task.horizon, 0)
    return np.minimum(lengths, np.minimum(np.maximum(_usual_rows(task), back), MOST_ROWS))


def _usual_rows(task: Task) -> int:
    """Return how much history stands before a forecast."""
    return max(LEAST_ROWS, 5 * task.horizon, 2 * task.season_length + task.horizon)


def _chosen(panel: Panel, size: Values, error: Values) -> Whole:
    """Choose the items that fit, in the order of output: worst, best, and some between."""
    order = panel.order[panel.lengths()[panel.order] > 0]
    if size[order].sum() <= MOST_BYTES:
        return order
    count = max(1, int(MOST_BYTES // size[order].max()))
    ranked = order[np.argsort(-error[order], kind="stable")]  # NaN comes last
    ranked = ranked[~np.isnan(error[ranked])]
    ends = np.concatenate([ranked[: count // 4], ranked[len(ranked) - count // 4 :]])
    between = order[~np.isin(order, ends)]
    picked = np.linspace(0, len(between) - 1, count - len(np.unique(ends))).astype(np.int64)
    return order[np.isin(order, np.concatenate([ends, between[picked]]))]


def packed(values: Values, low: float, unit: float, digits: int) -> str:
    """Write values as numbers of units above the lowest, so many characters each."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    known = np.isfinite(flat)
    missing = 64**digits - 1
    # Halves, as the difference of two large values may overflow.
    code = np.rint((np.where(known, flat, low) / 2 - low / 2) / unit * 2)
    code = np.where(known, np.clip(code, 0, missing - 1), missing).astype(np.int64)
    places = [(code >> 6 * place) & 63 for place in reversed(range(digits))]
    return ALPHABET[np.stack(places, axis=1)].tobytes().decode("ascii")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is drawn of an item: history [L], forecast [S, Q], origins [B], windows [B, H, 4]."""

    history: Values
    forecast: Values
    origins: Whole
    windows: Values


def _shown(
    panel: Panel, item: int, begin: Whole, first: int, forecasts: ForecastsByItem, tested: Tested
) -> _Shown:
    """Cut what is drawn of an item out, from a position on."""
    windows = slice(begin[item], begin[item + 1])
    origins = tested.origin[windows] - first
    return _Shown(
        history=panel.values[panel.indptr[item] + first : panel.indptr[item + 1]],
        forecast=forecasts.of(item),
        origins=origins[origins >= 0],
        windows=tested.values[windows][origins >= 0],
    )


def _packed_values(shown: _Shown, digits: int) -> Json:
    parts = (shown.history, shown.forecast, shown.windows)
    low, unit = _range(np.concatenate([part.ravel() for part in parts]), digits)
    return {
        "low": low,
        "step": unit,
        "history": packed(shown.history, low, unit, digits),
        "forecast": packed(shown.forecast.T, low, unit, digits),
        "origins": shown.origins.tolist(),
        "tested": packed(shown.windows.transpose(0, 2, 1), low, unit, digits),
    }


def _range(values: Values, digits: int) -> tuple[float, float]:
    """Return the least value, and a unit with few digits by which all values can be counted."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    unit = (high / 2 - low / 2) / (64**digits - 4) * 2
    return low, float(f"{unit * (1 + 1e-6):.12g}") or 1.0


def _name(name: str) -> str:
    shown = plain(name)
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"
