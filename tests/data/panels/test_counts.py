"""Counts are whole numbers from 0 on."""

import pytest

from forecast_rnn.data.panels.counts import check_counts, check_whole
from forecast_rnn.errors import DataError
from tests.panels import NAN, panel_of


def test_whole_numbers_and_gaps_are_counts():
    check_counts(panel_of([0.0, 3.0, NAN, 1e15], [2.0]), "poisson")


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ([1.0, NAN, -3.0], "series b has -3 at 2. Pass --head quantile"),
        ([1.0, 2.5, 2.0], "series b has 2.5 at 1. Pass"),
        ([1.5, -2.0, 0.1], "series b has 1.5 at 0, and 2 other values like it. Pass"),
        ([1.5, -2.0], "series b has 1.5 at 0, and 1 other value like it. Pass"),
    ],
)
def test_what_is_no_count_is_refused_with_series_time_and_value(second, message):
    with pytest.raises(DataError) as error:
        check_counts(panel_of([0.0, 4.0], second), "poisson")

    assert message in str(error.value)
    assert "distribution poisson" in str(error.value)


def test_whole_numbers_may_be_negative_and_have_no_fraction():
    check_whole(panel_of([-2.0, 0.0, NAN, 7.0]))

    with pytest.raises(DataError, match=r"--round .* series b has -0\.5 at 1\. Leave out --round"):
        check_whole(panel_of([1.0], [1.0, -0.5]))
