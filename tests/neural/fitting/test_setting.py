"""What all networks of one training have in common."""

import numpy as np
import torch

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.neural.fitting.recipe import recipes
from forecast_rnn.neural.fitting.setting import make_setting
from forecast_rnn.neural.network.batch import gather
from forecast_rnn.neural.runtime import Machine
from tests.panels import panel_of

TASK = Task(horizon=4, season_length=4)
CONFIG = TrainConfig(prior="none", hidden_size=4)
MACHINE = Machine(torch.device("cpu"), 1)


def test_rows_that_are_unseen_might_as_well_not_be_there():
    generator = np.random.default_rng(0)
    panel = panel_of(*generator.lognormal(size=(4, 60)), [-1.0, 5.0])
    unseen = np.array([8, 0, 3, 8, 2])
    short = panel.truncated(unseen)
    [recipe] = recipes(short, TASK, CONFIG)

    hidden = make_setting(panel, TASK, recipe, CONFIG, MACHINE, unseen=unseen)
    absent = make_setting(short, TASK, recipe, CONFIG, MACHINE)

    for name in ("transform", "floor", "nonnegative", "encoding", "classes"):
        assert getattr(hidden, name) == getattr(absent, name)
    assert hidden.nonnegative
    batches = []
    for setting in (hidden, absent):
        items, rows = setting.sampler(recipe, 0).draw(0)
        batches.append(gather(setting.table, items, rows, model=recipe.model, task=TASK))
    for name in ("inputs", "windows", "target", "observed", "seen"):
        assert torch.equal(*(getattr(batch, name) for batch in batches))
