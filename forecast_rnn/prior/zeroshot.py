"""Forecasts by a prior as it is: from any rows of any series, without training."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.design import QUANTILE_LEVELS
from forecast_rnn.prior.forward import at_rows, quantiles, states
from forecast_rnn.prior.history import History, prepare
from forecast_rnn.prior.inputs import step_inputs
from forecast_rnn.prior.passes import MEMORY, Passes, dense, plan_passes
from forecast_rnn.prior.places import places
from forecast_rnn.prior.rows import row_inputs
from forecast_rnn.prior.units import units
from forecast_rnn.prior.weights import Prior

READ_AT_ONCE = 16_384
"""Rows that the recurrent layers read at once, and steps that are forecast at once."""

HELD_AT_ONCE = 400_000
"""Rows of histories that are held at once."""


@dataclass(frozen=True, slots=True)
class Flat:
    """Series one after the other.

    Attributes:
        values: NaN where missing, [N].
        indptr: Where each series begins, and the end of the last, [I + 1].
        season: Rows in a season, 1 for none; of all, or of each, [I].
        second: Rows in a longer season, 0 for none; of all, or of each, [I].
    """

    values: Floats
    indptr: Ints
    season: Ints | int = 1
    second: Ints | int = 0


def forecast_quantiles(
    prior: Prior,
    series: Flat,
    origins: Ints,
    *,
    horizon: int,
    both_signs: bool = False,
) -> Floats:
    """Return quantiles of the rows after each origin, [B, H, Q], in units of the data.

    Nothing after its origin changes a forecast, and neither does what else is asked for;
    series multiplied by a positive number give forecasts multiplied by it. Many origins of
    one series cost little more than one.

    Args:
        prior: The network.
        series: What is known.
        origins: Rows of `series.values`, of each the last that is known, [B].
        horizon: How many rows to forecast, H.
        both_signs: Whether to take the mean with the forecast of the series turned upside
            down, which takes twice as long.

    Returns:
        Quantiles that do not cross; NaN where a series holds no value up to the origin.
    """
    origins = np.asarray(origins, np.int64)
    found = np.full((len(origins), horizon, len(QUANTILE_LEVELS)), np.nan)
    known = _Known.of(series)
    items = np.searchsorted(series.indptr, origins, side="right") - 1
    usable = np.flatnonzero(origins >= known.first[items])
    for part, passes in _portions(known, items[usable], origins[usable]):
        found[usable[part]] = _forecast(prior, known, passes, horizon)
        if both_signs:
            turned = _forecast(prior, replace(known, values=-known.values), passes, horizon)
            found[usable[part]] = (found[usable[part]] - turned[..., ::-1]) / 2
    # Zeros have no size of their own, and must not take that of what comes after them.
    unit = np.where(origins >= known.sized[items], known.unit[items], 1.0)
    return found * unit[:, None, None]


@dataclass(frozen=True, slots=True)
class _Known:
    """Series in powers of four near their first value, so that sums are of ordinary size.

    Not near their largest one, as that may come after an origin. By powers of four roots of sums
    scale to the last bit as well.

    Attributes:
        values: In units, [N].
        unit: Of each series, [I].
        sized: First row of each with a value other than 0; behind its end if none, [I].
        first: First row of each with a value, in the flat array; behind its end if none, [I].
        season: Rows in a season of each, [I].
        second: Rows in a second season of each, [I].
    """

    values: Floats
    unit: Floats
    sized: Ints
    first: Ints
    season: Ints
    second: Ints

    @classmethod
    def of(cls, series: Flat) -> "_Known":
        values, indptr = np.asarray(series.values, np.float64), np.asarray(series.indptr, np.int64)
        count = len(indptr) - 1
        item = np.repeat(np.arange(count), np.diff(indptr))
        there = np.isfinite(values)
        sized = _first(there & (values != 0), item, indptr)
        has_size = sized < indptr[1:]
        size = np.where(has_size, np.append(values, 0.0)[sized], 1.0)
        power = 2 * ((np.frexp(size)[1] - 1) // 2)
        unit = np.where(has_size, np.ldexp(1.0, power), 1.0)
        first = _first(there, item, indptr)
        season, second = (
            np.broadcast_to(np.asarray(part, np.int64), count)
            for part in (series.season, series.second)
        )
        values = np.where(there, values, np.nan) / unit[item]
        return cls(values, unit, sized, first, season, second)


def _first(chosen: np.ndarray, item: Ints, indptr: Ints) -> Ints:
    """Return the first row of each series that is chosen; behind its end if none, [I]."""
    first = indptr[1:].copy()
    np.minimum.at(first, item[chosen], np.flatnonzero(chosen))
    return first


def _portions(known: _Known, items: Ints, origins: Ints) -> Iterator[tuple[Ints, Passes]]:
    """Cut origins into portions of passes that are alike in length and fit in memory."""
    if not len(origins):
        return
    memory = np.maximum(MEMORY, np.maximum(4 * known.second, 10 * known.season))
    whole = plan_passes(known.first, memory, items, origins)
    order = np.lexsort((whole.end, whole.end - whole.start))
    held = whole.end[order]
    read = (whole.end - whole.start)[order]
    begin = 0
    while begin < len(order):
        end = begin + 1
        while (
            end < len(order)
            and held[begin : end + 1].max() * (end + 1 - begin) <= HELD_AT_ONCE
            and read[end] * (end + 1 - begin) <= READ_AT_ONCE
        ):
            end += 1
        yield _portion(whole, order[begin:end])
        begin = end


def _portion(whole: Passes, chosen: Ints) -> tuple[Ints, Passes]:
    """Return which origins some passes have, and those passes."""
    place = np.full(len(whole.begin), -1)
    place[chosen] = np.arange(len(chosen))
    part = np.flatnonzero(place[whole.owner] >= 0)
    return part, Passes(
        begin=whole.begin[chosen],
        start=whole.start[chosen],
        end=whole.end[chosen],
        item=whole.item[chosen],
        owner=place[whole.owner[part]],
        row=whole.row[part],
    )


def _forecast(prior: Prior, known: _Known, passes: Passes, horizon: int) -> Floats:
    """Return quantiles [B, H, Q] of the origins of some passes, in units of the series."""
    item = passes.item
    values = dense(known.values, passes.begin, passes.end)
    history = prepare(values, known.season[item], known.second[item])
    states_after = _read(prior, history, passes)
    at_row = at_rows(states_after, passes.owner, passes.row - passes.start[passes.owner])
    found = np.empty((len(passes.row), horizon, len(QUANTILE_LEVELS)))
    many = max(1, READ_AT_ONCE // horizon)
    for begin in range(0, len(found), many):
        part = slice(begin, begin + many)
        at = places(history, passes.owner[part], passes.row[part])
        ahead = np.broadcast_to(np.arange(1, horizon + 1), (len(at.rows), horizon))
        steps = step_inputs(at, units(at), ahead)
        forecast = quantiles(prior.weights, at_row[part], steps)
        found[part] = steps.reference[..., None] + steps.size[..., None] * forecast
    return found


def _read(prior: Prior, history: History, passes: Passes) -> np.ndarray:
    """Return what the head knows after every row of every pass, [P, T, D + C]."""
    longest = (passes.end - passes.start).max()
    rows = passes.start[:, None] + np.arange(longest)
    rows = np.minimum(rows, history.values.shape[1] - 1)
    items = np.broadcast_to(np.arange(len(rows))[:, None], rows.shape)
    at = places(history, items.ravel(), rows.ravel())
    read = row_inputs(at, units(at)).reshape(*rows.shape, -1)
    return states(prior.design, prior.weights, read)
