"""Optimizer: the arithmetic of torch's own AdamW, without the compiler that its class loads."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from forecast_rnn.neural.optimizer import WEIGHT_DECAY, start_optimizer, take_step

RATES = [1e-3, 2e-3, 5e-4, 4e-3, 3e-3, 1e-3]


def some_weights():
    generator = torch.Generator().manual_seed(0)
    shapes = [(5, 3), (7,), (2, 2, 2)]
    return [nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]


def give_gradients(weights, step):
    generator = torch.Generator().manual_seed(1 + step)
    for weight in weights:
        weight.grad = torch.randn(weight.shape, generator=generator)


def test_it_takes_the_steps_of_torch_to_the_last_bit():
    updated, expected = some_weights(), some_weights()
    optimizer = start_optimizer(updated)
    adamw = torch.optim.AdamW(expected, weight_decay=WEIGHT_DECAY, fused=True)

    for step, rate in enumerate(RATES):
        give_gradients(updated, step)
        give_gradients(expected, step)
        adamw.param_groups[0]["lr"] = rate
        take_step(optimizer, rate)
        adamw.step()

    assert all(torch.equal(one, other) for one, other in zip(updated, expected, strict=True))
    assert not torch.equal(updated[0], some_weights()[0])


def test_a_weight_without_a_gradient_stays_and_counts_its_own_steps():
    updated, expected = some_weights(), some_weights()
    optimizer = start_optimizer(updated)
    adamw = torch.optim.AdamW(expected, weight_decay=WEIGHT_DECAY, fused=True)

    for step, rate in enumerate(RATES):
        for weights in (updated, expected):
            give_gradients(weights, step)
            if step < 3:
                weights[1].grad = None
        adamw.param_groups[0]["lr"] = rate
        take_step(optimizer, rate)
        adamw.step()
        assert torch.equal(updated[1], some_weights()[1]) == (step < 3)

    assert all(torch.equal(one, other) for one, other in zip(updated, expected, strict=True))
    assert [int(count) for count in optimizer.counts] == [6, 3, 6]


def test_a_fork_goes_on_as_the_original_would_and_leaves_it_alone():
    weights = some_weights()
    optimizer = start_optimizer(weights)
    give_gradients(weights, 0)
    take_step(optimizer, 1e-3)
    before = [weight.detach().clone() for weight in weights]
    copies = [nn.Parameter(weight.detach().clone()) for weight in weights]
    fork = optimizer.fork(copies)

    give_gradients(copies, 1)
    take_step(fork, 1e-3)

    assert all(torch.equal(one, other) for one, other in zip(weights, before, strict=True))
    assert [int(count) for count in optimizer.counts] == [1, 1, 1]
    give_gradients(weights, 1)
    take_step(optimizer, 1e-3)
    assert all(torch.equal(one, other) for one, other in zip(weights, copies, strict=True))


@pytest.mark.slow
def test_training_loads_neither_a_compiler_nor_scikit_learn():
    program = """
import sys
import polars as pl
from forecast_rnn.api import train as api
from forecast_rnn import config
rows = pl.DataFrame({"ds": range(60), "y": [float(n % 7) for n in range(60)]})
alone = config.TrainConfig(prior="none", hidden_size=4, steps=3, members=1)
api.train(rows, horizon=3, season=7, config=alone)
print(*(name in sys.modules for name in ("torch._dynamo", "sklearn", "torch")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.split() == ["False", "False", "True"], done.stderr
