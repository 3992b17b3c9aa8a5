from statistics import NormalDist

import numpy as np
import pytest

from forecast_rnn.prior.design import QUANTILE_LEVELS
from forecast_rnn.prior.levels import at_levels

NORMAL = np.array([[NormalDist(3, 2).inv_cdf(level) for level in QUANTILE_LEVELS]])


def test_levels_that_a_prior_forecasts_are_handed_on_as_they_are():
    assert at_levels(NORMAL, QUANTILE_LEVELS) is NORMAL
    assert np.array_equal(at_levels(NORMAL, (0.1, 0.5, 0.95)), NORMAL[:, [1, 5, 10]])


@pytest.mark.parametrize("level", [0.005, 0.025, 0.25, 0.55, 0.975, 0.99])
def test_levels_between_and_beyond_are_right_where_errors_are_normal(level):
    expected = NormalDist(3, 2).inv_cdf(level)

    assert at_levels(NORMAL, (level,))[0] == pytest.approx([expected], rel=1e-9)


def test_quantiles_stay_in_order():
    quantiles = np.sort(np.random.default_rng(0).standard_cauchy((50, len(QUANTILE_LEVELS))))

    found = at_levels(quantiles, np.linspace(0.01, 0.99, 99))

    assert (np.diff(found) >= -1e-12).all()  # a tie may be rounded either way
