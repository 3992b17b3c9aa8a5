"""Batches of windows of given series; a batch is a function of the series, (seed, step), horizon.

Letters as in the room, and I for series, N for all their rows.
"""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.neural.pretraining.samples import STEPS, draw_steps
from forecast_rnn.neural.pretraining.windows import Sample, Windows, sample_of
from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.history import prepare
from forecast_rnn.prior.passes import BLOCK, LEAD, dense
from forecast_rnn.prior.simulator.noise import Generator
from forecast_rnn.prior.zeroshot import Flat

ROWS = 2_000
"""Rows that the recurrent layers read in a batch, at most about.

Twice as many rows and origins brought the quarterly tourism series no better forecast of the last
rows of their training part (after 150 steps .923 of the untrained prior's error, not .921) at twice
the cost.
"""

ORIGINS = 300
MOST_ORIGINS = 16
"""Origins in a batch, at most about, and in a window."""

LEAST_ROWS = 4
"""Rows, from the first value on, below which a series teaches nothing."""

HISTORY = 2_048
MOST_HISTORY = 4_096
"""Rows before a window from which lags and means are taken, and the most for long seasons."""

SEASONS, SECONDS = 10, 4
"""Seasons, and longer ones, that lags and means of an origin reach back."""

OVERLAP = 2
"""How often a batch may show the same row."""


@dataclass(frozen=True, slots=True)
class Material:
    """Series to learn from, each from its first value on.

    Attributes:
        values: NaN where missing, [N].
        first: First row of each, [I].
        length: Rows of each, at least `LEAST_ROWS`, [I].
        season: Rows in a season of each, [I].
        second: Rows in a longer season of each, 0 for none, [I].
    """

    values: Floats
    first: Ints
    length: Ints
    season: Ints
    second: Ints

    @classmethod
    def of(cls, series: Flat) -> "Material":
        """Take the series that are long enough; there may be none."""
        indptr = np.asarray(series.indptr, np.int64)
        item = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        there = np.flatnonzero(np.isfinite(series.values))
        first = indptr[1:].copy()
        np.minimum.at(first, item[there], there)
        length = indptr[1:] - first
        kept = np.flatnonzero(length >= LEAST_ROWS)
        season, second = (
            np.broadcast_to(np.asarray(part, np.int64), len(first))[kept]
            for part in (series.season, series.second)
        )
        values = np.asarray(series.values, np.float64)
        return cls(values, first[kept], length[kept], season, second)


def usual_size(material: Material, horizon: int) -> tuple[int, int]:
    """Return rows that are read in a batch and steps that are forecast, both about."""
    lengths = material.length
    context = int(min(LEAD + BLOCK // 2, np.median(lengths) - 1))
    windows = np.clip(ROWS // context, 1, OVERLAP * (-(-(lengths - 1) // context)).sum())
    origins = windows * np.clip(ORIGINS // windows, 2, MOST_ORIGINS)
    return int(windows * context), int(origins * min(horizon, STEPS))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where windows lie, each [W], rows counted from the first of the series.

    Attributes:
        items: Which series.
        starts: First row that is read.
        last: Last row that is an origin.
        ends: Row after the last that is known.
    """

    items: Ints
    starts: Ints
    last: Ints
    ends: Ints


def draw_crops(material: Material, *, horizon: int, seed: int, step: int) -> Sample:
    """Draw the batch of a step.

    Series are drawn evenly, as forecasts are scored. A window ends anywhere; it shows as many
    rows as a forecast reads, or all of a short series.

    Args:
        material: At least one series.
        horizon: Steps that are to be forecast; of many, a few are drawn for each origin.
        seed: Of the draws.
        step: Counted from 0.
    """
    rng = np.random.default_rng([seed, step])
    context, windows = _sizes(rng, material)
    at = _draw_places(rng, material, context, windows, horizon)
    begin, values = _histories(material, at, horizon)
    history = prepare(values, material.season[at.items], material.second[at.items])
    origins = _draw_origins(rng, at.last - at.starts + 1)
    return sample_of(
        history,
        Windows(np.arange(windows), at.starts - begin, context),
        origins,
        draw_steps(rng, origins.size, horizon),
    )


def _sizes(rng: Generator, material: Material) -> tuple[int, int]:
    """Draw how many rows windows show, and say how many windows there are.

    Where lengths differ much, rows are drawn too, so that few windows are mostly padding.
    """
    lengths = np.sort(material.length)
    typical = lengths[int(rng.uniform(0.5, 1) * len(lengths))]
    context = int(min(rng.integers(LEAD, LEAD + BLOCK + 1), typical - 1))
    distinct = -(-(material.length - 1) // context)
    return context, int(np.clip(ROWS // context, 1, OVERLAP * distinct.sum()))


def _draw_places(
    rng: Generator, material: Material, context: int, windows: int, horizon: int
) -> _Places:
    count = len(material.length)
    rounds = [rng.permutation(count) for _ in range(-(-windows // count))]
    items = np.concatenate(rounds)[:windows]
    length = material.length[items]
    # Some windows end where all steps have an outcome, some where few have.
    left = rng.integers(1, np.minimum(horizon, length // 2) + 1)
    latest = length - 1 - left
    earliest = np.minimum(latest, context - 1)
    last = rng.integers(earliest, latest + 1)
    starts = np.maximum(last - context + 1, 0)
    return _Places(items, starts, last, np.minimum(last + 1 + horizon, length))


def _histories(material: Material, at: _Places, horizon: int) -> tuple[Ints, Floats]:
    """Return the first rows that windows look back to, and values from there on, [W, …].

    Values are in a power of two near their size, so that no sum overflows; what is beyond
    the end of a series is missing.
    """
    reach = np.maximum(SEASONS * material.season, SECONDS * material.second)[at.items]
    begin = np.maximum(at.starts - np.clip(reach, HISTORY, MOST_HISTORY), 0)
    values = dense(material.values, material.first[at.items] + begin, at.ends - begin)
    size = np.where(np.isfinite(values), np.abs(values), 0).max(axis=1, keepdims=True)
    values = values / np.ldexp(1.0, np.frexp(size)[1] - 1)
    return begin, np.pad(values, ((0, 0), (0, horizon)), constant_values=np.nan)


def _draw_origins(rng: Generator, shown: Ints) -> Ints:
    """Draw origins [W, O] in the last two thirds of the rows that windows show, [W]."""
    count = int(np.clip(ORIGINS // len(shown), 2, MOST_ORIGINS))
    low = np.minimum(shown - 1, np.maximum(2, shown // 3))
    drawn = rng.integers(low[:, None], shown[:, None], (len(shown), count))
    return np.sort(drawn, axis=1)
