"""From a panel to a forecaster: what is used, what is held back, what is repeated."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels import origins
from forecast_rnn.evaluation.calibration import calibrate
from forecast_rnn.evaluation.holdout import hold_out
from forecast_rnn.neural.fitting import fit as module
from forecast_rnn.neural.fitting.fit import choose_recipe, fit, fit_tested, train_tested
from forecast_rnn.neural.fitting.recipe import recipes
from forecast_rnn.neural.fitting.selection import cheapest
from forecast_rnn.neural.runtime import WIDE
from forecast_rnn.progress import ignore
from tests.panels import panel_of

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(prior="none", hidden_size=8, steps=60, batch_size=16, threads=2)


def wave(length, seed=0):
    time = np.arange(length)
    noise = np.random.default_rng(seed).normal(0, 1, length)
    return list(50 + 20 * np.sin(np.pi * time / 2) + 0.5 * time + noise)


@pytest.fixture(scope="module")
def panel():
    return panel_of(wave(80), wave(70, 1), wave(60, 2))


@pytest.fixture(scope="module")
def fitted(panel):
    return fit(panel, TASK, CONFIG, ignore)


def weights(forecaster):
    return torch.cat([p.flatten() for net in forecaster.networks for p in net.parameters()])


def test_the_ensemble_has_the_members_asked_for_and_they_differ(fitted):
    forecaster, tested = fitted.forecaster, fitted.tested
    first, second = forecaster.networks

    assert not torch.equal(first.embedding.weight, second.embedding.weight)
    assert tested.steps == 60
    assert forecaster.model.hidden_size == 8


def test_training_again_gives_the_same_weights(panel, fitted):
    again = fit(panel, TASK, CONFIG, ignore)

    assert torch.equal(weights(again.forecaster), weights(fitted.forecaster))
    assert again.forecaster.calibration == fitted.forecaster.calibration
    assert again.curve == fitted.curve


def test_the_loss_of_the_final_training_is_kept_step_by_step_and_goes_down(fitted):
    steps, losses = zip(*fitted.curve, strict=True)

    assert steps == (10, 20, 30, 40, 50, 60)
    assert losses[-1] < losses[0]


def test_what_the_backtest_tests_has_not_seen_the_rows_it_is_tested_on(panel, fitted):
    forecaster, tested = fitted.forecaster, fitted.tested
    before = panel.truncated(4 * len(tested.rows) // 3)
    changed = panel_of(
        *[
            [*before.values[a:b], *[-999.0] * (n - (b - a))]
            for a, b, n in zip(before.indptr[:-1], before.indptr[1:], panel.lengths(), strict=True)
        ]
    )

    other = fit(changed, TASK, CONFIG, ignore)

    assert torch.equal(weights(other.tested.forecaster), weights(tested.forecaster))
    assert other.tested.forecaster.calibration == tested.forecaster.calibration
    assert other.tested.trials[0].score == tested.trials[0].score
    assert not torch.equal(weights(other.forecaster), weights(forecaster))
    assert other.forecaster.calibration != forecaster.calibration


def test_the_forecast_learns_from_the_newest_rows(panel, fitted):
    forecaster, tested = fitted.forecaster, fitted.tested

    assert tested.rows.max() == 80 + 70 + 60 - 1 - 4
    assert not torch.equal(weights(tested.forecaster), weights(forecaster))


def test_steps_are_chosen_where_none_are_given(panel):
    config = TrainConfig(prior="none", hidden_size=4, members=1, batch_size=16)

    chosen = fit(panel, TASK, config, ignore).tested

    assert {trial.steps for trial in chosen.trials} >= {100, 200}
    assert chosen.steps == cheapest(chosen.trials, TASK).steps


def test_series_too_short_for_a_backtest_are_forecast_all_the_same():
    panel = panel_of(wave(6), wave(5, 1))

    result = fit(panel, TASK, CONFIG, ignore)

    quantiles = result.forecaster.quantiles(panel, origins.last(panel))
    assert result.tested.forecaster is None
    assert len(result.tested.rows) == 0
    assert np.isfinite(quantiles).all()


def test_a_trained_network_beats_the_seasonal_naive_on_a_season_with_a_trend(panel, fitted):
    tested = fitted.tested
    forecast = tested.forecaster.quantiles(panel, tested.rows)[..., 4]
    actual = panel.values[tested.rows[:, None] + np.arange(1, 5)]
    naive = panel.values[tested.rows[:, None] + np.arange(-3, 1)]

    assert np.abs(forecast - actual).mean() < 0.9 * np.abs(naive - actual).mean()


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e15])
def test_forecasts_are_finite_whatever_the_size_of_the_data(size):
    series = [value * size for value in wave(60)]
    series[20] *= 1e6
    panel = panel_of(series, [math.nan] * 30 + [size] * 30, [0.0] * 60)

    result = fit(panel, TASK, TrainConfig(prior="none", hidden_size=4, steps=30, members=1), ignore)

    quantiles = result.forecaster.quantiles(panel, origins.last(panel))
    assert np.isfinite(quantiles).all()
    assert np.abs(quantiles[0, :, 4]).max() < 1e3 * size
    assert np.abs(quantiles[2]).max() == 0


def test_progress_adds_up_to_the_steps_of_all_networks(panel):
    seen = []

    fit(panel, TASK, CONFIG, seen.append)

    # One to calibrate by, and two members each for the backtest and on all rows.
    assert {(progress.stage, progress.total) for progress in seen} == {("training", 5 * 60)}
    assert seen[-1].done == 5 * 60


def test_trainings_side_by_side_come_to_what_they_come_to_one_after_the_other(
    panel, fitted, monkeypatch
):
    stages = []
    monkeypatch.setattr(module, "MOST_COPIED", -1)

    apart = fit(panel, TASK, CONFIG, lambda progress: stages.append(progress.stage))

    assert list(dict.fromkeys(stages)) == ["choosing", "training"]
    assert torch.equal(weights(apart.forecaster), weights(fitted.forecaster))
    assert torch.equal(weights(apart.tested.forecaster), weights(fitted.tested.forecaster))
    assert apart.forecaster.calibration == fitted.forecaster.calibration
    assert apart.forecaster.dependence == fitted.forecaster.dependence
    assert apart.tested.trials == fitted.tested.trials
    assert apart.tested.forecaster.calibration == fitted.tested.forecaster.calibration
    assert apart.curve == fitted.curve


def test_wide_networks_are_trained_one_after_the_other(panel):
    (wide,) = recipes(panel, TASK, TrainConfig(prior="none", hidden_size=WIDE))
    (narrow,) = recipes(panel, TASK, TrainConfig(prior="none", hidden_size=WIDE - 1))

    assert module._one_by_one(panel, wide)
    assert not module._one_by_one(panel, narrow)


def test_windows_and_step_of_the_backtest_can_be_told(panel):
    tested = fit_tested(panel, TASK, CONFIG, ignore, windows=3, step=2)

    ends = panel.indptr[1:]
    assert tested.rows.tolist() == [end - 5 - back for end in ends for back in (4, 2, 0)]
    assert tested.trials


def test_the_network_of_the_backtest_is_calibrated_on_rows_before_it(panel, fitted):
    tested = fitted.tested

    factors = np.array(tested.forecaster.calibration.factors)
    assert factors.shape == (4, 4)
    assert tested.forecaster.calibration == calibrate(*tested.conformity)
    assert tested.conformity[0].values.shape == (6, 4, 4)


def test_what_was_chosen_once_can_be_trained_with_other_seeds(panel, fitted):
    holdout = hold_out(panel, TASK)
    choice = choose_recipe(panel, TASK, CONFIG, holdout, ignore)

    same = train_tested(panel, TASK, CONFIG, choice, ignore)
    other = train_tested(panel, TASK, replace(CONFIG, seed=1), choice, ignore)

    tested = fitted.tested
    assert torch.equal(weights(same.forecaster), weights(tested.forecaster))
    assert same.forecaster.calibration == tested.forecaster.calibration
    assert not torch.equal(weights(other.forecaster), weights(same.forecaster))
    assert (other.recipe, other.steps) == (same.recipe, same.steps)
    assert other.rows.tolist() == tested.rows.tolist()
