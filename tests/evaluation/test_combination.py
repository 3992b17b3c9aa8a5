"""The weighted mean of forecasts, and how its weights are found."""

import numpy as np
import pytest

from forecast_rnn.evaluation.combination import (
    DOUBT,
    best_weights,
    combined,
    with_intervals,
)

LEVELS = (0.1, 0.5, 0.9)
NAN = np.nan


def test_the_mean_is_weighted_level_by_level():
    first, second = np.array([[[1.0, 2.0, 4.0]]]), np.array([[[3.0, 6.0, 8.0]]])

    # 0.25 * 1 + 0.75 * 3, and so on
    np.testing.assert_allclose(combined([first, second], [0.25, 0.75]), [[[2.5, 5.0, 7.0]]])


def test_a_source_without_a_forecast_leaves_its_weight_to_the_others():
    first, second = np.array([1.0, NAN, NAN]), np.array([3.0, 6.0, NAN])

    np.testing.assert_array_equal(combined([first, second], [0.5, 0.5]), [2.0, 6.0, NAN])


def test_a_source_without_weight_does_not_count():
    first, second = np.array([1.0, NAN]), np.array([3.0, 6.0])

    np.testing.assert_array_equal(combined([first, second], [1.0, 0.0]), [1.0, NAN])


def test_ordered_quantiles_stay_ordered():
    generator = np.random.default_rng(0)
    sources = [np.sort(generator.normal(size=(20, 4, 3)), axis=-1) for _ in range(3)]

    assert (np.diff(combined(sources, [0.2, 0.5, 0.3]), axis=-1) >= 0).all()


def test_a_point_gets_the_intervals_of_the_others():
    other = np.array([[[1.0], [4.0], [2.0]]])  # the median last

    np.testing.assert_array_equal(with_intervals(np.array([[7.0]]), [other]), [[[6], [9], [7]]])


def problem(count=400, noises=(1.0, 1.0), bias=(0.0, 0.0)):
    """Forecasts that are off by independent errors, [K] of [B, 3, 1]."""
    generator = np.random.default_rng(1)
    actual = generator.normal(size=(count, 1))
    spread = np.array([[-1.28], [0.0], [1.28]])
    sources = [
        (actual + off + noise * generator.normal(size=actual.shape))[:, None] + noise * spread
        for noise, off in zip(noises, bias, strict=True)
    ]
    return sources, actual, np.ones(count)


def loss(sources, weights, actual):
    error = actual[:, None] - combined(sources, weights)
    levels = np.array(LEVELS)[:, None]
    return np.maximum(levels * error, (levels - 1) * error).mean()


def test_the_weights_are_those_of_the_least_loss_on_a_grid():
    sources, actual, scale = problem(noises=(1.0, 1.6))

    found = best_weights(sources, actual, scale, LEVELS)

    grid = np.linspace(0, 1, 101)
    losses = [loss(sources, (share, 1 - share), actual) for share in grid]
    best = grid[int(np.argmin(losses))]
    trust = 400 / (400 + DOUBT)
    # The loss is flat around its minimum: within a hundredth of it is as good.
    assert loss(sources, found, actual) <= min(losses) * 1.01
    assert found[0] == pytest.approx(trust * best + (1 - trust) / 2, abs=0.1)


def test_a_useless_source_gets_next_to_nothing():
    sources, actual, scale = problem(noises=(0.2, 0.2), bias=(0.0, 30.0))

    assert best_weights(sources, actual, scale, LEVELS)[1] < 0.05


@pytest.mark.parametrize("noises", [(0.2, 0.2), (0.2, 0.3), (0.5, 0.1)])
def test_few_forecasts_leave_weights_near_shares_by_the_fourth_power_of_loss(noises):
    sources, actual, scale = problem(count=1, noises=noises)
    losses = [loss(sources, weights, actual) for weights in ((1, 0), (0, 1))]
    share = losses[0] ** -4 / (losses[0] ** -4 + losses[1] ** -4)

    # One forecast is trusted by 1 / (1 + doubt), wherever the best weights of it are.
    assert best_weights(sources, actual, scale, LEVELS)[0] == pytest.approx(
        share, abs=1 / (1 + DOUBT)
    )


def test_sources_that_are_the_same_share_alike():
    sources, actual, scale = problem(count=3)

    found = best_weights([sources[0]] * 4, actual, scale, LEVELS)

    assert found == (0.25,) * 4


def test_a_source_without_any_error_counts_alone_but_for_rounding():
    _, actual, scale = problem(count=3)
    exact = np.repeat(actual[:, None], len(LEVELS), axis=1)

    assert best_weights([exact, exact + 1], actual, scale, LEVELS)[0] == pytest.approx(1, abs=0.02)


def test_without_any_outcome_weights_are_equal():
    sources, actual, scale = problem(count=3)

    found = best_weights(sources, np.full_like(actual, NAN), scale, LEVELS)

    assert found == (0.5, 0.5)


@pytest.mark.parametrize("factor", [1e-6, 1e9])
def test_units_do_not_matter(factor):
    sources, actual, scale = problem(count=50, noises=(1.0, 2.0))
    larger = [factor * source for source in sources]

    found = best_weights(larger, factor * actual, factor * scale, LEVELS)

    assert found == best_weights(sources, actual, scale, LEVELS)


def test_they_add_up_to_one():
    sources, actual, scale = problem(noises=(1.0, 1.5, 3.0), bias=(0, 0, 1))

    assert sum(best_weights(sources, actual, scale, LEVELS)) == pytest.approx(1, abs=1e-12)
