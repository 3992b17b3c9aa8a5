import numpy as np
import pytest

from forecast_rnn.data.origins import last, located, rolling
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
