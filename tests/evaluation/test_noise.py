"""Whether a difference is more than noise, against other libraries, by hand and by chance."""

import numpy as np
import pytest
from scipy import stats

from forecast_rnn.evaluation.noise import (
    MORE,
    NO_MORE,
    TOO_FEW,
    adjusted,
    difference,
    in_words,
    spread,
)


@pytest.fixture
def generator():
    return np.random.default_rng(0)


def test_with_one_seed_it_is_the_paired_t_test(generator):
    first, second = generator.normal(0, 1, (1, 30)), generator.normal(0.3, 1, (1, 30))

    found = difference(first, second)

    other = stats.ttest_rel(first[0], second[0])
    interval = other.confidence_interval(0.95)
    assert found.p_value == pytest.approx(other.pvalue)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high))
    assert (found.mean, found.count) == (pytest.approx((first - second).mean()), 30)


def test_where_series_do_not_differ_it_is_the_t_test_of_welch_over_seeds(generator):
    seeds, others = generator.normal(0, 1, 4), generator.normal(2, 0.5, 6)

    found = difference(np.repeat(seeds[:, None], 10, 1), np.repeat(others[:, None], 10, 1))

    other = stats.ttest_ind(seeds, others, equal_var=False)
    interval = other.confidence_interval(0.95)
    assert found.p_value == pytest.approx(other.pvalue)
    assert (found.lower, found.upper) == pytest.approx((interval.low, interval.high))


def test_both_sources_of_noise_add_up_by_hand():
    first = np.array([[1.0, 2, 3, 4, 5], [3.0, 4, 5, 6, 7]])
    second = np.zeros((1, 5))

    found = difference(first, second)

    # Over series: d = 2 … 6, var 2.5, / 5. Over seeds: means 3 and 5, var 2, / 2.
    variance, freedom = 0.5 + 1.0, 1.5**2 / (0.5**2 / 4 + 1.0**2 / 1)
    assert found.mean == 4
    assert found.p_value == pytest.approx(2 * stats.t.sf(4 / np.sqrt(variance), freedom))


def test_cells_that_are_alike_are_seldom_told_apart_whatever_their_seeds_do(generator):
    def errors():
        return generator.normal(0, 1, (3, 1)) + generator.normal(0, 1, (3, 40)) + series

    told_apart, by_series_alone = 0, 0
    for _ in range(300):
        series = generator.normal(0, 3, 40)
        first, second = errors(), errors()
        told_apart += in_words(difference(first, second).p_value) == MORE
        alone = difference(first.mean(0, keepdims=True), second.mean(0, keepdims=True))
        by_series_alone += in_words(alone.p_value) == MORE

    assert told_apart <= 0.08 * 300
    assert by_series_alone >= 0.3 * 300


def test_a_real_difference_is_told(generator):
    series = generator.normal(0, 3, 40)
    first, second = (series + generator.normal(mean, 0.3, (3, 40)) for mean in (0, 1))

    found = difference(first, second)

    assert found.p_value < 0.001
    assert found.lower < -1 < found.upper < 0


def test_which_comes_first_changes_the_sign_alone(generator):
    first, second = generator.normal(0, 1, (3, 8)), generator.normal(1, 1, (2, 8))

    one, other = difference(first, second), difference(second, first)

    assert one.p_value == other.p_value
    assert (one.mean, one.lower, one.upper) == (-other.mean, -other.upper, -other.lower)


def test_equal_models_do_not_differ_and_constant_differences_do():
    same = difference(np.ones((2, 6)), np.ones((1, 6)))
    apart = difference(np.ones((2, 6)), np.zeros((1, 6)))

    assert (same.p_value, same.mean) == (1.0, 0.0)
    assert (apart.p_value, apart.lower, apart.upper) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_series_tell_nothing(count):
    found = difference(np.ones((3, count)), np.zeros((3, count)))

    assert (found.p_value, found.lower, found.upper, found.count) == (None, None, None, count)


def test_many_comparisons_are_judged_as_holm_does():
    found = adjusted([0.01, 0.04, None, 0.03, 0.9])

    # Of four: 4·0.01, 3·0.03, 2·0.04 (no less than before), 1·0.9.
    assert found == [pytest.approx(0.04), pytest.approx(0.09), None, pytest.approx(0.09), 0.9]
    assert adjusted([0.8, 0.7]) == [1.0, 1.0]
    assert adjusted([]) == []


def test_the_words_go_by_five_percent():
    assert [in_words(p) for p in (0.05, 0.051, None)] == [MORE, NO_MORE, TOO_FEW]


def test_the_spread_is_over_seeds():
    assert spread(np.array([[0.0, 2.0], [2.0, 4.0], [4.0, 6.0]])) == 2.0
    assert spread(np.array([[0.0, 2.0]])) is None
