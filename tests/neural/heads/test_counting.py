"""Quantiles of counts and of the gamma distribution, against scipy."""

import numpy as np
import pytest
import torch
from scipy import stats

from forecast_rnn.neural.heads.counting import count_quantiles, gamma_quantile

LEVELS = np.array([1e-7, 1e-3, 0.01, 0.1, 0.3, 0.5, 0.6, 0.9, 0.975, 0.999, 1 - 1e-7])
SCORES = torch.tensor(stats.norm.ppf(LEVELS))


def quantiles(mean: float, dispersion: float):
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    return count_quantiles(mean * one, dispersion * one, SCORES[None, :, None])[0, :, 0].numpy()


@pytest.mark.parametrize("mean", [1e-9, 0.01, 0.3, 1, 5, 50, 200, 300, 1000, 1e5])
@pytest.mark.parametrize("dispersion", [0, 1e-8, 1e-4, 0.01, 0.1, 0.5, 2, 10])
def test_quantiles_of_counts_are_those_of_scipy(mean, dispersion):
    if dispersion:
        expected = stats.nbinom.ppf(LEVELS, 1 / dispersion, 1 / (1 + dispersion * mean))
    else:
        expected = stats.poisson.ppf(LEVELS, mean)

    result = quantiles(mean, dispersion)

    # Exact where probabilities are added up; beyond, the gamma distribution may be one off.
    small = expected < 256
    np.testing.assert_array_equal(result[small], np.maximum(expected[small], 0))
    assert (np.abs(result - expected) <= 1)[~small].all()


def test_quantiles_of_different_counts_at_once_are_those_of_each_alone():
    mean = torch.tensor([0.3, 40.0, 5000.0], dtype=torch.float64)[None, None]
    dispersion = torch.tensor([0.0, 0.5, 0.1], dtype=torch.float64)[None, None]

    result = count_quantiles(mean, dispersion, SCORES[None, :, None].expand(1, -1, 3))[0]

    for step, (m, d) in enumerate(zip(mean[0, 0], dispersion[0, 0], strict=True)):
        np.testing.assert_array_equal(result[:, step].numpy(), quantiles(float(m), float(d)))


@pytest.mark.parametrize("shape", [0.1, 0.5, 0.9, 1.0, 1.5, 5.0, 50.0, 1e3, 1e6])
def test_quantiles_of_the_gamma_distribution_are_those_of_scipy(shape):
    result = gamma_quantile(torch.full_like(SCORES, shape), SCORES).numpy()

    # Below shape 1 the lowest quantiles are all but 0; 1e-5 of them is less than nothing.
    np.testing.assert_allclose(result, stats.gamma.ppf(LEVELS, shape), rtol=1e-5)
