"""What a network emits after every step and after the last one."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.heads import CLASSIFIERS, HEADS
from forecast_rnn.neural.network.batch import gather, load_table
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import build_network
from forecast_rnn.neural.scaling.transform import Transform
from tests.panels import panel_of

SEASON = 3


def batch_of(model, task):
    panel = panel_of([50 + 9 * math.sin(t) + 0.3 * t for t in range(40)], [4.0, 5.0, math.nan, 7.0])
    table = load_table(panel, Transform("log"), 0.1, torch.device("cpu"))
    if task.classes:
        table = replace(table, edges=torch.tensor([-0.5, 0.5], dtype=torch.float64))
    rows = np.arange(len(panel.values))
    items = torch.from_numpy(panel.item_of(rows))
    return gather(table, items, torch.from_numpy(rows), model=model, task=task)


def model_of(head="quantile"):
    return ModelConfig(
        cell="gru",
        hidden_size=5,
        layers=2,
        window_length=6,
        stride=2,
        context_steps=4,
        head=head,
    )


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("horizon", [2, 8])
def test_after_the_last_step_comes_the_last_of_what_comes_after_every_step(head, horizon):
    model, task = model_of(head), Task(horizon=horizon, season_length=SEASON)
    if head in CLASSIFIERS:
        task = replace(task, quantile_levels=(), classes=3)
    network = build_network(model, task, Encoding(), seed=0)
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    batch = batch_of(model, task)

    every, last = network(batch), network.after(network.begin(batch)[1], batch.beside)

    assert every.shape[:2] == (44, 4)
    torch.testing.assert_close(last, every[:, -1])


@pytest.mark.parametrize("horizon", [1, 2, 3, 7, 8])
def test_an_untrained_network_repeats_the_last_season_of_each_window(horizon):
    model, task = model_of(), Task(horizon=horizon, season_length=SEASON, quantile_levels=(0.5,))
    batch = batch_of(model, task)

    medians = build_network(model, task, Encoding(), seed=0)(batch)[:, :, 0]

    repeated = [batch.windows[..., 6 - SEASON + step % SEASON] for step in range(horizon)]
    assert torch.equal(medians, torch.stack(repeated, dim=-1))
