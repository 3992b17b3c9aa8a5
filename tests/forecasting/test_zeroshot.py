"""Forecasts without training: no look-ahead, laws of scale, sense for odd series."""

from dataclasses import replace

import numpy as np
import pytest

from forecast_rnn.config import Task
from forecast_rnn.data.panels import origins
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.fitting import fit, with_paths
from forecast_rnn.forecasting.zeroshot import normal_scores
from forecast_rnn.prior.weights import shipped_prior
from tests.panels import NAN, panel_of

PRIOR = shipped_prior()
TASK = Task(horizon=4, season_length=4, quantile_levels=(0.1, 0.5, 0.9))


def waves(rows, seed=0, size=10.0):
    generator = np.random.default_rng(seed)
    season = np.tile([1.0, 3.0, 2.0, 0.5], rows // 4 + 1)[:rows]
    return list(size * (5 + season + 0.3 * generator.normal(size=rows)))


def quantiles(forecaster, panel, rows):
    return np.concatenate([values for _, values in forecaster.portions(panel, rows)])


@pytest.fixture(scope="module")
def panel():
    return panel_of(waves(80), waves(80, 1, 3.0))


@pytest.fixture(scope="module")
def fitted(panel):
    return fit(panel, TASK, PRIOR)


def test_nothing_that_was_tested_comes_from_rows_of_the_backtest(panel, fitted):
    first = fitted.tested.rows.min() - panel.indptr[0]
    values = panel.values.copy()
    for start, end in zip(panel.indptr[:-1], panel.indptr[1:], strict=True):
        values[start + first + 1 : end] *= -7.0
    other = fit(replace(panel, values=values), TASK, PRIOR)

    assert other.tested.forecaster == fitted.tested.forecaster
    assert other.worth == fitted.worth
    rows = panel.indptr[:-1] + first
    np.testing.assert_array_equal(
        quantiles(fitted.tested.forecaster, panel, rows),
        quantiles(other.tested.forecaster, replace(panel, values=values), rows),
    )


def test_weights_are_those_of_the_tested_and_only_intervals_rest_on_more(fitted):
    assert fitted.forecaster.combination == fitted.tested.forecaster.combination
    assert (
        replace(fitted.forecaster, calibration=fitted.tested.forecaster.calibration)
        == fitted.tested.forecaster
    )


@pytest.mark.parametrize("factor", [2.0**-20, 2.0**20])
def test_a_series_times_a_power_of_two_is_forecast_by_as_much_more(panel, fitted, factor):
    scaled = replace(panel, values=panel.values * factor)
    other, rows = fit(scaled, TASK, PRIOR), origins.last(panel)

    assert other.forecaster.combination.weights == fitted.forecaster.combination.weights
    np.testing.assert_allclose(
        quantiles(other.forecaster, scaled, rows) / factor,
        quantiles(fitted.forecaster, panel, rows),
        rtol=1e-12,  # the regression does not work in powers of two
    )


def test_the_values_at_the_levels_of_the_task_are_its_quantiles(panel, fitted):
    rows = origins.last(panel)

    found = fitted.forecaster.values(panel, rows, normal_scores(TASK.quantile_levels))

    np.testing.assert_array_equal(
        found.transpose(0, 2, 1), quantiles(fitted.forecaster, panel, rows)
    )


def test_scores_of_each_series_and_step_are_taken_as_they_are(panel, fitted):
    rows = origins.last(panel)
    scores = np.broadcast_to(normal_scores(TASK.quantile_levels), (2, 3, 4)).copy()

    np.testing.assert_allclose(
        fitted.forecaster.values(panel, rows, scores),
        fitted.forecaster.values(panel, rows, normal_scores(TASK.quantile_levels)),
        rtol=1e-12,
    )


def test_portions_of_any_size_give_the_same_forecast(panel, fitted, monkeypatch):
    rows = fitted.tested.rows
    whole = quantiles(fitted.forecaster, panel, rows)
    monkeypatch.setattr("forecast_rnn.forecasting.zeroshot.PORTION", 1)

    # Which series are read beside each other tells in the last digits of float32.
    np.testing.assert_allclose(quantiles(fitted.forecaster, panel, rows), whole, rtol=1e-4)


@pytest.mark.parametrize(
    "values",
    [
        [5.0],
        [5.0, 6.0],
        [0.0, 0.0, 0.0],
        [1.0, NAN, 3.0, 2.0],
        [7.0] * 30,
        [NAN, NAN, 3.0],
        [3.0, NAN, NAN, NAN, NAN, NAN],
        [0, 0, 0, 5, 0, 0, 0, 0, 3, 0] * 6,
        [1e120, 2e120, 1.5e120] * 10,
        [1e-120, 2e-120] * 10,
        [*waves(30), *[NAN] * 6],
    ],
    ids=[
        "one",
        "two",
        "zeros",
        "gap",
        "constant",
        "late",
        "early",
        "counts",
        "huge",
        "tiny",
        "end",
    ],
)
def test_odd_series_have_a_finite_forecast_in_order(values):
    panel = panel_of(waves(60), values)
    forecaster = fit(panel, TASK, PRIOR).forecaster

    found = quantiles(forecaster, panel, origins.last(panel))[1]

    assert np.isfinite(found).all()
    assert (np.diff(found, axis=-1) >= 0).all()
    assert (found >= 0).all()


@pytest.mark.parametrize("values", [[5.0], [NAN, 5.0], [5.0, NAN, NAN]])
def test_one_value_makes_nobody_sure(values):
    panel = panel_of(waves(60), values)
    forecaster = fit(panel, TASK, PRIOR).forecaster

    low, median, high = quantiles(forecaster, panel, origins.last(panel))[1].T

    assert (high - low > 0.02 * median).all()


def test_a_series_without_values_has_no_forecast():
    panel = panel_of(waves(60), [NAN] * 10)
    forecaster = fit(panel, TASK, PRIOR).forecaster

    table = forecaster.forecast(panel, origins.last(panel))

    assert table.filter(item=1)["forecast"].null_count() == TASK.horizon
    assert table.filter(item=0)["forecast"].null_count() == 0


def test_short_series_are_forecast_without_a_test():
    fitted = fit(panel_of([1.0, 2.0, 3.0]), TASK, PRIOR)

    assert fitted.tested.forecaster is None
    assert fitted.forecaster.calibration == Calibration()
    assert [one.score for one in fitted.worth] == [None] * 3


def test_values_below_zero_may_be_forecast_where_there_were_some():
    panel = panel_of([-value for value in waves(60)])

    found = quantiles(fit(panel, TASK, PRIOR).forecaster, panel, origins.last(panel))

    assert (found < 0).all()


def test_rounded_forecasts_are_whole_and_measured_as_they_were_before(panel, fitted):
    rounded = fit(panel, TASK, PRIOR, rounded=True)

    found = quantiles(rounded.forecaster, panel, origins.last(panel))

    np.testing.assert_array_equal(found, np.rint(found))
    assert replace(rounded.forecaster, rounded=False) == fitted.forecaster


def test_errors_that_last_are_seen_in_paths():
    # Each season has a level of its own, so that the errors of its steps are alike.
    levels = np.repeat(np.random.default_rng(0).normal(size=(12, 10)), 4, axis=1)
    panel = panel_of(*[list(100 + 10 * level) for level in levels])

    found = with_paths(fit(panel, TASK, PRIOR), panel).forecaster.dependence

    assert found.share + (1 - found.share) * found.decay > 0.5
