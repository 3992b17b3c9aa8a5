"""Ensembles side by side: each comes to what it comes to alone, and they fail as one."""

import math
import threading

import numpy as np
import pytest
import torch

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.errors import TrainingError
from forecast_rnn.neural.fitting import ensemble
from forecast_rnn.neural.fitting.ensemble import Plan, train_ensembles
from forecast_rnn.neural.fitting.recipe import recipes
from forecast_rnn.neural.fitting.setting import make_setting
from forecast_rnn.neural.fitting.training import Epoch
from forecast_rnn.neural.runtime import Machine
from tests.panels import panel_of

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(prior="none", hidden_size=8, batch_size=16)


@pytest.fixture(scope="module")
def plans():
    """Two ensembles that see different rows: of two members, and of one."""
    time = np.arange(60)
    noise = np.random.default_rng(0).normal(0, 1, 60)
    panel = panel_of(list(50 + 10 * np.sin(np.pi * time / 2) + noise))
    (recipe,) = recipes(panel, TASK, CONFIG)
    machine = Machine(torch.device("cpu"), threads=2)
    first, second = (
        make_setting(panel, TASK, recipe, CONFIG, machine, unseen=unseen) for unseen in (8, 0)
    )
    return [Plan(first, recipe, 25, members=2), Plan(second, recipe, 40, members=1)]


def weights(trained):
    return [
        torch.cat([p.flatten() for p in network.parameters()])
        for network in trained.forecaster.networks
    ]


def test_ensembles_side_by_side_are_those_trained_one_after_the_other(plans):
    together = train_ensembles(plans, lambda epoch: None)

    alone = [one for plan in plans for one in train_ensembles([plan], lambda epoch: None)]

    assert [len(one.forecaster.networks) for one in together] == [2, 1]
    for one, other in zip(together, alone, strict=True):
        assert one.curve == other.curve
        assert all(map(torch.equal, weights(one), weights(other)))


def test_the_curve_of_an_ensemble_is_the_mean_over_its_members_alone(plans, monkeypatch):
    def recorded(learner, sampler, schedule, *, stop):
        yield from (Epoch(steps, 10, sampler.seed + steps, 1.0) for steps in range(10, stop, 10))

    monkeypatch.setattr(ensemble, "epochs", recorded)

    result = train_ensembles(plans, lambda epoch: None)

    # The members of seed 0 are numbered from 0.
    assert result[0].curve == ((10, 10.5), (20, 20.5))
    assert result[1].curve == ((10, 10), (20, 20), (30, 30))


def test_a_training_that_diverges_ends_the_others_and_is_the_error(plans, monkeypatch):
    both = threading.Barrier(2, timeout=10)

    def diverging(learner, sampler, schedule, *, stop):
        both.wait()
        if stop == 40:
            raise TrainingError("training diverged")
        for steps in range(10, 10**9, 10):
            yield Epoch(steps, 10, math.nan, math.nan)

    monkeypatch.setattr(ensemble, "epochs", diverging)
    first, second = plans

    with pytest.raises(TrainingError, match="training diverged"):
        train_ensembles([Plan(first.setting, first.recipe, 25, members=1), second], lambda e: None)

    assert not any("ThreadPool" in thread.name for thread in threading.enumerate())


def test_nothing_to_train_is_nothing():
    assert train_ensembles([], lambda epoch: None) == []
