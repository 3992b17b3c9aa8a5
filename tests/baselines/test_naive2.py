import math

import numpy as np
import pytest

from forecast_rnn.baselines.naive2 import naive2
from forecast_rnn.baselines.simple import naive
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last
from tests.panels import NAN, panel_of


def reference_has_season(known, season):
    """The organisers' test, lag by lag."""
    count = len(known)
    if count < 3 * season or min(known) <= 0:
        return False
    level = sum(known) / count
    variance = sum((value - level) ** 2 for value in known)
    if variance == 0:
        return False
    correlation = [
        sum((known[t] - level) * (known[t - lag] - level) for t in range(lag, count)) / variance
        for lag in range(1, season + 1)
    ]
    limit = 1.645 * math.sqrt((1 + 2 * sum(r * r for r in correlation[:-1])) / count)
    return abs(correlation[-1]) > limit


def reference_indices(known, season):
    """The classical decomposition, position by position."""
    ratios = [[] for _ in range(season)]
    half = season // 2
    for t in range(half, len(known) - half):
        window = list(known[t - half : t + half + 1])
        if season % 2 == 0:
            window[0], window[-1] = window[0] / 2, window[-1] / 2
        ratios[t % season].append(known[t] / (sum(window) / season))
    index = [sum(each) / len(each) for each in ratios]
    return [value * season / sum(index) for value in index]


def reference_naive2(known, task):
    season = task.season_length
    if season == 1 or not reference_has_season(known, season):
        return [known[-1]] * task.horizon
    index = reference_indices(known, season)
    plain = known[-1] / index[(len(known) - 1) % season]
    return [plain * index[(len(known) + step) % season] for step in range(task.horizon)]


def some_series(season):
    generator = np.random.default_rng(season)
    for number in range(8):
        length = int(generator.integers(1, 9 * season))
        wave = 1 + (number % 4) / 6 * np.sin(2 * np.pi * np.arange(length) / season)
        yield wave * generator.gamma(9, 2, length) * 10.0**number


@pytest.mark.parametrize("season_length", [1, 2, 3, 4, 7, 12])
def test_naive2_is_the_plain_loop_at_every_origin(season_length):
    series = list(some_series(season_length))
    panel, task = panel_of(*series), Task(horizon=7, season_length=season_length)

    forecasts = naive2(panel, np.arange(len(panel.values)), task)

    known = [values[: end + 1] for values in series for end in range(len(values))]
    expected = [reference_naive2(values, task) for values in known]
    np.testing.assert_allclose(forecasts, expected)


def test_both_kinds_of_series_are_among_those_of_the_test_above():
    kinds = [reference_has_season(values, 4) for values in some_series(4)]

    assert {True, False} == set(kinds)


def test_a_pure_season_goes_on():
    season = [1.0, 2.0, 6.0, 3.0]
    panel = panel_of(season * 5)

    forecasts = naive2(panel, last(panel), Task(horizon=6, season_length=4))

    np.testing.assert_allclose(forecasts, [[1, 2, 6, 3, 1, 2]])


def test_a_season_is_seen_across_gaps_and_goes_on_from_the_last_known_value():
    values = np.array([1.0, 2.0, 6.0, 3.0] * 9)
    values[[6, 17, 35]] = NAN
    panel = panel_of(values)

    forecasts = naive2(panel, last(panel), Task(horizon=4, season_length=4))

    np.testing.assert_allclose(forecasts, [[1, 2, 6, 3]])


def test_without_positive_values_it_is_the_naive():
    panel, task = panel_of([0.0, 2.0, 6.0, 3.0] * 5), Task(horizon=4, season_length=4)

    np.testing.assert_array_equal(naive2(panel, last(panel), task), naive(panel, last(panel), task))


def test_many_long_histories_are_done_in_portions():
    task = Task(horizon=3, season_length=4)
    panel = panel_of(np.array([1.0, 2.0, 6.0, 3.0] * 500))
    rows = np.arange(999, 2000)

    forecasts = naive2(panel, rows, task)

    np.testing.assert_allclose(forecasts, panel.values[(rows[:, None] + [1, 2, 3]) % 4])
