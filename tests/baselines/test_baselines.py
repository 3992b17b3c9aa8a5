"""What holds for every baseline, by the table of their names."""

import numpy as np
import pytest

from forecast_rnn.baselines import BASELINES, USUAL_BASELINES, baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last
from forecast_rnn.errors import ConfigError
from tests.panels import NAN, panel_of

TASK = Task(horizon=5, season_length=4)


def seasonal_series(seed, length):
    noise = np.random.default_rng(seed).gamma(4, 1, length)
    return 20 + 10 * np.sin(np.arange(length) * np.pi / 2) + noise


def forecast(name, panel, rows):
    return BASELINES[name](panel, rows, TASK)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_ignores_rows_after_the_origin(name):
    series = [seasonal_series(seed, length) for seed, length in enumerate((60, 50, 9))]
    panel, rows = panel_of(*series), np.array([40, 45, 49, 95, 112])
    altered = panel_of(*(values.copy() for values in series))
    altered.values[50:60] = -1e6
    altered.values[96:110] = NAN
    altered.values[113:] = 1e6

    np.testing.assert_array_equal(forecast(name, panel, rows), forecast(name, altered, rows))


@pytest.mark.parametrize("name", BASELINES)
def test_rows_after_the_origin_need_not_be_there(name):
    series = [seasonal_series(seed, length) for seed, length in enumerate((60, 57, 41))]
    whole, known = panel_of(*series), panel_of(*(values[:41] for values in series))

    there = forecast(name, whole, np.array([40, 60 + 40, 117 + 40]))

    np.testing.assert_array_equal(there, forecast(name, known, last(known)))


@pytest.mark.parametrize("name", BASELINES)
def test_nor_where_each_series_is_cut_by_its_own_end(name):
    series = [seasonal_series(seed, length) for seed, length in enumerate((60, 50, 30))]
    whole, known = panel_of(*series), panel_of(*(values[:-3] for values in series))

    there = forecast(name, whole, last(whole) - 3)

    np.testing.assert_array_equal(there, forecast(name, known, last(known)))


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_forecasts_wherever_a_value_is_known(name):
    panel = panel_of(
        [1, 2, 4, 5, 6], [NAN] * 3, [3], [NAN, 2] + [NAN] * 30, [], [0] * 40, [-1, 5, NAN] * 9
    )
    rows = np.arange(len(panel.values))

    found = np.isfinite(forecast(name, panel, rows))

    item = panel.item_of(rows)
    seen = [
        not np.isnan(panel.values[panel.indptr[i] : r + 1]).all()
        for i, r in zip(item, rows, strict=True)
    ]
    np.testing.assert_array_equal(found, np.repeat(np.array(seen)[:, None], TASK.horizon, 1))


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_of_no_origin_is_empty(name):
    assert forecast(name, panel_of([1.0, 2.0]), np.array([], np.int64)).shape == (0, 5)


@pytest.mark.parametrize("name", BASELINES)
def test_baseline_of_a_larger_unit_is_larger(name):
    series = [seasonal_series(seed, 60) for seed in range(3)]
    rows = np.array([50, 110, 170])

    small, large = (forecast(name, panel_of(*(f * s for s in series)), rows) for f in (1, 1024))

    np.testing.assert_allclose(large, 1024 * small, rtol=1e-6)


def test_the_usual_baselines_are_baselines():
    assert set(USUAL_BASELINES) <= set(BASELINES)


def test_an_unknown_name_is_refused_with_the_choices():
    with pytest.raises(ConfigError, match="no baseline 'arima'; choose from naive, seasonal_naive"):
        baseline_table("arima", panel_of([1.0]), np.array([0]), TASK)


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
