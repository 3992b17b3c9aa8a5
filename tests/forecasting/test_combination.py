"""Priors, baselines and networks as one forecast."""

import numpy as np
import pytest

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.evaluation.combination import best_weights
from forecast_rnn.forecasting.combination import NETWORKS_ALONE, Combination
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.neural.heads.quantile import normal_score
from forecast_rnn.prior.weights import shipped_prior
from tests.panels import panel_of

LEVELS = (0.1, 0.5, 0.9)
TASK = Task(horizon=3, season_length=4, quantile_levels=LEVELS)
SCORES = np.array([normal_score(level) for level in (*LEVELS, 0.5)])[None, :, None]


@pytest.fixture(scope="module")
def panel():
    generator = np.random.default_rng(0)
    season = np.tile([10.0, 14.0, 18.0, 12.0], 8)
    return panel_of([*(season + generator.normal(size=32))])


@pytest.fixture(scope="module")
def combination():
    prior = PriorSource("prior", shipped_prior("gru"), TASK)
    return Combination((prior,), (BaselineSource("ridge", TASK),), (0.25, 0.5, 0.25))


def networks(rows):
    """What networks may have given: the same for all steps, the median last, [B, N, H]."""
    values = np.array([9.0, 12.0, 15.0, 12.0])[None, :, None]
    return np.broadcast_to(values, (len(rows), 4, 3)).copy()


def test_the_mean_is_of_networks_prior_and_baseline(panel, combination):
    rows = np.array([20, 31])
    own = networks(rows)

    found = combination.values(panel, rows, SCORES, [own])

    prior = combination.priors[0].values(panel, rows, SCORES)
    ridge = combination.baselines[0].medians(panel, rows)
    others = (own + prior) / 2
    point = ridge[:, None] + others - others[:, -1:]
    np.testing.assert_allclose(found, 0.25 * own + 0.5 * prior + 0.25 * point, rtol=1e-12)


def test_networks_that_stand_alone_are_what_they_are(panel):
    own = networks([31])

    assert NETWORKS_ALONE.values(panel, np.array([31]), SCORES, [own]) is own
    assert not NETWORKS_ALONE


def test_a_baseline_forecasts_as_in_the_backtest(panel, combination):
    rows = np.array([25, 31])

    table = baseline_table("ridge", panel, rows, task=TASK)

    medians = combination.baselines[0].medians(panel, rows)
    np.testing.assert_array_equal(medians.ravel(), table["forecast"].to_numpy())


def test_nothing_after_an_origin_is_read(panel, combination):
    rows = np.array([23])
    changed = panel_of([*panel.values[:24], *(1e6 + panel.values[24:])])

    before = combination.values(panel, rows, SCORES, [networks(rows)])

    np.testing.assert_array_equal(
        combination.values(changed, rows, SCORES, [networks(rows)]), before
    )


def test_weights_are_those_of_the_rows_held_back(panel, combination):
    rows = np.arange(12, 28)
    parts = [part[:, :-1] for part in combination.parts(panel, rows, SCORES, [networks(rows)])]

    found = combination.weighed(panel, rows, parts, LEVELS)

    actual, scale = outcomes(panel, rows, 3), error_scales(panel, rows, 4)
    assert found.weights == best_weights(parts, actual, scale, LEVELS)
    assert sum(found.weights) == pytest.approx(1)


def test_the_parameters_are_those_of_the_priors(combination):
    assert combination.parameters == sum(
        part.size for part in shipped_prior("gru").weights.values()
    )
