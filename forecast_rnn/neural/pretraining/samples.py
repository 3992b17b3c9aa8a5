"""Batches of simulated series, ready for the network; a batch is a function of (seed, step)."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.neural.pretraining.windows import Sample, Windows, sample_of
from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.history import prepare
from forecast_rnn.prior.simulator.blocks import simulate
from forecast_rnn.prior.simulator.noise import Generator
from forecast_rnn.prior.simulator.shapes import draw_block, draw_rows

ROWS = 8_000
"""Rows that the recurrent layers read in a batch, about."""

ORIGINS = 1_000
"""Origins in a batch, about."""

STEPS = 12
"""Steps, at most, that are forecast from an origin."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a batch.

    Attributes:
        history: Rows of each series before the last origin, N.
        context: Those that a window shows to the recurrent layers, T.
        windows: How many windows, W.
        series: How many series; windows are shared among them evenly.
        ahead: The farthest step.
    """

    history: int
    context: int
    windows: int
    series: int
    ahead: int


def draw_sample(seed: int, step: int) -> Sample:
    """Simulate the batch of a step."""
    rng = np.random.default_rng([seed, step])
    shape = draw_shape(rng)
    values, season, second = _series(rng, shape)
    history = prepare(values, season, second)
    each = -(-shape.windows // shape.series)
    items = np.repeat(np.arange(shape.series), each)
    # The last window of each series ends where its history does; the others end anywhere.
    ends = rng.integers(min(shape.context, shape.history - 1), shape.history, len(items)) + 1
    ends[each - 1 :: each] = shape.history
    windows = Windows(items, ends - shape.context, shape.context)
    origins = draw_origins(rng, len(items), shape.context)
    return sample_of(history, windows, origins, draw_steps(rng, origins.size, shape.ahead))


def draw_shape(rng: Generator) -> Shape:
    """Draw lengths of history, context and horizon."""
    history = draw_rows(rng)
    context = min(history, int(rng.integers(192, 321)))
    if rng.random() < 0.12:
        context = max(min(8, history), int(context * rng.uniform(0.3, 1)))
    windows = int(np.clip(ROWS // context, 4, 1000))
    each = int(np.clip(history // context, 1, 4))
    ahead = draw_ahead(rng, history)
    return Shape(history, context, windows, -(-windows // each), ahead)


def draw_ahead(rng: Generator, history: int) -> int:
    """Draw a horizon; a long one only after so many rows of history."""
    ahead = int(np.exp(rng.uniform(np.log(4), np.log(65))))
    if history >= 200 and rng.random() < 0.2:
        ahead = int(rng.integers(64, 200))
    return ahead


def _series(rng: Generator, shape: Shape) -> tuple[Floats, Ints, Ints]:
    """Simulate series of up to five seasons, [S, N + ahead]."""
    groups = int(np.clip(shape.series // 6, 1, 5))
    counts = np.diff(np.linspace(0, shape.series, groups + 1).astype(int))
    values, season, second = [], [], []
    for count in counts:
        block = draw_block(rng, int(count), shape.history, shape.ahead)
        drawn, told = simulate(rng, block)
        values.append(drawn)
        season.append(np.full(count, block.season))
        second.append(told)
    return np.concatenate(values), np.concatenate(season), np.concatenate(second)


def draw_origins(rng: Generator, windows: int, context: int) -> Ints:
    """Draw origins [W, O] in the last two thirds of windows; the last row is always one."""
    count = int(np.clip(ORIGINS // windows, 2, 12))
    low = min(context - 1, max(2, context // 3))
    origins = rng.integers(low, context, (windows, count))
    origins[:, -1] = context - 1
    return np.sort(origins, axis=1)


def draw_steps(rng: Generator, origins: int, ahead: int) -> Ints:
    """Draw steps [R, H] spread over the horizon, or take all of a short one."""
    if ahead <= STEPS:
        return np.broadcast_to(np.arange(1, ahead + 1), (origins, ahead))
    spread = (np.arange(STEPS) + rng.random((origins, STEPS))) * (ahead / STEPS)
    return 1 + spread.astype(np.int64).clip(max=ahead - 1)
