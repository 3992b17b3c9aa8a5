import numpy as np
import pytest

from forecast_rnn.prior.history import fill
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
