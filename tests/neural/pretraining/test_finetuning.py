from itertools import pairwise
from threading import Event

import numpy as np
import pytest
import torch

from forecast_rnn.neural.pretraining.finetuning import (
    BODY,
    Tuning,
    fall_begins,
    fine_tune,
    material_of,
    seconds_in_all,
    seconds_per_step,
)
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.zeroshot import Flat, forecast_quantiles
from tests.panels import panel_of
from tests.prior.examples import SMALL, random_prior, walks

TUNING = Tuning(rungs=(0, 2, 4), horizon=3, head_steps=1)


def tuned(material, prior=None, tuning=TUNING, stop=None, report=lambda _: None):
    steps = fine_tune(
        prior or random_prior(),
        material,
        tuning,
        device=torch.device("cpu"),
        stop=stop or Event(),
        report=report,
    )
    return dict(steps)


def same(one, other):
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


@pytest.fixture
def panel():
    return panel_of(*walks(3, 40), *walks(1, 17, seed=5))


def test_no_step_at_all_is_the_prior_itself(panel):
    prior = random_prior()

    found = tuned(material_of(panel, 4), prior)

    assert list(found) == [0, 2, 4]
    assert found[0] is prior
    assert not same(found[2], prior)
    assert not same(found[4], found[2])


def test_a_prior_is_left_as_it_was(panel):
    prior, before = random_prior(), random_prior()

    tuned(material_of(panel, 4), prior)

    assert same(prior, before)


def test_rows_that_are_held_back_change_nothing(panel):
    other = panel_of(*(np.split(panel.values, panel.indptr[1:-1])))
    for end in other.indptr[1:]:
        other.values[end - 5 : end] = [1e9, np.nan, -7, 0, 3]

    one, two = (tuned(material_of(each, 4, unseen=5)) for each in (panel, other))

    assert all(same(one[rung], two[rung]) for rung in TUNING.rungs)
    assert not same(one[4], tuned(material_of(other, 4))[4])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(panel):
    material = material_of(panel, 4)
    other = Tuning(rungs=TUNING.rungs, horizon=3, head_steps=1, seed=1)

    assert same(tuned(material)[4], tuned(material)[4])
    assert not same(tuned(material)[4], tuned(material, tuning=other)[4])


def test_more_rungs_leave_each_of_them_as_it_is_alone(panel):
    material = material_of(panel, 4)

    alone = tuned(material, tuning=Tuning(rungs=(4,), horizon=3, head_steps=1))

    assert same(alone[4], tuned(material)[4])


def test_the_head_alone_is_changed_at_first(panel):
    prior = random_prior()

    found = tuned(material_of(panel, 4), prior, Tuning(rungs=(3,), horizon=3, head_steps=3))[3]

    for name, weight in prior.weights.items():
        stays = name.startswith(BODY)
        assert np.array_equal(weight, found.weights[name]) == stays, name


def test_the_time_of_a_step_is_told_by_what_there_is_to_learn_from():
    one, many = (material_of(panel_of(*walks(count, 90)), 4) for count in (1, 60))
    small, large = (Design(hidden_size=size) for size in (64, 128))

    times = [seconds_per_step(large, one, 6), seconds_per_step(large, many, 6)]

    assert 0 < times[0] < times[1] < 1
    assert seconds_per_step(small, many, 6) < times[1] < seconds_per_step(large, many, 12)
    assert seconds_per_step(large, material_of(panel_of([]), 4), 6) == 0


def test_the_time_of_all_is_that_of_the_steps_that_are_taken(panel):
    design, material, losses = SMALL, material_of(panel, 4), []
    tuning = Tuning(rungs=(0, 2, 7), horizon=3, head_steps=1)
    steps = [seconds_per_step(design, material, 3, head_alone=alone) for alone in (True, False)]

    tuned(material, tuning=tuning, report=losses.append)

    # The trunk begins with the head alone, and so would a branch that begins with it.
    early = 1 + (fall_begins(2) == 0)
    expected = early * steps[0] + (len(losses) - early) * steps[1]
    assert steps[0] < steps[1]
    assert seconds_in_all(design, material, tuning) == pytest.approx(expected)
    assert seconds_in_all(design, material, Tuning(rungs=(0,), horizon=3)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_a_pattern_and_forecasts_it(cell):
    design = Design(cell=cell, hidden_size=8, layers=1, head_size=8)
    rng = np.random.default_rng(0)
    phase = np.arange(120) % 5  # of which the season that is told knows nothing
    series = [10 + np.array([0, 8, -8, 4, 1])[phase] + 0.1 * rng.normal(size=120) for _ in "abc"]
    panel, prior, losses = panel_of(*series), random_prior(design), []
    tuning = Tuning(rungs=(60,), horizon=2, rate=0.01, head_steps=5)

    found = tuned(material_of(panel, 4, unseen=2), prior, tuning, report=losses.append)[60]

    flat, origins = Flat(panel.values, panel.indptr, season=4), panel.indptr[1:] - 3
    actual = panel.values[origins[:, None] + [1, 2]]
    errors = [
        np.abs(forecast_quantiles(each, flat, origins, horizon=2)[..., 5] - actual).mean()
        for each in (prior, found)
    ]
    assert len(losses) == 60
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    assert errors[1] < 0.7 * errors[0]


def test_missing_values_leave_weights_finite():
    found = tuned(material_of(panel_of(*walks(4, 50, missing=0.5), [np.nan] * 8), 4))[4]

    assert all(np.isfinite(weight).all() for weight in found.weights.values())


@pytest.mark.parametrize("series", [[], [1.0], [1.0, 2.0, 3.0], [np.nan] * 9])
def test_series_that_teach_nothing_leave_the_prior_as_it_is(series):
    prior = random_prior()

    found = tuned(material_of(panel_of(series), 4), prior)

    assert all(each is prior for each in found.values())
    assert list(found) == [0, 2, 4]


@pytest.mark.parametrize("series", [[1.0, 2.0, 3.0, 4.0], [5.0] * 30, [0.0] * 12])
def test_the_shortest_and_the_dullest_series_are_survived(series):
    found = tuned(material_of(panel_of(series), 4))[4]

    assert all(np.isfinite(weight).all() for weight in found.weights.values())


def test_training_stops_when_it_is_told_to(panel):
    stop, losses = Event(), []

    def report(loss):
        losses.append(loss)
        if len(losses) == 3:
            stop.set()

    found = tuned(material_of(panel, 4), stop=stop, report=report)

    assert len(losses) == 3
    assert list(found) == [0, 2]


def test_torch_is_left_as_it_was(panel):
    torch.manual_seed(3)
    expected, threads = torch.rand(4), torch.get_num_threads()
    torch.manual_seed(3)

    tuned(material_of(panel, 4))

    assert torch.equal(torch.rand(4), expected)
    assert torch.get_num_threads() == threads


def test_a_rate_warms_up_stays_and_falls_to_nothing_at_its_rung():
    tuning = Tuning(horizon=1, rate=1.0)
    rates = [tuning.rate_at(step, 100) for step in range(100)]

    assert rates[0] == 0.1
    assert set(rates[9 : fall_begins(100) + 1]) == {1.0}
    assert all(later < before for before, later in pairwise(rates[fall_begins(100) :]))
    assert 0 < rates[-1] < 0.01
    assert tuning.rate_at(99) == 1.0


def test_a_tuned_prior_is_one_like_any_other_and_says_its_steps(panel):
    found = tuned(material_of(panel, 4))[4]

    assert {weight.dtype for weight in found.weights.values()} == {np.dtype(np.float32)}
    assert found.design == SMALL
    assert found.manifest["tuned_steps"] == 4
