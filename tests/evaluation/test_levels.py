"""Quantiles at levels between those that there are."""

from statistics import NormalDist

import numpy as np
import pytest

from forecast_rnn.evaluation.levels import at_scores

LEVELS = (0.1, 0.5, 0.9)


def score(level):
    return NormalDist().inv_cdf(level)


def test_a_level_that_is_there_is_as_it_is():
    quantiles = np.random.default_rng(0).normal(size=(4, 5, 3)).cumsum(axis=-1)
    scores = np.array([score(level) for level in LEVELS])[None, :, None]

    np.testing.assert_allclose(
        at_scores(quantiles, LEVELS, scores), quantiles.transpose(0, 2, 1), rtol=1e-12
    )


@pytest.mark.parametrize("level", [0.01, 0.2, 0.45, 0.7, 0.97])
def test_a_normal_distribution_is_met_at_every_level(level):
    normal = NormalDist(mu=3, sigma=2)
    quantiles = np.array([[[normal.inv_cdf(one) for one in LEVELS]]])

    found = at_scores(quantiles, LEVELS, np.array([[[score(level)]]]))

    assert found.item() == pytest.approx(normal.inv_cdf(level), rel=1e-12)


def test_scores_of_each_forecast_and_step_are_taken_one_by_one():
    generator = np.random.default_rng(0)
    quantiles = generator.normal(size=(3, 4, 3)).cumsum(axis=-1)
    scores = generator.normal(size=(3, 6, 4))

    found = at_scores(quantiles, LEVELS, scores)

    for b, n, h in np.ndindex(3, 6, 4):
        alone = at_scores(quantiles[b : b + 1, h : h + 1], LEVELS, scores[b, n, h].reshape(1, 1, 1))
        assert found[b, n, h] == alone.item()


def test_higher_levels_have_higher_values():
    quantiles = np.sort(np.random.default_rng(0).normal(size=(3, 4, 3)), axis=-1)
    scores = np.linspace(-4, 4, 41)[None, :, None]

    assert (np.diff(at_scores(quantiles, LEVELS, scores), axis=1) >= 0).all()
