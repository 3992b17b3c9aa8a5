"""Stationary series by their spectrum: moving averages, poles, and Gaussian processes.

A filter is a product in the frequency domain, so all series and rows are done at once. Noise
runs in a circle twice as long as what is kept, and the end of it no longer knows its beginning.
"""

import numpy as np
import numpy.typing as npt

from forecast_rnn.prior.arrays import Floats
from forecast_rnn.prior.simulator.noise import (
    Generator,
    chosen,
    column,
    gaussian,
    innovations,
    log_uniform,
)

Spectrum = npt.NDArray[np.complex128]


def circle(rows: int) -> int:
    """Return the length of the circle for so many rows: even, and fast to transform."""
    return 2 * 8 * -(-max(rows, 24) // 8)


def unit(series: Floats) -> Floats:
    """Return [S, N] centred and divided by their standard deviation."""
    centred = series - series.mean(axis=1, keepdims=True)
    scaled: Floats = centred / (centred.std(axis=1, keepdims=True) + 1e-9)
    return scaled


def filtered(noise: Floats, transfer: Spectrum | Floats, rows: int) -> Floats:
    """Return the last rows of noise [S, L] passed through a filter [S, L / 2 + 1]."""
    passed = np.fft.irfft(np.fft.rfft(noise, axis=1) * transfer, noise.shape[1], axis=1)
    return passed[:, -rows:]


def poles(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw seasonal ARMA series [S, N] of unit size by poles and zeros inside the unit circle.

    Drawing poles, not coefficients, makes every draw stationary, whatever its order.
    """
    length = circle(rows)
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)[None]
    transfer = np.ones((series, length // 2 + 1), complex)
    for below in (True, True, True, False, False):
        factor = _factor(rng, series, turn)
        transfer = transfer / factor if below else transfer * factor
    if season > 1:
        delayed = turn**season
        strong = chosen(rng, 0.6, series) * column(rng.uniform(0, 1, series) ** 0.4 * 0.98)
        transfer /= 1 - strong * delayed
        transfer *= 1 - chosen(rng, 0.3, series) * column(rng.uniform(-0.5, 0.9, series)) * delayed
    return unit(filtered(innovations(rng, series, length), transfer, rows))


def _factor(rng: Generator, series: int, turn: Spectrum) -> Spectrum:
    """Draw one root a series: none, real, or a pair of complex ones."""
    kind = column(rng.random(series))
    radius = column(rng.uniform(0, 1, series) ** 0.5 * 0.97)
    real = radius * np.sign(column(rng.random(series)) - 0.3)
    angle = column(np.pi * rng.random(series) ** 2)
    pair = 1 - 2 * radius * np.cos(angle) * turn + (radius * turn) ** 2
    return np.where(kind < 0.45, 1.0, np.where(kind < 0.8, 1 - real * turn, pair))


def smooth(rng: Generator, series: int, rows: int) -> Floats:
    """Draw Gaussian processes [S, N] of unit size: squared exponential or power-law spectrum."""
    length = circle(rows)
    frequency = np.arange(length // 2 + 1)[None] / length
    scale = log_uniform(rng, 2.0, max(rows, 8.0), series)
    power = column(rng.uniform(0.6, 2.2, series))
    exponential = np.exp(-((np.pi * frequency * scale) ** 2))
    law = (frequency + 0.5 / scale) ** -power
    transfer = np.where(column(rng.random(series)) < 0.4, exponential, law)
    transfer[:, 0] = 0
    return unit(filtered(gaussian(rng, series, length), transfer, rows))


def quasi_periodic(rng: Generator, series: int, rows: int, season: int) -> Floats:
    """Draw processes [S, N] of unit size whose season drifts: lines of a spectrum, widened."""
    length = circle(rows)
    frequency = np.arange(length // 2 + 1)[None] / length
    width = 1 / log_uniform(rng, 3.0 * season, 60.0 * season, series)
    density = np.zeros((series, length // 2 + 1))
    for harmonic in range(1, min(5, season // 2) + 1):
        weight = column(rng.exponential(1.0, series)) / harmonic
        density += weight / (1 + ((frequency - harmonic / season) / width) ** 2)
    return unit(filtered(gaussian(rng, series, length), np.sqrt(density), rows))
