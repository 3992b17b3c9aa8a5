"""What comes back: patterns of all shapes that change slowly, and days unlike others."""

import numpy as np

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.simulator.noise import (
    Generator,
    chosen,
    column,
    gaussian,
    log_uniform,
)


def pattern(rng: Generator, series: int, season: int) -> Floats:
    """Draw shapes of a season [S, m], centred and of unit size."""
    kind = column(rng.random(series))
    waves, rough = _waves(rng, series, season), gaussian(rng, series, season)
    shape = np.where(kind < 0.45, waves, rough)
    shape = np.where((kind >= 0.65) & (kind < 0.8), _blocks(rng, series, season), shape)
    shape = np.where(kind >= 0.8, np.exp(1.2 * waves), shape)
    pulses = (rng.random((series, season)) < min(0.3, 2 / season)) * rough
    shape = np.where((kind >= 0.92), pulses, shape) + chosen(rng, 0.2, series) * pulses
    shape = shape - shape.mean(axis=1, keepdims=True)
    scaled: Floats = shape / (shape.std(axis=1, keepdims=True) + 1e-3)
    return scaled


def _waves(rng: Generator, series: int, season: int) -> Floats:
    """Draw up to six harmonics of falling size."""
    turn = 2 * np.pi * np.arange(season)[None] / season
    fall = column(rng.uniform(0.3, 2.0, series))
    waves = np.zeros((series, season))
    for harmonic in range(1, min(6, season // 2) + 1):
        size = gaussian(rng, series, 1) / harmonic**fall
        waves += size * np.cos(harmonic * turn + column(rng.uniform(0, 2 * np.pi, series)))
    scaled: Floats = waves / (waves.std(axis=1, keepdims=True) + 1e-6)
    return scaled


def _blocks(rng: Generator, series: int, season: int) -> Floats:
    """Draw a working time that is unlike the rest, with a saw tooth in some."""
    begin, length = rng.integers(0, season, series), rng.integers(1, max(2, season), series)
    phase = (np.arange(season)[None] - column(begin)) % season
    inside = phase < column(length)
    blocks: Floats = inside * (1 + chosen(rng, 0.4, series) * phase / column(length))
    return blocks


def seasonal(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw seasonal series [S, N] of unit size whose pattern and amplitude change slowly."""
    cycles = -(-rows // season) + 1
    shapes = np.repeat(pattern(rng, series, season)[:, None], cycles, axis=1)
    if cycles > 2:
        change = chosen(rng, 0.5, series) * log_uniform(rng, 0.05, 1.5, series) / np.sqrt(cycles)
        moves = gaussian(rng, series, cycles * season).reshape(shapes.shape)
        shapes += np.cumsum(change[:, :, None] * moves, axis=1)
        grow = chosen(rng, 0.3, series) * log_uniform(rng, 0.05, 1.2, series) / np.sqrt(cycles)
        amplitude = np.cumsum(grow * gaussian(rng, series, cycles), axis=1)
        shapes *= np.exp(amplitude.clip(-3, 3))[:, :, None]
    start = rng.integers(0, season)
    return shapes.reshape(series, -1)[:, start : start + rows]


def second_seasonal(rng: Generator, series: int, rows: int, season: int, second: int) -> Floats:
    """Draw a longer season [S, N] of unit size: days of a week, parts of a year."""
    whole = seasonal(rng, series, rows, second)
    days = -(-second // season)
    factors = np.repeat(pattern(rng, series, days), season, axis=1)[:, :second]
    coarse = factors[:, (np.arange(rows) + rng.integers(0, second)) % second]
    return np.where(chosen(rng, 0.5, series) > 0, coarse, whole)


def holidays(rng: Generator, series: int, rows: int, year: int) -> Floats:
    """Draw effects [S, N] of a few days that come once a year, moved by some rows, or at random."""
    effect = np.zeros((series, rows))
    every = np.arange(rows)
    for _ in range(4):
        begin, width = rng.integers(0, year, series), rng.integers(1, 4, series)
        moved = rng.integers(-3, 4, (series, rows // year + 2)) * (rng.random((series, 1)) < 0.3)
        turn = (every[None] - column(begin)) // year + 1
        away = (every[None] - column(begin)) % year
        offset = np.take_along_axis(moved, turn.clip(0, moved.shape[1] - 1), axis=1)
        inside = (away >= 3 + offset) & (away < 3 + offset + column(width))
        effect += chosen(rng, 0.6, series) * gaussian(rng, series, 1) * inside
    return effect
