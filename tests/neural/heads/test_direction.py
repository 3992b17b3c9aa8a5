"""Laws of the head for classes."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.direction import DirectionHead
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.neural.scaling.units import Units
from forecast_rnn.neural.scaling.windows import Scale

UNITS = Units(Scale(torch.zeros(1, 1), torch.ones(1, 1)), Transform("identity"))


def head_of(classes: int) -> DirectionHead:
    torch.manual_seed(0)
    task = Task(horizon=3, season_length=1, quantile_levels=(), classes=classes)
    head = DirectionHead(4, 5, task=task).double()
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(torch.randn_like(parameter))
    return head


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_probabilities_lie_between_0_and_1_and_sum_to_1(classes):
    probabilities = head_of(classes)(random(6, 4), random(6, 3)).exp()

    assert probabilities.shape == (6, classes, 3)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    torch.testing.assert_close(probabilities.sum(-2), torch.ones(6, 3, dtype=torch.float64))


@pytest.mark.parametrize("classes", [2, 5])
def test_the_loss_is_the_cross_entropy_of_torch(classes):
    head = head_of(classes)
    target = torch.arange(18).reshape(6, 3) % classes
    weight = (torch.arange(18).reshape(6, 3) % 4 > 0).double()

    # Any numbers that the softmax makes these probabilities of are logits.
    parameters = head(random(6, 4), random(6, 3))
    logits = parameters + random(6, 1, 3)

    each = F.cross_entropy(logits, target, reduction="none")
    expected = (each * weight).sum() / weight.sum()
    torch.testing.assert_close(head.loss(parameters, target.double(), weight, UNITS), expected)


def test_probabilities_are_the_equation_written_out():
    head = head_of(3)
    hidden, start = random(1, 4), random(1, 3)
    raw = head.output(F.silu(head.hidden(hidden))).reshape(3, 3).detach()

    result = head(hidden, start)[0].exp()

    middles = [-0.9674215661017008, 0.0, 0.9674215661017008]  # normal scores of 1/6, 1/2, 5/6
    for step in range(3):
        slope = math.exp(head.slope[step].detach())
        odds = [
            math.exp(raw[k, step] + slope * start[0, step] * score)
            for k, score in enumerate(middles)
        ]
        np.testing.assert_allclose(result[:, step].detach(), np.array(odds) / sum(odds), rtol=1e-6)


def test_a_new_head_leans_to_the_change_that_is_expected():
    task = Task(horizon=3, season_length=1, quantile_levels=(), classes=2)
    head = DirectionHead(4, 5, task=task)

    up = head(torch.zeros(1, 4), torch.tensor([[-1.0, 0.0, 2.0]])).exp()[0, 1]

    assert up[0] < 0.5
    assert up[1] == 0.5
    assert up[2] > 0.5
    torch.testing.assert_close(up[2].logit(), 4 * torch.special.ndtri(torch.tensor(0.75)))


def test_an_ensemble_averages_probabilities():
    head = head_of(3)
    one, other = head(random(6, 4), random(6, 3)), head(-random(6, 4), random(6, 3))

    merged = head.merged(torch.stack([one, other]))

    torch.testing.assert_close(merged.exp(), (one.exp() + other.exp()) / 2)
