"""What is held back, and that the race is judged by rows training has not seen."""

import math

import numpy as np
import pytest
import torch

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels import origins
from forecast_rnn.data.panels.outcomes import error_scales
from forecast_rnn.evaluation.holdout import leaves_enough, usual_windows
from forecast_rnn.neural.fitting.ensemble import Plan, train_ensembles
from forecast_rnn.neural.fitting.recipe import Recipe, recipes
from forecast_rnn.neural.fitting.selection import (
    AS_GOOD,
    Candidate,
    Trial,
    _survivors,
    assess,
    cheapest,
    choose,
)
from forecast_rnn.neural.fitting.setting import make_setting
from forecast_rnn.neural.runtime import Machine
from tests.panels import panel_of

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(prior="none", hidden_size=4, seed=1)
MACHINE = Machine(torch.device("cpu"), 2)


def wave(length, phase=0.0):
    generator = np.random.default_rng(length)
    time = np.arange(length)
    return list(50 + 10 * np.sin(np.pi * time / 2 + phase) + generator.normal(0, 1, length))


@pytest.fixture(scope="module")
def panel():
    return panel_of(*[wave(60 + number, number) for number in range(6)])


@pytest.mark.parametrize(
    ("series", "length", "windows"), [(1, 200, 10), (100, 200, 1), (4, 400, 6), (1, 10, 1)]
)
def test_few_and_long_series_hold_back_more_windows(series, length, windows):
    assert usual_windows(panel_of(*[[1.0] * length] * series), TASK) == windows


def test_a_season_must_be_left_to_train_on():
    panel = panel_of([1.0] * 10, [1.0] * 10, [1.0])

    assert leaves_enough(panel, TASK, 6)
    assert not leaves_enough(panel, TASK, 7)
    assert not leaves_enough(panel_of([], []), TASK, 0)


def test_scaled_loss_equals_the_plain_loop(panel):
    recipe = recipes(panel, TASK, CONFIG)[0]
    setting = make_setting(panel, TASK, recipe, CONFIG, MACHINE)
    forecaster = setting.forecaster(recipe, (setting.learner(recipe, 0).network,))
    rows = np.array([30, 90, 91])
    quantiles = forecaster.quantiles(panel, rows)
    scales = error_scales(panel, rows, 4)

    result, conformity = assess(forecaster, panel, rows)

    total = 0.0
    for b, row in enumerate(rows):
        losses = []
        for h in range(4):
            for q, level in enumerate(TASK.quantile_levels):
                error = panel.values[row + 1 + h] - quantiles[b, h, q]
                losses.append(2 * (level * error if error > 0 else (level - 1) * error))
        total += np.mean(losses) / scales[b]
    assert result == pytest.approx(total / 3)
    assert conformity.windows == 1.5


def test_an_assessment_does_not_depend_on_how_many_origins_are_forecast_at_a_time(
    panel, monkeypatch
):
    recipe = recipes(panel, TASK, CONFIG)[0]
    setting = make_setting(panel, TASK, recipe, CONFIG, MACHINE)
    forecaster = setting.forecaster(recipe, (setting.learner(recipe, 0).network,))
    rows = origins.rolling(panel, horizon=4, windows=5, step=3)

    score, conformity = assess(forecaster, panel, rows)
    monkeypatch.setattr("forecast_rnn.neural.inference.forecaster.PORTION", 4)
    in_parts = assess(forecaster, panel, rows)

    assert in_parts[0] == pytest.approx(score, rel=1e-6)  # float32 is summed in another order
    assert in_parts[1] == conformity  # levels and windows
    np.testing.assert_allclose(in_parts[1].values, conformity.values, rtol=1e-4)


def race(panel, holdout=8):
    """Race two widths on a panel without its last rows, validated by the rows up to 4 less."""
    seen, known = panel.truncated(holdout), panel.truncated(holdout - 4)
    setting = make_setting(seen, TASK, recipes(seen, TASK, CONFIG)[0], CONFIG, MACHINE)
    model = recipes(seen, TASK, CONFIG)[0].model
    wide = Recipe(model, 3e-3, 16)
    narrow = Recipe(
        recipes(seen, TASK, TrainConfig(prior="none", hidden_size=2))[0].model, 3e-3, 16
    )
    rungs = {wide: (10, 20, 40), narrow: (10, 20)}
    rows = origins.rolling(known, horizon=4, windows=1, step=4)
    return choose(setting, known, rows, rungs, lambda epoch: None)


def test_every_rung_of_every_candidate_in_the_race_is_scored(panel):
    trials = race(panel)

    tried = {(trial.recipe.model.hidden_size, trial.steps) for trial in trials}
    assert {(4, 10), (2, 10)} <= tried <= {(4, 10), (4, 20), (4, 40), (2, 10), (2, 20)}
    assert all(math.isfinite(trial.score) for trial in trials)


def test_only_trials_that_may_be_taken_keep_their_reach(panel):
    trials = race(panel)

    best = min(trial.score for trial in trials)
    assert cheapest(trials, TASK).conformity is not None
    assert [trial.conformity is None for trial in trials] == [
        trial.score > AS_GOOD * best for trial in trials
    ]


def test_fewer_candidates_go_on_the_higher_the_rung_and_hopeless_ones_never():
    def candidate(*scores):
        return Candidate(None, None, None, [Trial(None, 100, score, None) for score in scores])

    good, fair, poor = candidate(1.00), candidate(1.01), candidate(1.02)
    hopeless, past = candidate(1.05), candidate(1.0, 1.1)
    field = [poor, hopeless, good, past, fair]

    assert _survivors(field, 1.0, 0) == [poor, good, fair]
    assert _survivors(field, 1.0, 1) == [good, fair]
    assert _survivors(field, 1.0, 2) == _survivors(field, 1.0, 9) == [good]


def test_of_trials_that_are_as_good_the_one_with_the_least_work_is_taken():
    panel = panel_of(wave(60))
    wide, _, narrow = recipes(panel, TASK, TrainConfig())

    def taken(*trials):
        return cheapest([Trial(*trial, None) for trial in trials], TASK)

    assert taken((wide, 200, 1.000), (narrow, 200, 1.009)).recipe == narrow
    assert taken((wide, 200, 1.000), (narrow, 200, 1.011)).recipe == wide
    assert taken((wide, 400, 1.000), (wide, 200, 1.005)).steps == 200
    assert taken((wide, 100, math.inf), (narrow, 100, math.inf)).recipe == narrow


def test_a_rung_scores_the_network_that_training_alone_would_give(panel):
    last = race(panel)[-1]
    setting = make_setting(panel.truncated(8), TASK, last.recipe, CONFIG, MACHINE)
    known = panel.truncated(4)

    plan = Plan(setting, last.recipe, last.steps, members=1)
    (alone,) = train_ensembles([plan], lambda epoch: None)

    rows = origins.rolling(known, horizon=4, windows=1, step=4)
    assert assess(alone.forecaster, known, rows)[0] == last.score


def test_the_race_ignores_rows_after_its_validation_windows(panel):
    changed = panel_of(
        *[
            [*panel.values[a : b - 4], -1e9, math.nan, 1e9, 0.0]
            for a, b in zip(panel.indptr[:-1], panel.indptr[1:], strict=True)
        ]
    )

    trials = race(panel)

    assert race(changed) == trials
