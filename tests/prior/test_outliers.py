import numpy as np
import pytest

from forecast_rnn.prior.outliers import (
    FARTHEST,
    centre_width,
    drawn_in,
    running,
    size_of,
    trailing_mean,
)
from tests.prior.examples import walks


def test_a_trailing_mean_is_the_mean_of_the_rows_before():
    values = walks(series=2, rows=9)

    means = trailing_mean(running(values), np.array([1, 4]))

    expected = [values[1, max(0, row - 3) : row + 1].mean() for row in range(9)]
    assert means[0] == pytest.approx(values[0], rel=1e-12)  # sums of nine numbers
    assert means[1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("season", "width"), [(1, 6), (4, 8), (6, 6), (7, 7), (24, 24)])
def test_a_centre_is_of_whole_seasons_and_of_six_rows(season, width):
    assert centre_width(np.array([season])) == width


def calm(series=1, rows=80):
    return np.random.default_rng(0).normal(size=(series, rows)) + 50


@pytest.mark.parametrize("season", [1, 7])
def test_usual_values_stay_as_they_are(season):
    for values in (walks(), calm(), np.arange(60.0)[None], np.full((1, 60), 3.0)):
        assert np.array_equal(drawn_in(values, np.full(len(values), season)), values)


@pytest.mark.parametrize("height", [1e3, -1e3, 1e200])
@pytest.mark.parametrize("season", [1, 7])
def test_an_outlier_comes_to_lie_some_sizes_off_and_nothing_else_moves(season, height):
    values = calm()
    values[0, 60] += height

    found = drawn_in(values, np.array([season]))

    assert abs(found[0, 60] - 50) < 4 * FARTHEST  # a size of unit noise is below four
    rest = np.arange(80) != 60
    assert np.array_equal(found[:, rest], values[:, rest])


def test_what_has_happened_once_may_happen_again():
    values = calm()
    values[0, [50, 65]] += 300

    found = drawn_in(values, np.array([1]))

    assert found[0, 50] < 100
    assert found[0, 65] == values[0, 65]


def test_a_new_level_is_seen_after_three_rows():
    values = calm()
    values[0, 60:] += 1000

    found = drawn_in(values, np.array([1]))

    assert np.array_equal(found[0, 63:], values[0, 63:])


def test_the_first_rows_and_the_first_change_are_left():
    values = np.zeros((1, 40))
    values[0, 30] = 5
    assert np.array_equal(drawn_in(values, np.array([1])), values)

    values[0, 3] = 1e6
    assert drawn_in(values, np.array([1]))[0, 3] == 1e6


def test_a_row_is_drawn_in_by_what_lies_before_it_alone():
    values = calm()
    values[0, 60] += 1000
    other = values.copy()
    other[0, 61:] = 1e9

    first, second = (drawn_in(each, np.array([7])) for each in (values, other))

    assert np.array_equal(first[:, :61], second[:, :61])


def test_one_change_of_a_hundred_adds_a_fifth_to_their_size():
    changes = np.ones(100)
    changes[0] = 100

    size = size_of(np.sqrt(changes).sum(), changes.sum(), 100.0)

    assert size == pytest.approx(1.09**2)
