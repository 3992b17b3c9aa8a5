"""Training: its schedule, its draws, and that it can be split, copied and repeated."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.errors import TrainingError
from forecast_rnn.neural.fitting import training
from forecast_rnn.neural.fitting.training import Sampler, Schedule, epochs, make_learner
from forecast_rnn.neural.network.batch import load_table
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import panel_of

MODEL = ModelConfig(cell="gru", hidden_size=4, layers=1, window_length=4, stride=2, context_steps=3)
TASK = Task(horizon=3, season_length=2)
CPU = torch.device("cpu")


def sampler_of(*series, seed=0, batch_size=8):
    table = load_table(panel_of(*series), Transform("identity"), 0.1, CPU)
    return Sampler(table, MODEL, TASK, batch_size, seed)


@pytest.fixture
def sampler():
    wave = [10 + 3 * math.sin(t) + 0.1 * t for t in range(40)]
    return sampler_of(wave, wave[5:], wave[::-1])


def weights(learner):
    return torch.cat([p.detach().flatten() for p in learner.network.parameters()])


def run(learner, sampler, schedule, stop):
    return list(epochs(learner, sampler, schedule, stop=stop))


def test_learning_rate_warms_up_stays_and_falls_to_nearly_nothing():
    schedule = Schedule(0.5, 200)

    rates = [schedule.rate(step) for step in range(200)]

    assert rates[0] == 0.5 / training.WARM_UP
    assert rates[training.WARM_UP : schedule.decay_start + 1] == [0.5] * (141 - training.WARM_UP)
    assert all(now < before for before, now in itertools.pairwise(rates[140:]))
    assert 0 < rates[-1] < 0.01


def test_runs_of_different_lengths_share_their_trunk():
    short, endless = Schedule(0.5, 100), Schedule(0.5)

    assert all(short.rate(step) == endless.rate(step) for step in range(short.decay_start))


def test_draws_depend_on_seed_and_step_alone(sampler):
    again = sampler.draw(7)
    other = sampler.draw(8)

    assert all(torch.equal(a, b) for a, b in zip(sampler.draw(7), again, strict=True))
    assert not torch.equal(again[1], other[1])


def test_draws_end_inside_their_series_with_a_row_after_them():
    lengths = [40, 2, 9, 1]
    sampler = sampler_of(*[[1.0] * length for length in lengths], batch_size=500)

    items, rows = sampler.draw(0)

    first = np.cumsum([0, *lengths])
    positions = rows.numpy() - first[items.numpy()]
    assert set(items.tolist()) == {0, 1, 2}  # one row leaves nothing to forecast
    assert (positions >= 0).all()
    assert (positions <= np.array(lengths)[items.numpy()] - 2).all()


def test_every_row_of_a_short_series_becomes_an_origin():
    sampler = sampler_of([1.0] * 9, batch_size=200)

    _, rows = sampler.draw(0)

    # Steps stride back from the drawn end, so two neighbouring ends reach all rows.
    assert set(rows.tolist()) == {6, 7}


def test_training_lowers_the_loss(sampler):
    learner = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)

    records = run(learner, sampler, Schedule(5e-3, 150), 150)

    assert [record.steps for record in records] == list(range(10, 151, 10))
    assert records[-1].loss < 0.7 * records[0].loss


def test_training_in_two_parts_equals_training_at_once(sampler):
    whole = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)
    halves = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)

    run(whole, sampler, Schedule(5e-3, 60), 60)
    run(halves, sampler, Schedule(5e-3, 60), 30)
    run(halves, sampler, Schedule(5e-3, 60), 60)

    assert torch.equal(weights(whole), weights(halves))


def test_a_fork_goes_its_own_way_and_as_the_original_would_have_gone(sampler):
    original = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)
    run(original, sampler, Schedule(5e-3), 40)
    before = weights(original)

    fork = original.fork()
    run(fork, sampler, Schedule(5e-3), 60)
    untouched = weights(original)
    run(original, sampler, Schedule(5e-3), 60)

    assert torch.equal(untouched, before)
    assert torch.equal(weights(fork), weights(original))


def test_the_seed_decides_the_start():
    first, same, other = (
        weights(make_learner(MODEL, TASK, Encoding(), seed=seed, device=CPU)) for seed in (0, 0, 1)
    )

    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_starting_a_network_leaves_the_random_numbers_of_the_program_alone():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)

    make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)

    assert torch.equal(torch.rand(1), expected)


def test_a_loss_that_is_not_finite_leaves_the_weights_and_halves_the_rate(sampler, monkeypatch):
    learner = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)
    real = type(learner.network.head).loss
    monkeypatch.setattr(
        type(learner.network.head),
        "loss",
        lambda *arguments: real(*arguments) * (math.nan if learner.steps < 3 else 1.0),
    )
    take_step, rates = training.take_step, []
    monkeypatch.setattr(
        training,
        "take_step",
        lambda optimizer, rate: (rates.append(rate), take_step(optimizer, rate)),
    )

    run(learner, sampler, Schedule(8e-3), 3)
    before = weights(learner)
    records = run(learner, sampler, Schedule(8e-3), 4)

    assert learner.failures == 3
    assert torch.equal(before, weights(make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)))
    assert bool(weights(learner).isfinite().all())
    assert rates == [Schedule(8e-3).rate(3) / 8]
    assert math.isfinite(records[0].loss)


def test_training_that_never_recovers_ends_with_a_way_out(sampler, monkeypatch):
    learner = make_learner(MODEL, TASK, Encoding(), seed=0, device=CPU)
    real = type(learner.network.head).loss
    monkeypatch.setattr(
        type(learner.network.head), "loss", lambda *arguments: real(*arguments) * math.inf
    )

    with pytest.raises(TrainingError, match=r"not finite 9 times.*--learning-rate"):
        run(learner, sampler, Schedule(8e-3), 100)


@pytest.mark.parametrize("cell", ["lstm", "gru", "mlstm"])
def test_training_in_bfloat16_keeps_weights_in_float32_and_learns(cell):
    series = [10 + 3 * math.sin(t) + 0.1 * t for t in range(40)]
    model = replace(MODEL, cell=cell, residual=True, attention=True)
    sampler = replace(sampler_of(series, series[5:]), model=model)
    losses = {}
    for bfloat16 in (False, True):
        learner = make_learner(model, TASK, Encoding(), seed=0, device=CPU)
        learner = replace(learner, bfloat16=bfloat16)
        records = run(learner, sampler, Schedule(5e-3, 150), 150)
        losses[bfloat16] = records[-1].loss

        assert losses[bfloat16] < 0.5 * records[0].loss
        assert {weight.dtype for weight in learner.network.parameters()} == {torch.float32}

    assert losses[True] != losses[False]
