import numpy as np
import pytest
import torch

from forecast_rnn.neural.pretraining import samples
from forecast_rnn.neural.pretraining.network import network_of
from forecast_rnn.neural.pretraining.training import asked, loss, start
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.forward import quantiles, states
from forecast_rnn.prior.weights import shapes
from tests.prior.examples import random_prior


def network(cell="gru", size=16):
    """Return a network whose head says something."""
    found = start(Design(cell=cell, hidden_size=size, head_size=size), seed=0).network
    with torch.no_grad():
        found.output.weight.normal_(0, 0.3, generator=torch.Generator().manual_seed(0))
    return found


@pytest.fixture
def sample(monkeypatch):
    monkeypatch.setattr(samples, "ROWS", 800)
    return samples.draw_sample(0, 0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_network_without_torch_is_that_of_torch(cell, sample):
    trained = network(cell)
    with torch.no_grad():
        expected = trained(torch.from_numpy(sample.read), asked(sample)).numpy()
    weights = {name: part.numpy() for name, part in trained.state_dict().items()}

    known = states(trained.design, weights, sample.read)
    known = np.take_along_axis(known, sample.origins[:, :, None], axis=1)
    found = quantiles(weights, known.reshape(-1, known.shape[-1]), sample.steps)

    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_weights_have_the_shapes_that_are_checked_when_they_are_read(cell):
    for size in (16, 128):
        trained = network(cell, size).state_dict()
        design = Design(cell=cell, hidden_size=size, head_size=size)

        assert {name: tuple(part.shape) for name, part in trained.items()} == shapes(design)


def test_quantiles_do_not_cross(sample):
    found = network()(torch.from_numpy(sample.read), asked(sample))

    assert (found.diff(dim=-1) >= 0).all()


def test_an_untrained_network_forecasts_within_its_base_forecasts(sample):
    untrained = start(Design(hidden_size=16, head_size=16), seed=0).network
    median = untrained(torch.from_numpy(sample.read), asked(sample))[..., 5]
    ahead = torch.from_numpy(sample.steps.ahead).view(*median.shape, -1)

    # A weighted mean, rounded.
    assert (median >= ahead.amin(-1).clamp(max=0) - 1e-4).all()
    assert (median <= ahead.amax(-1).clamp(min=0) + 1e-4).all()


def test_a_base_that_is_not_there_has_no_weight(sample):
    trained, steps = network(), asked(sample)
    read = torch.from_numpy(sample.read)
    other = steps.ahead.masked_fill(steps.usable < 0, 1e3)

    changed = type(steps)(steps.origins, steps.trials, steps.told, other, steps.usable)

    assert torch.equal(trained(read, steps), trained(read, changed))


@pytest.mark.parametrize("cell", CELLS)
def test_a_prior_becomes_a_network_that_can_be_trained_further(cell, sample):
    prior = random_prior(Design(cell=cell, hidden_size=8, head_size=8))
    further = network_of(prior)

    found = further(torch.from_numpy(sample.read), asked(sample))
    loss(found, sample).backward()

    known = states(prior.design, prior.weights, sample.read)
    known = np.take_along_axis(known, sample.origins[:, :, None], axis=1)
    expected = quantiles(prior.weights, known.reshape(-1, known.shape[-1]), sample.steps)
    np.testing.assert_allclose(
        found.detach().numpy(), expected.reshape(found.shape), rtol=1e-5, atol=1e-4
    )
    assert all(part.grad is not None for part in further.parameters())
