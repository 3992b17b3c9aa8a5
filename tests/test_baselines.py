import math

import numpy as np
import pytest

from forecast_rnn.baselines import BASELINES, baseline_table, drift, naive, seasonal_naive
from forecast_rnn.config import Task
from forecast_rnn.data.origins import last
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


REFERENCES = {
    "naive": reference_naive,
    "seasonal_naive": reference_seasonal_naive,
    "drift": reference_drift,
}


@pytest.mark.parametrize("season_length", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("name", BASELINES)
def test_baseline_is_the_plain_loop_at_every_origin(name, season_length):
    panel = panel_of(*SERIES)
    task = Task(horizon=7, season_length=season_length)
    rows = np.arange(len(panel.values))

    forecasts = BASELINES[name](panel, rows, task)

    known = [series[: end + 1] for series in SERIES for end in range(len(series))]
    expected = [REFERENCES[name](values, task) for values in known]
    np.testing.assert_allclose(forecasts, expected)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_ignores_rows_after_the_origin_and_other_series(name):
    task = Task(horizon=3, season_length=2)
    rows = np.array([2, 8])
    first = panel_of([1, 2, 4, 5, 6], [9, 7, 8, 6, 5])
    second = panel_of([1, 2, 4, -1e6, NAN], [9, 7, 8, 6, NAN])

    forecasts = [BASELINES[name](panel, rows, task) for panel in (first, second)]

    np.testing.assert_array_equal(*forecasts)


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


def test_baseline_table_has_null_quantiles_and_null_for_no_forecast():
    task = Task(horizon=2, season_length=1, quantile_levels=(0.1, 0.5, 0.9))
    panel = panel_of([1, 2], [NAN])

    table = baseline_table("naive", panel, last(panel), task)

    assert table.columns == ["model", "item", "origin", "step", "forecast", "q0.1", "q0.5", "q0.9"]
    assert table["forecast"].to_list() == [2, 2, None, None]
    assert table["item"].to_list() == [0, 0, 1, 1]
    assert table["origin"].to_list() == [1, 1, 0, 0]
    assert table["step"].to_list() == [1, 2, 1, 2]
    assert table.select("q0.1", "q0.9").null_count().row(0) == (4, 4)


def test_long_gaps_cost_no_more_than_short_ones():
    values = np.full(200_001, NAN)
    values[0] = 7.0
    panel = panel_of(values)

    forecasts = naive(panel, last(panel), Task(horizon=1, season_length=1))

    assert forecasts.tolist() == [[7.0]]
