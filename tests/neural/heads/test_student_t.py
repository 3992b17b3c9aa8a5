"""Quantiles of Student's t, against scipy."""

import numpy as np
import pytest
import torch
from scipy import stats

from forecast_rnn.neural.heads.student_t import t_quantile

LEVELS = np.array([1e-9, 1e-4, 0.01, 0.1, 0.3, 0.45, 0.6, 0.9, 0.975, 0.9999])


@pytest.mark.parametrize("freedom", [2.5, 2.7, 3.0, 4.0, 5.0, 7.0, 30.0, 100.0, 1e4])
def test_quantiles_are_those_of_scipy(freedom):
    scores = torch.tensor(stats.norm.ppf(LEVELS))

    result = t_quantile(torch.full_like(scores, freedom), scores).numpy()

    error = 3e-5 if freedom < 3 else 2e-6  # what the expansion leaves over
    np.testing.assert_allclose(result, stats.t.ppf(LEVELS, freedom), rtol=error)


def test_the_median_is_zero_and_quantiles_are_symmetric():
    scores = torch.linspace(0, 5, 11, dtype=torch.float64)
    freedom = torch.full_like(scores, 3.0)

    upper = t_quantile(freedom, scores)

    torch.testing.assert_close(upper, -t_quantile(freedom, -scores), atol=1e-11, rtol=0)
    assert abs(float(upper[0])) < 1e-11
