"""What stands in where the network has no forecast: the seasonal naive, with intervals."""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.baselines.simple import seasonal_source
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import located
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import counted, listed
from forecast_rnn.kinds import CLASSES, VALUES, Kind
from forecast_rnn.tables import FORECAST, MODEL, forecast_columns, forecast_table

Rows = NDArray[np.int64]
Values = NDArray[np.float64]
StandIn = Callable[[Panel, Rows], pl.DataFrame]

METHOD = "seasonal_naive"
METHODS_IN_WORDS: Mapping[Kind, Callable[[Task], str]] = {
    VALUES: lambda task: (
        "the seasonal naive" if task.season_length > 1 else "the naive forecast (last value)"
    ),
    CLASSES: lambda task: "the frequencies of the classes at training",
}
"""What stands in for the network, of each kind of forecast."""
NAMES_SHOWN = 5


def with_fallback(
    table: pl.DataFrame,
    panel: Panel,
    rows: Rows,
    task: Task,
    stand_in: StandIn,
) -> tuple[pl.DataFrame, Rows]:
    """Give origins whose forecast has a gap the forecast of something simpler.

    Args:
        table: Forecast table of one model, in the order of `rows`.
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        task: Horizon, season and quantile levels.
        stand_in: What forecasts there, such as `seasonal_table`.

    Returns:
        The table in the same order, and the origins that were filled, [F]. Origins up to
        which nothing is observed stay without a forecast.
    """
    names = [FORECAST, *forecast_columns(task)]
    if not any(table[name].null_count() for name in names):
        return table, rows[:0]
    absent = table.select(pl.any_horizontal(pl.col(names).is_null())).to_series().to_numpy()
    filled = np.flatnonzero(absent.reshape(len(rows), task.horizon).any(axis=1))
    if len(filled):
        filled = filled[_observed(panel, rows[filled], int(panel.lengths().max(initial=1)))]
    if not len(filled):
        return table, rows[filled]
    other = stand_in(panel, rows[filled]).with_columns(pl.lit(table[MODEL][0]).alias(MODEL))
    place = np.arange(len(table)).reshape(len(rows), task.horizon)
    place[filled] = len(table) + np.arange(len(other)).reshape(len(filled), task.horizon)
    return pl.concat([table, other])[place.ravel()], rows[filled]


def fallback_quantiles(panel: Panel, rows: Rows, task: Task) -> Values:
    """Return the quantiles of the seasonal naive, which is their median.

    A value that is repeated k seasons later (those missing before the origin count, and a begun
    one counts whole) was off by y(t) - y(t - k·m) in the past of the series: the quantiles are
    those of these errors, kept from crossing it. Where so few are known that the outermost
    quantile would not lie among them, they are those of fewer seasons (the most of 1, 2, 4, …
    and of those that other steps ask for), stretched by √(k / fewer) as the errors of a seasonal
    random walk are. Where one season has too few, they are normal: Hyndman and Athanasopoulos,
    Forecasting: Principles and Practice, 3rd ed., section 5.5,
    https://otexts.com/fpp3/prediction-intervals.html. Where no value of the series was below 0,
    no quantile is.

    Returns:
        [B, H, Q]; NaN where nothing is observed up to the origin.
    """
    source = seasonal_source(panel, rows, task)
    value = np.append(panel.values, np.nan)[source]
    ahead = rows[:, None] + np.arange(1, task.horizon + 1) - source
    seasons = np.where(source < 0, 1, -(-ahead // task.season_length))
    quantiles = value[:, :, None] + _spread(panel, rows, seasons, task)
    lowest, _ = _quantiles(*_values_up_to(panel, rows), size=len(rows), levels=(0.0,))
    return np.where(lowest[:, :, None] >= 0, np.maximum(quantiles, 0), quantiles)


def about_fallback(panel: Panel, filled: Rows, window_length: int, task: Task) -> tuple[str, ...]:
    """Say which series the seasonal naive forecasts, and why: a sentence for each reason."""
    if not len(filled):
        return ()
    seen = _observed(panel, filled, window_length)
    method = METHODS_IN_WORDS[task.kind](task)
    names = panel.names()
    sentences = []
    for group, reason in (
        (filled[~seen], f"the last {window_length:,} rows hold no value"),
        (filled[seen], "the network has no finite forecast"),
    ):
        if len(group):
            listing = listed([names[item] for item in panel.item_of(group)], NAMES_SHOWN)
            were = "was" if len(group) == 1 else "were"
            count = counted(len(group), "series")
            sentences.append(f"{count} {were} forecast by {method}, for {reason}: {listing}.")
    return tuple(sentences)


def about_weak(panel: Panel, rows: Rows) -> tuple[str, ...]:
    """Say which series the seasonal naive forecasts because it did better: a sentence, or none."""
    if not len(rows):
        return ()
    names = panel.names()
    listing = listed([names[item] for item in panel.item_of(rows)], NAMES_SHOWN)
    was = "was" if len(rows) == 1 else "were"
    return (
        f"{counted(len(rows), 'series')} {was} forecast by the seasonal naive, which did better in "
        f"the backtest: {listing}.",
    )


def seasonal_table(panel: Panel, rows: Rows, task: Task) -> pl.DataFrame:
    """Forecast by the seasonal naive, with the quantiles of `fallback_quantiles`."""
    quantiles = fallback_quantiles(panel, rows, task)
    return forecast_table(
        METHOD,
        located(panel, rows),
        quantiles[..., task.quantile_levels.index(0.5)],
        columns=forecast_columns(task),
        values=quantiles,
    )


def _observed(panel: Panel, rows: Rows, length: int) -> NDArray[np.bool_]:
    """Tell whether the last rows up to an origin, at most so many, hold a value, [B]."""
    first = np.maximum(rows + 1 - length, panel.indptr[panel.item_of(rows)])
    runs = [panel.values[start:end] for start, end in zip(first, rows + 1, strict=True)]
    return np.array([not np.isnan(run).all() for run in runs], dtype=np.bool_)


def _spread(panel: Panel, rows: Rows, seasons: Rows, task: Task) -> Values:
    """Return how far the quantiles lie from the value that is repeated, [B, H, Q]."""
    levels = np.array(task.quantile_levels)
    needed = round(1 / min(levels[0], 1 - levels[-1]), 6)  # 1 - 0.9 is a little below 0.1
    best, of_seasons = _normal_spread(panel, rows, task), np.ones(len(rows))
    spread = np.zeros((*seasons.shape, len(levels)))
    most = seasons.max(axis=1)
    doubled = {2**power for power in range(int(most.max()).bit_length())}
    for count in sorted(doubled.union(np.unique(seasons).tolist())):
        asked = seasons == count
        places = np.flatnonzero((most >= count) if count in doubled else asked.any(axis=1))
        errors, origin = _values_up_to(panel, rows[places], lag=count * task.season_length)
        quantiles, known = _quantiles(errors, origin, size=len(places), levels=task.quantile_levels)
        enough = known >= needed
        best[places[enough]], of_seasons[places[enough]] = quantiles[enough], count
        spread[asked] = (best * np.sqrt(count / of_seasons)[:, None])[np.nonzero(asked)[0]]
    below, above = np.minimum(spread, 0), np.maximum(spread, 0)
    return np.sort(np.where(levels < 0.5, below, np.where(levels > 0.5, above, 0)), axis=-1)


def _normal_spread(panel: Panel, rows: Rows, task: Task) -> Values:
    """Return normal quantiles of an error one season ahead, [B, Q].

    Their σ is √(π/2)·mean |error|; without any error, that of the difference of two values of
    the series drawn at random, √2·√(π/2)·mean |y - median y|.
    """
    errors, origin = _values_up_to(panel, rows, lag=task.season_length)
    size, known = _mean_size(errors, origin, len(rows))
    values, origin = _values_up_to(panel, rows)
    median, _ = _quantiles(values, origin, size=len(rows), levels=(0.5,))
    apart, _ = _mean_size(values - median[origin, 0], origin, len(rows))
    deviation = math.sqrt(math.pi / 2) * np.where(known > 0, size, math.sqrt(2) * apart)
    normal = np.array([NormalDist().inv_cdf(level) for level in task.quantile_levels])
    return np.asarray(deviation[:, None] * normal, dtype=np.float64)


def _values_up_to(panel: Panel, rows: Rows, *, lag: int = 0) -> tuple[Values, Rows]:
    """List the known values up to each origin and the number of their origin, from 0.

    With a lag the differences y(t) - y(t - lag) that lie within the item.
    """
    first = panel.indptr[panel.item_of(rows)] + lag
    lengths = np.maximum(rows + 1 - first, 0)
    begin = np.cumsum(lengths) - lengths
    origin = np.repeat(np.arange(len(rows)), lengths)
    row = np.arange(len(origin)) + np.repeat(first - begin, lengths)
    values = panel.values[row] - panel.values[row - lag] if lag else panel.values[row]
    known = ~np.isnan(values)
    return values[known], origin[known]


def _quantiles(
    values: Values, origin: Rows, *, size: int, levels: tuple[float, ...]
) -> tuple[Values, Rows]:
    """Take quantiles of the values of each origin, as `numpy.quantile` does.

    Returns:
        Quantiles [B, Q], NaN where there is no value, and the number of values [B].
    """
    ordered = np.append(values[np.lexsort((values, origin))], np.nan)
    count = np.bincount(origin, minlength=size)
    start = (np.cumsum(count) - count)[:, None]
    final = np.maximum(count - 1, 0)[:, None]
    place = np.array(levels) * final
    low = np.floor(place).astype(np.int64)
    lower, upper = ordered[start + low], ordered[start + np.minimum(low + 1, final)]
    quantiles = lower + (place - low) * (upper - lower)
    return np.where(count[:, None] > 0, quantiles, np.nan), count


def _mean_size(values: Values, origin: Rows, size: int) -> tuple[Values, Rows]:
    """Average the absolute values of each origin, [B]; 0 without any; and count them, [B]."""
    count = np.bincount(origin, minlength=size)
    total = np.bincount(origin, weights=np.abs(values), minlength=size)
    return np.asarray(total / np.maximum(count, 1), dtype=np.float64), count
