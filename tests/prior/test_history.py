import numpy as np
import pytest

from forecast_rnn.prior.history import centre_width, fill, running, trailing_mean
from tests.prior.examples import history, walks


def filled_by_hand(values, season):
    found = list(values)
    for row, value in enumerate(found):
        if np.isnan(value):
            earlier = [k for k in range(row - season, -1, -season) if not np.isnan(values[k])]
            before = [k for k in range(row) if not np.isnan(values[k])]
            found[row] = values[(earlier or before[::-1])[0]]
    return found


@pytest.mark.parametrize("season", [1, 3, 7])
def test_a_missing_value_is_that_of_the_season_before_or_the_last_one(season):
    values = walks(rows=40, missing=0.4)

    filled = fill(values, np.full(len(values), season))

    assert np.array_equal(filled, [filled_by_hand(row, season) for row in values])


def test_what_is_missing_behind_a_row_changes_nothing_before_it():
    values = walks(missing=0.3)
    cut = values.copy()
    cut[:, 30:] = np.nan

    whole, part = history(values), history(cut)

    assert np.array_equal(whole.values[:, :30], part.values[:, :30])
    for name, sums in whole.sums.items():
        assert np.array_equal(sums[:, :31], part.sums[name][:, :31]), name


def test_a_trailing_mean_is_the_mean_of_the_rows_before():
    values = walks(series=2, rows=9)

    means = trailing_mean(running(values), np.array([1, 4]))

    expected = [values[1, max(0, row - 3) : row + 1].mean() for row in range(9)]
    assert means[0] == pytest.approx(values[0], rel=1e-12)  # sums of nine numbers
    assert means[1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("season", "width"), [(1, 6), (4, 8), (6, 6), (7, 7), (24, 24)])
def test_a_centre_is_of_whole_seasons_and_of_six_rows(season, width):
    assert centre_width(np.array([season])) == width
