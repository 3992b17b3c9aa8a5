import math

import numpy as np
import pytest

from forecast_rnn.baselines import BASELINES
from forecast_rnn.baselines.simple import drift, naive, seasonal_naive, window_average
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last
from tests.panels import NAN, panel_of

SERIES = (
    [1, 2, 3, 4, 5, 6, 7],
    [NAN, 2, NAN, NAN, 5, NAN, NAN],
    [3],
    [NAN],
    [NAN] * 9,
    [],
    [4, 4, 4, 4],
    [NAN, NAN, NAN, NAN, 8, NAN, NAN, NAN, NAN, NAN],
)


def reference_naive(known, task):
    observed = [value for value in known if not math.isnan(value)]
    return [observed[-1] if observed else NAN] * task.horizon


def reference_seasonal_naive(known, task):
    forecasts = []
    for step in range(task.horizon):
        position = len(known) + step
        earlier = [p for p in range(position % task.season_length, len(known), task.season_length)]
        observed = [known[p] for p in earlier if not math.isnan(known[p])]
        forecasts.append(observed[-1] if observed else reference_naive(known, task)[0])
    return forecasts


def reference_drift(known, task):
    observed = [(place, value) for place, value in enumerate(known) if not math.isnan(value)]
    if not observed:
        return [NAN] * task.horizon
    (first, start), (newest, end) = observed[0], observed[-1]
    slope = (end - start) / (newest - first) if newest > first else 0
    steps = range(task.horizon)
    return [end + slope * (len(known) - 1 - newest + step + 1) for step in steps]


def reference_window_average(known, task):
    width = task.season_length if task.season_length > 1 else task.horizon
    observed = [value for value in known[-width:] if not math.isnan(value)]
    mean = sum(observed) / len(observed) if observed else reference_naive(known, task)[0]
    return [mean] * task.horizon


REFERENCES = {
    "naive": reference_naive,
    "seasonal_naive": reference_seasonal_naive,
    "drift": reference_drift,
    "window_average": reference_window_average,
}


@pytest.mark.parametrize("season_length", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("name", REFERENCES)
def test_baseline_is_the_plain_loop_at_every_origin(name, season_length):
    panel = panel_of(*SERIES)
    task = Task(horizon=7, season_length=season_length)
    rows = np.arange(len(panel.values))

    forecasts = BASELINES[name](panel, rows, task)

    known = [series[: end + 1] for series in SERIES for end in range(len(series))]
    expected = [REFERENCES[name](values, task) for values in known]
    np.testing.assert_allclose(forecasts, expected)


def test_naive_repeats_the_last_value():
    assert naive(panel_of([1, 2]), np.array([1]), Task(horizon=2, season_length=2)).tolist() == [
        [2, 2]
    ]


def test_seasonal_naive_looks_one_more_season_back_over_a_gap():
    panel = panel_of([1, 2, 3, NAN])

    forecasts = seasonal_naive(panel, np.array([3]), Task(horizon=3, season_length=2))

    assert forecasts.tolist() == [[3, 2, 3]]


def test_drift_goes_on_along_the_line():
    forecasts = drift(panel_of([1, 9, 5]), np.array([2]), Task(horizon=2, season_length=1))

    assert forecasts.tolist() == [[7, 9]]


def test_window_average_is_the_mean_of_the_last_season():
    panel = panel_of([50, 1, 2, NAN])

    forecasts = window_average(panel, np.array([3]), Task(horizon=2, season_length=3))

    assert forecasts.tolist() == [[1.5, 1.5]]


def test_a_huge_series_does_not_blur_the_average_of_a_small_one():
    panel = panel_of([1e300, 1e300], [1e-300, 1e-300])

    forecasts = window_average(panel, last(panel), Task(horizon=1, season_length=2))

    assert forecasts.tolist() == [[1e300], [1e-300]]


def test_long_gaps_cost_no_more_than_short_ones():
    values = np.full(200_001, NAN)
    values[0] = 7.0
    panel = panel_of(values)

    forecasts = naive(panel, last(panel), Task(horizon=1, season_length=1))

    assert forecasts.tolist() == [[7.0]]
