from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.panels.origins import lags, last, located, rolling
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import ConfigError
from tests.panels import panel_of


def test_last_is_the_last_row_of_each_item_that_has_rows():
    panel = panel_of([1, 2, 3], [], [4])

    assert last(panel).tolist() == [2, 3]


def test_rolling_leaves_a_full_horizon_after_each_origin():
    panel = panel_of([0, 1, 2, 3, 4, 5, 6])

    assert rolling(panel, horizon=2, windows=3, step=1).tolist() == [2, 3, 4]


def test_rolling_origins_lie_a_step_apart():
    panel = panel_of([0, 1, 2, 3, 4, 5, 6])

    assert rolling(panel, horizon=1, windows=3, step=2).tolist() == [1, 3, 5]


def test_rolling_gives_short_items_fewer_origins_or_none():
    panel = panel_of([1, 2, 3], [4, 5], [], [6, 7, 8, 9, 10])

    assert rolling(panel, horizon=2, windows=2, step=1).tolist() == [0, 6, 7]


@pytest.mark.parametrize(("windows", "step"), [(0, 1), (1, 0)])
def test_rolling_refuses_nonsense(windows, step):
    with pytest.raises(ConfigError, match="1 or more"):
        rolling(panel_of([1, 2]), horizon=1, windows=windows, step=step)


def test_located_gives_the_position_inside_the_item():
    panel = panel_of([1, 2, 3], [], [4, 5])

    found = located(panel, np.array([0, 2, 4]))

    assert found.rows() == [(0, 0), (0, 2), (2, 1)]


def test_items_that_end_earlier_lag_behind_the_newest_time():
    panel = panel_of([1, 2, 3, 4], [1, 2], [], [1, 2, 3])

    assert lags(panel, 1).tolist() == [0, 2, 0, 1]


def test_items_whose_times_have_nothing_to_do_with_each_other_are_cut_by_their_own_ends():
    panel = panel_of([1] * 40, [1] * 20, [1] * 10)

    assert lags(panel, 5).tolist() == [0, 0, 0]
    assert lags(panel, 20).tolist() == [0, 20, 30]


def test_lags_are_counted_on_the_grid_of_each_item():
    months = replace(
        panel_of([1] * 5, [1] * 3),
        frequency=Frequency(every="1mo", grid="month_end"),
        starts=pl.Series("time", [date(2024, 1, 31), date(2024, 2, 29)]),
    )
    weekdays = replace(
        panel_of([1] * 5, [1] * 2),
        frequency=Frequency(every="1b", grid="business_day"),
        starts=pl.Series("time", [date(2024, 5, 3), date(2024, 5, 6)]),
    )

    assert lags(months, 2).tolist() == [0, 1]
    # Friday to the Thursday after it; Monday to Tuesday
    assert lags(weekdays, 2).tolist() == [0, 2]


def test_rolling_by_time_gives_all_items_the_same_cutoffs():
    panel = panel_of(list(range(10)), list(range(8)), list(range(5)))

    rows = rolling(panel, horizon=3, windows=2, step=3, lags=lags(panel, 5))

    # The newest time is 9, so the cutoffs are 3 and 6; at 6 the third has ended.
    assert rows.tolist() == [3, 6, 13, 16, 21]
