import json
from itertools import islice, pairwise

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from forecast_rnn.errors import BundleError, ConfigError
from forecast_rnn.neural.pretraining import export, samples, training
from forecast_rnn.neural.pretraining.checkpoint import load_pupil, save_pupil
from forecast_rnn.neural.pretraining.export import export_prior
from forecast_rnn.neural.pretraining.run import CHECKPOINT, CURVE, pretrain
from forecast_rnn.neural.pretraining.training import FALL, LAST, Plan, loss, start
from forecast_rnn.prior.design import QUANTILE_LEVELS, Design
from forecast_rnn.prior.weights import read_prior
from tests.prior.examples import random_prior

DESIGN = Design(hidden_size=8, layers=1, head_size=8)
PLAN = Plan(steps=6, seed=2)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(samples, "ROWS", 300)
    monkeypatch.setattr(samples, "ORIGINS", 60)
    monkeypatch.setattr(training, "RECORD", 2)


def trained(folder, plan=PLAN, *, stop_after=None, own=None):
    """Train in a folder until the end, or for so many steps; return the records."""
    taken = []
    for record in pretrain(
        folder,
        DESIGN,
        plan,
        stopped=lambda: len(taken) == stop_after,
        own=own,
    ):
        taken.append(record)
    return [record for record in taken if record is not None]


def tensors(folder):
    pupil, _ = load_pupil(folder / CHECKPOINT)
    found = [*pupil.network.parameters(), *pupil.average.parameters()]
    return [*found, *pupil.optimizer.means, *pupil.optimizer.squares, *pupil.optimizer.counts]


@pytest.mark.parametrize("stop_after", [1, 2, 5])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_never_been(tmp_path, stop_after):
    trained(tmp_path / "whole")
    trained(tmp_path / "parts", stop_after=stop_after)
    assert load_pupil(tmp_path / "parts" / CHECKPOINT)[0].steps == stop_after

    trained(tmp_path / "parts")

    pairs = zip(tensors(tmp_path / "whole"), tensors(tmp_path / "parts"), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.parametrize(
    ("plan", "named"),
    [(Plan(steps=6, seed=3), "seed is 2, not 3"), (Plan(steps=6, seed=2, own="a"), "none, not a")],
)
def test_a_checkpoint_of_another_run_is_not_gone_on_from(tmp_path, plan, named):
    trained(tmp_path, stop_after=1)

    with pytest.raises(ConfigError, match=named):
        trained(tmp_path, plan)


def test_a_run_may_be_made_longer(tmp_path):
    trained(tmp_path)

    assert [record.steps for record in trained(tmp_path, Plan(steps=8, seed=2))] == [8]


def test_a_checkpoint_without_what_later_versions_tell_of_plans_is_read(tmp_path):
    trained(tmp_path, stop_after=1)
    path = tmp_path / CHECKPOINT
    with safe_open(path, "pt") as file:
        about = json.loads(file.metadata()["about"])
        parts = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    about["plan"] = {name: about["plan"][name] for name in ("steps", "rate", "seed")}
    save_file(parts, path, {"about": json.dumps(about)})

    assert load_pupil(path)[1] == PLAN


def test_the_curve_has_a_record_of_every_few_steps_and_the_last(tmp_path):
    found = trained(tmp_path, Plan(steps=5))

    assert [record.steps for record in found] == [2, 4, 5]
    lines = (tmp_path / CURVE).read_text().splitlines()
    assert [json.loads(line)["steps"] for line in lines] == [2, 4, 5]


def test_a_run_that_is_over_does_nothing_more(tmp_path):
    trained(tmp_path)
    before = (tmp_path / CHECKPOINT).read_bytes()

    assert trained(tmp_path) == []
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_training_leaves_torch_as_it_was(tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)

    trained(tmp_path, Plan(steps=2))

    assert torch.equal(torch.rand(3), expected)


def test_the_loss_falls():
    pupil = start(DESIGN, 0)
    sample = samples.draw_sample(0, 0)

    losses = [training.train_step(pupil, sample, 0.01)[0] for _ in range(20)]

    assert losses[-1] < losses[0]


def test_the_loss_is_that_of_the_plain_loop():
    sample = samples.draw_sample(0, 1)
    quantiles = np.sort(np.random.default_rng(0).normal(size=(*sample.target.shape, 11)))
    expected, count = 0.0, 0
    for place in np.ndindex(sample.target.shape):
        if sample.weight[place] == 0:
            continue
        count += 1
        for level, quantile in zip(QUANTILE_LEVELS, quantiles[place], strict=True):
            error = float((sample.target[place] - quantile) * sample.weight[place])
            if abs(error) > 10:
                error = np.sign(error) * 10 * (1 + np.log(abs(error) / 10))
            expected += 2 * max(level * error, (level - 1) * error) / 11

    found = loss(torch.from_numpy(quantiles), sample)

    assert float(found) == pytest.approx(expected / count, rel=1e-4)  # float32 sums


def test_a_step_that_is_not_finite_is_left_out():
    pupil = start(DESIGN, 0)
    before = [part.clone() for part in pupil.network.parameters()]
    sample = samples.draw_sample(0, 0)
    sample.read[:] = np.nan

    training.train_step(pupil, sample, 0.01)

    assert pupil.steps == 1
    assert all(map(torch.equal, before, pupil.network.parameters()))


def test_the_rate_warms_up_stays_and_falls():
    plan = Plan(steps=1000, rate=1.0)
    rates = [plan.rate_at(step) for step in range(1001)]

    assert rates[0] == 1 / 200
    assert set(rates[199 : int(1000 * FALL) + 1]) == {1.0}
    assert all(later <= before for before, later in pairwise(rates[200:]))
    assert rates[-1] == pytest.approx(LAST)


@pytest.mark.parametrize("damage", [lambda content: content[:200], lambda _: b"", lambda _: b"{}"])
def test_a_damaged_checkpoint_is_refused_by_name(tmp_path, damage):
    path = tmp_path / CHECKPOINT
    save_pupil(path, start(DESIGN, 0), PLAN)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(BundleError, match=CHECKPOINT):
        load_pupil(path)


def test_what_is_exported_is_the_average_and_says_how_it_came_about(tmp_path):
    trained(tmp_path / "run")
    path = tmp_path / "own.safetensors"

    export_prior(tmp_path / "run", path)

    prior = read_prior(path)
    average = load_pupil(tmp_path / "run" / CHECKPOINT)[0].average.state_dict()
    assert prior.manifest["steps"] == 6
    assert prior.manifest["plan"]["seed"] == 2
    assert prior.manifest["loss"] > 0
    assert [steps for steps, _ in prior.manifest["curve"]] == [2, 4, 6]
    for name, part in average.items():
        assert np.array_equal(prior.weights[name], part.numpy().astype(np.float16)), name


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_network_may_begin_from_a_prior_of_any_cell(cell):
    like = random_prior(Design(hidden_size=8, layers=2, head_size=8))
    fresh = start(Design(cell=cell, hidden_size=8, layers=1, head_size=8), 0)

    pupil = start(fresh.network.design, 0, like)

    new = dict(fresh.network.named_parameters())
    for name, part in pupil.network.named_parameters():
        fits = name in like.weights and like.weights[name].shape == part.shape
        expected = torch.from_numpy(like.weights[name]) if fits else new[name]
        assert torch.equal(part, expected), name
    assert all(map(torch.equal, pupil.network.parameters(), pupil.average.parameters()))


def test_a_manifest_holds_few_points_of_a_long_curve(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "POINTS", 2)
    trained(tmp_path / "run")

    curve = export.export_prior(tmp_path / "run", tmp_path / "own.safetensors")["curve"]

    lines = map(json.loads, (tmp_path / "run" / CURVE).read_text().splitlines())
    losses = [record["loss"] for record in lines]
    assert curve == [[4, round(sum(losses[:2]) / 2, 4)], [6, round(losses[2], 4)]]


def test_records_come_step_by_step():
    found = list(islice(training.records(start(DESIGN, 0), PLAN), 4))

    assert [record is not None for record in found] == [False, True, False, True]
