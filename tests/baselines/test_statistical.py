"""Baselines of statsforecast: what it says itself, and what becomes of odd series."""

import sys

import numpy as np
import pytest
from statsforecast.models import AutoETS, AutoTheta, CrostonSBA

from forecast_rnn.baselines import (
    STATISTICAL,
    auto_ets,
    auto_theta,
    baseline_table,
    check_baselines,
    croston_sba,
    seasonal_naive,
)
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last
from forecast_rnn.errors import ConfigError
from forecast_rnn.system.processes import HERE, Processes
from tests.panels import NAN, panel_of

TASK = Task(horizon=5, season_length=4)
MODELS = [
    (auto_ets, AutoETS(season_length=4)),
    (auto_theta, AutoTheta(season_length=4)),
    (croston_sba, CrostonSBA()),
]


def series(seed, length=40):
    noise = np.random.default_rng(seed).gamma(4, 1, length)
    return (20 + 10 * np.sin(np.arange(length) * np.pi / 2) + noise) / 24  # the unit is 1


@pytest.mark.parametrize(("baseline", "model"), MODELS, ids=STATISTICAL)
def test_forecasts_are_those_of_statsforecast_at_every_origin(baseline, model):
    panel = panel_of(series(0), series(1))

    found = baseline(panel, np.array([30, 39, 70]), TASK)

    for row, forecast in zip((30, 39, 70), found, strict=True):
        start = 0 if row < 40 else 40
        expected = model.forecast(panel.values[start : row + 1], 5)["mean"]
        np.testing.assert_array_equal(forecast, expected)


@pytest.mark.parametrize(("baseline", "model"), MODELS, ids=STATISTICAL)
def test_gaps_are_straight_lines_and_missing_ends_are_cut_off(baseline, model):
    straight, gappy = np.array(series(0)), np.array(series(0))
    straight[20] = (straight[19] + straight[21]) / 2
    gappy[20] = NAN
    panel = panel_of(straight, [NAN, NAN, *gappy, NAN, NAN])

    whole = baseline(panel, np.array([39]), Task(horizon=7, season_length=4))
    found = baseline(panel, last(panel)[1:], TASK)

    np.testing.assert_array_equal(found[0], whole[0, 2:])


@pytest.mark.parametrize(("baseline", "model"), MODELS, ids=STATISTICAL)
def test_the_seasonal_naive_stands_in_for_short_series(baseline, model):
    panel = panel_of([5.0], [1.0, NAN, 3.0], [NAN])

    np.testing.assert_array_equal(
        baseline(panel, last(panel), TASK), seasonal_naive(panel, last(panel), TASK)
    )


def test_demand_is_never_negative():
    panel = panel_of([0.0, 1, 0, -2, 0, 0, 3, 1])

    np.testing.assert_array_equal(
        croston_sba(panel, last(panel), TASK), seasonal_naive(panel, last(panel), TASK)
    )


@pytest.mark.parametrize("name", STATISTICAL)
def test_without_statsforecast_the_error_says_what_to_install(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    check_baselines(["naive", "ridge"])

    with pytest.raises(ConfigError, match=rf"{name}.*the extra 'baselines': python -m pip"):
        check_baselines(["naive", name])


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("name", STATISTICAL)
def test_forecasts_are_the_same_for_any_number_of_processes(name, count, backend, monkeypatch):
    monkeypatch.setattr("forecast_rnn.baselines.statistical._EACH", 2)
    monkeypatch.setattr("forecast_rnn.baselines.statistical._WORTH_A_PROCESS", 1)
    panel = panel_of(series(0), [NAN, *series(1)], [1.0, 2.0], series(2, 30))
    rows = np.array([20, 39, 60, 79, 81, 100, 112])

    expected = baseline_table(name, panel, rows, TASK, HERE)

    assert baseline_table(name, panel, rows, TASK, Processes(count, backend)).equals(expected)
