"""The shape of a network follows the data and the options."""

import pytest

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.neural.fitting.recipe import SIZES, recipes, window_shape, work_per_step
from tests.panels import panel_of


@pytest.mark.parametrize(
    ("season", "rows", "expected"),
    [
        (24, 900, (168, 24)),  # hours: a week, by days
        (24, 300, (48, 24)),  # not enough weeks of hours
        (7, 700, (56, 7)),  # days: eight weeks, by weeks
        (52, 900, (52, 13)),  # weeks: a year, by quarters
        (12, 120, (24, 3)),  # months: two years, by quarters
        (4, 60, (8, 1)),
        (1, 20, (6, 1)),
        (1, 1000, (24, 2)),
    ],
)
def test_windows_hold_enough_seasons(season, rows, expected):
    assert window_shape(season, rows) == expected


def test_every_size_is_a_candidate_until_the_user_fixes_it():
    panel = panel_of([1.0] * 60)
    task = Task(horizon=4, season_length=4)

    free = recipes(panel, task, TrainConfig())
    fixed = recipes(
        panel, task, TrainConfig(prior="none", hidden_size=100, layers=2, learning_rate=0.1)
    )

    assert [recipe.model.hidden_size for recipe in free] == [size.hidden_size for size in SIZES]
    assert [(r.model.hidden_size, r.model.layers, r.learning_rate) for r in fixed] == [
        (100, 2, 0.1)
    ]


def test_steps_reach_back_over_the_longest_series_but_not_without_end():
    task = Task(horizon=4, season_length=4)

    short = recipes(panel_of([1.0] * 20), task, TrainConfig())[0].model
    long = recipes(panel_of([1.0] * 2000), task, TrainConfig())[0].model

    assert (short.context_steps - 1) * short.stride + short.window_length >= 20
    assert long.context_steps == 40


def test_wider_networks_cost_more():
    panel, task = panel_of([1.0] * 60), Task(horizon=4, season_length=4)

    work = [work_per_step(recipe, task) for recipe in recipes(panel, task, TrainConfig())]

    assert work == sorted(work, reverse=True)
