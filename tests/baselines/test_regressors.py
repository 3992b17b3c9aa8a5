"""Regression baselines: against the equation, and where they must be better than naive ones."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from forecast_rnn.api.inputs import panel_of as read
from forecast_rnn.baselines import gradient_boosting, ridge, seasonal_naive
from forecast_rnn.baselines.lags import lags_of
from forecast_rnn.baselines.regressors import fit_ridge
from forecast_rnn.config import Task
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.origins import last, rolling
from tests.panels import NAN, panel_of

TASK = Task(horizon=4, season_length=4)
REGRESSORS = pytest.mark.parametrize("regress", [ridge, gradient_boosting])


def autoregressive(seed, length, share=0.5):
    noise = np.random.default_rng(seed).normal(0, 1, length)
    values = np.zeros(length)
    for row in range(1, length):
        values[row] = share * values[row - 1] + noise[row]
    return values + 3 * np.sin(np.arange(length) * np.pi / 2)


def error(forecasts, panel, rows):
    actual = panel.values[rows[:, None] + np.arange(1, TASK.horizon + 1)]
    return np.abs(forecasts - actual).mean()


def test_ridge_solves_its_equation():
    panel = panel_of(*(autoregressive(seed, 50) for seed in range(3)))
    rows = np.array([40, 90, 140])

    found = ridge(panel, rows, TASK)

    lags = lags_of(panel, rows, TASK)
    learnt = np.concatenate([np.arange(50 * item, 50 * item + 37) for item in range(3)])
    windows = lags.windows(learnt)
    inputs, outcomes = np.nan_to_num(windows.values), lags.outcomes(learnt, windows)
    centre, offset = inputs.mean(axis=0), outcomes.mean(axis=0)
    moments = (inputs - centre).T @ (inputs - centre) + 10 * np.eye(inputs.shape[1])
    weights = np.linalg.solve(moments, (inputs - centre).T @ (outcomes - offset))
    ahead = lags.windows(rows)
    correction = (np.nan_to_num(ahead.values) - centre) @ weights + offset
    expected = seasonal_naive(panel, rows, TASK) + ahead.size * correction
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("rows", "inputs", "outcomes", "portions"),
    [(3000, 60, 14, 7), (40, 40, 3, 1), (20, 50, 4, 3), (1, 6, 2, 1), (500, 5, 1, 500)],
)
def test_ridge_agrees_with_that_of_scikit_learn(rows, inputs, outcomes, portions):
    generator = np.random.default_rng(0)
    seen, after = generator.normal(2, 1, (rows, inputs)), generator.normal(1, 3, (rows, outcomes))
    new = generator.normal(2, 1, (9, inputs))
    with threadpool_limits(limits=1):
        reference = Ridge(alpha=10.0).fit(seen, after)
        expected = reference.predict(new).reshape(9, outcomes)

        parts = (np.array_split(whole, portions) for whole in (seen, after))
        both = (np.hstack(part) for part in zip(*parts, strict=True))
        slopes, start = fit_ridge(both, outcomes)
        found = new @ slopes + start

    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@REGRESSORS
def test_what_depends_on_the_newest_value_is_learnt(regress):
    panel = panel_of(*(autoregressive(seed, 300) for seed in range(8)))
    rows = rolling(panel, horizon=TASK.horizon, windows=5, step=TASK.horizon)

    usual, learnt = (error(f(panel, rows, TASK), panel, rows) for f in (seasonal_naive, regress))

    assert learnt < 0.85 * usual


@REGRESSORS
def test_the_calendar_is_read(regress):
    """Every month has five high days at its start, which no lag of a week can tell."""
    times = pl.datetime_range(datetime(2021, 1, 1), datetime(2024, 6, 30), "1d", eager=True)
    noise = np.random.default_rng(0).normal(0, 0.3, len(times))
    values = 50 + 20 * (times.dt.day() <= 5).to_numpy() + noise
    panel, _ = read(pl.DataFrame({"ds": times, "y": values}), Hints())
    task = Task(horizon=14, season_length=7)
    rows = rolling(panel, horizon=14, windows=20, step=14)
    actual = panel.values[rows[:, None] + np.arange(1, 15)]

    found = np.abs(regress(panel, rows, task) - actual).mean()

    assert found < 0.6 * np.abs(seasonal_naive(panel, rows, task) - actual).mean()


@REGRESSORS
def test_days_after_the_origin_need_not_be_there(regress):
    """Which holidays are known of must not hang on them either."""
    times = pl.datetime_range(datetime(2021, 1, 1), datetime(2022, 12, 31), "1d", eager=True)
    generator = np.random.default_rng(0)
    table = pl.DataFrame({"ds": times, "y": generator.gamma(5, 1, len(times))})
    task, hints = Task(horizon=14, season_length=7), Hints(holidays=("DE",))
    (whole, _), (known, _) = (read(some, hints) for some in (table, table.head(300)))

    np.testing.assert_array_equal(
        regress(whole, np.array([299]), task), regress(known, last(known), task)
    )


@REGRESSORS
def test_what_is_never_negative_gets_no_negative_forecast(regress):
    counts = [np.random.default_rng(seed).poisson(0.4, 200).astype(float) for seed in range(4)]
    panel = panel_of(*counts)

    found = regress(panel, np.arange(150, 800, 200), TASK)

    assert (found >= 0).all()


@REGRESSORS
def test_where_nothing_is_to_learn_it_is_the_seasonal_naive(regress):
    panel = panel_of([5.0], [NAN, 3.0], [NAN])

    found = regress(panel, last(panel), TASK)

    np.testing.assert_array_equal(found, seasonal_naive(panel, last(panel), TASK))


@REGRESSORS
def test_the_order_of_origins_does_not_matter(regress):
    panel = panel_of(*(autoregressive(seed, 60) for seed in range(3)))
    rows = rolling(panel, horizon=TASK.horizon, windows=3, step=2)

    there, back = regress(panel, rows, TASK), regress(panel, rows[::-1].copy(), TASK)

    np.testing.assert_allclose(there, back[::-1], rtol=1e-12)


@REGRESSORS
def test_two_runs_are_alike_to_the_last_bit(regress):
    panel = panel_of(*(autoregressive(seed, 60) for seed in range(3)))

    first, second = (regress(panel, last(panel), TASK) for _ in range(2))

    assert first.tobytes() == second.tobytes()
