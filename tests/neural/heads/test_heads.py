"""Laws that every head keeps, for every name in `HEADS`, in float64."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.heads import (
    CLASSIFIERS,
    COUNTS,
    HEAD_NOTES,
    HEADS,
    SYNONYMS,
    VALUED,
    head_name,
)
from forecast_rnn.neural.heads.base import Head
from forecast_rnn.neural.network.network import make_head
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.neural.scaling.units import Units
from forecast_rnn.neural.scaling.windows import Scale

LEVELS = (0.1, 0.3, 0.5, 0.9)
TASK = Task(horizon=3, season_length=1, quantile_levels=LEVELS)
WIDTH = 4
SIZE = 0.4
CLASSES = 3
SCORES = np.linspace(-4, 4, 33)


def head_of(name: str, horizon: int = TASK.horizon) -> Head:
    """A head in float64 that has left its start."""
    model = ModelConfig(
        cell="gru",
        hidden_size=WIDTH,
        layers=1,
        window_length=4,
        stride=1,
        context_steps=1,
        head=name,
    )
    torch.manual_seed(0)
    task = Task(horizon=horizon, season_length=1, quantile_levels=LEVELS)
    if name in CLASSIFIERS:
        task = replace(task, quantile_levels=(), classes=CLASSES)
    head = make_head(model, task).double()
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return head


@dataclass(frozen=True)
class Case:
    """A head with hidden values, a start and targets that suit it."""

    name: str
    head: Head
    hidden: Tensor
    start: Tensor
    target: Tensor
    weight: Tensor
    units: Units

    def parameters(self) -> Tensor:
        return self.head(self.hidden, self.start)

    def asked(self, scores=SCORES) -> Tensor:
        return torch.tensor(scores)[:, None].expand(*self.hidden.shape[:-1], len(scores), 3)


def case_of(name: str) -> Case:
    generator = torch.Generator().manual_seed(1)
    counts = torch.randint(0, 30, (5, 3), generator=generator).double()
    level = 2 + torch.rand(5, 1, generator=generator, dtype=torch.float64)
    transform = Transform("log1p")
    units = Units(Scale(level, torch.full_like(level, SIZE)), transform)
    target = (transform.forward(counts) - level) / SIZE
    if name in CLASSIFIERS:
        target = counts % CLASSES
    weight = (torch.rand(5, 3, generator=generator) > 0.3).double()
    return Case(
        name=name,
        head=head_of(name),
        hidden=torch.randn(5, 2 * WIDTH, generator=generator, dtype=torch.float64),
        start=torch.randn(5, 3, generator=generator, dtype=torch.float64),
        target=target * weight,
        weight=weight,
        units=units,
    )


@pytest.fixture(params=HEADS)
def case(request: pytest.FixtureRequest) -> Case:
    return case_of(request.param)


@pytest.fixture(params=VALUED)
def valued(request: pytest.FixtureRequest) -> Case:
    return case_of(request.param)


def quantile_units(units: Units) -> Units:
    """Units that fit quantiles [B, N, H]."""
    return Units(Scale(units.scale.level[:, None], units.scale.size[:, None]), units.transform)


def test_every_head_has_a_note():
    assert list(HEAD_NOTES) == list(HEADS)


def test_synonyms_stand_for_heads():
    assert set(SYNONYMS.values()) | set(COUNTS) | set(CLASSIFIERS) <= set(HEADS)
    assert head_name("negbin") == "negative-binomial"
    assert head_name("quantile") == "quantile"


def test_gradients_of_the_loss_are_those_of_finite_differences(case):
    head = case.head

    def loss(hidden, start):
        return head.loss(head(hidden, start), case.target, case.weight, case.units)

    inputs = (case.hidden.clone().requires_grad_(), case.start.clone().requires_grad_())
    assert torch.autograd.gradcheck(loss, inputs)


def test_the_loss_knows_nothing_of_what_is_not_observed(case):
    other = torch.where(case.weight > 0, case.target, 1.0)

    loss = case.head.loss(case.parameters(), case.target, case.weight, case.units)

    assert case.head.loss(case.parameters(), other, case.weight, case.units) == loss
    nothing = torch.zeros_like(case.weight)
    assert case.head.loss(case.parameters(), case.target, nothing, case.units) == 0


@pytest.mark.parametrize("shift", [-60.0, -8.0, 8.0, 60.0])
def test_the_loss_and_its_gradient_are_finite_far_off(case, shift):
    parameters = case.head(case.hidden, case.start + shift)

    loss = case.head.loss(parameters, case.target, case.weight, case.units)
    gradients = torch.autograd.grad(loss, list(case.head.parameters()))

    assert loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_quantiles_never_cross_and_counts_are_whole_and_never_negative(valued):
    merged = valued.head.merged(valued.parameters()[None])

    quantiles = valued.head.quantiles(merged, valued.asked(), quantile_units(valued.units))

    assert quantiles.shape == (5, len(SCORES), 3)
    assert (quantiles.diff(dim=1) >= 0).all()
    assert quantiles.isfinite().all()
    if valued.name in COUNTS:
        assert (quantiles == quantiles.round()).all()
        assert (quantiles >= 0).all()


def test_an_ensemble_of_one_head_twice_is_that_head(case):
    parameters = case.parameters()

    once = case.head.merged(parameters[None])
    twice = case.head.merged(torch.stack([parameters, parameters]))

    torch.testing.assert_close(once, twice)


def test_a_new_head_has_its_median_at_the_starting_point(valued):
    new = type(valued.head)(2 * WIDTH, WIDTH, task=TASK).double()

    merged = new.merged(new(valued.hidden, valued.start)[None])
    median = new.quantiles(merged, valued.asked([0.0]), quantile_units(valued.units))[:, 0]

    # The median of counts is whole, and that of skewed ones below their mean.
    error = 1.5 if valued.name in COUNTS else 1e-6
    torch.testing.assert_close(median, valued.units.restore(valued.start), atol=error, rtol=0)


SAMPLES = 40_000


def draws(name: str) -> tuple[Tensor, tuple[float, ...], Units]:
    """Normalised samples, the parameters that they come from, and their units."""
    generator = np.random.default_rng(0)
    one = torch.ones(1, 1, dtype=torch.float64)
    linear = Units(Scale(0 * one, one), Transform("identity"))
    logarithmic = Units(Scale(1.5 * one, SIZE * one), Transform("log1p"))
    if name == "quantile":
        parameters = tuple(0.2 + 0.7 * stats.norm.ppf(LEVELS))
        values, units = generator.normal(0.2, 0.7, SAMPLES), linear
    elif name == "normal":
        parameters, units = (0.2, 0.7), linear
        values = generator.normal(0.2, 0.7, SAMPLES)
    elif name == "student-t":
        parameters, units = (0.2, 0.7, 4.0), linear
        values = 0.2 + 0.7 * generator.standard_t(4.0, SAMPLES)
    else:
        mean = float(logarithmic.positive(0.3 * one))
        alpha = (0.9 * SIZE) ** 2
        parameters, units = (0.3, 0.9)[: 1 if name == "poisson" else 2], logarithmic
        if name == "poisson":
            counts = generator.poisson(mean, SAMPLES)
        else:
            counts = generator.negative_binomial(1 / alpha, 1 / (1 + alpha * mean), SAMPLES)
        values = (np.log1p(counts) - 1.5) / SIZE
    return torch.tensor(values)[:, None], parameters, units


def loss_at(name: str, parameters: tuple[float, ...]) -> float:
    values, _, units = draws(name)
    tensor = torch.tensor(parameters, dtype=torch.float64)[:, None].expand(SAMPLES, -1, 1)
    return float(head_of(name, 1).loss(tensor, values, torch.ones_like(values), units))


@pytest.mark.parametrize("name", VALUED)
def test_the_loss_is_least_at_the_parameters_that_the_data_come_from(name):
    _, parameters, _ = draws(name)
    best = loss_at(name, parameters)

    for place in range(len(parameters)):
        for factor in (0.75, 1.35):
            other = tuple(p * factor if i == place else p for i, p in enumerate(parameters))

            assert loss_at(name, other) > best


def reference(name: str, parameters: tuple[float, ...]):
    """The distribution that scipy makes of the parameters."""
    if name == "normal":
        return stats.norm(*parameters)
    if name == "student-t":
        location, scale, freedom = parameters
        return stats.t(freedom, location, scale)
    _, _, units = draws(name)
    mean = float(units.positive(torch.tensor(parameters[0], dtype=torch.float64)))
    if name == "poisson":
        return stats.poisson(mean)
    alpha = (parameters[1] * SIZE) ** 2 + 1e-8
    return stats.nbinom(1 / alpha, 1 / (1 + alpha * mean))


@pytest.mark.parametrize("name", [name for name in VALUED if name != "quantile"])
def test_the_loss_is_the_likelihood_of_scipy(name):
    values, parameters, units = draws(name)
    distribution = reference(name, parameters)
    data = units.restore(values).round() if name in COUNTS else values
    density = distribution.logpmf if name in COUNTS else distribution.logpdf

    assert loss_at(name, parameters) == pytest.approx(-density(data.numpy()).mean(), rel=1e-9)


@pytest.mark.parametrize("name", [name for name in VALUED if name != "quantile"])
def test_quantiles_are_those_of_scipy(name):
    _, parameters, units = draws(name)
    tensor = torch.tensor(parameters, dtype=torch.float64)[None, :, None]
    units = quantile_units(units)

    result = head_of(name, 1).quantiles(tensor, torch.tensor(SCORES)[None, :, None], units)

    expected = reference(name, parameters).ppf(stats.norm.cdf(SCORES))
    # What Hill's expansion leaves over.
    np.testing.assert_allclose(result[0, :, 0].numpy(), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("name", VALUED)
def test_shares_of_the_data_lie_below_the_quantiles(name):
    values, parameters, units = draws(name)
    tensor = torch.tensor(parameters, dtype=torch.float64)[None, :, None]
    data = units.restore(values)
    units, scores = quantile_units(units), torch.tensor(stats.norm.ppf(LEVELS))[None, :, None]

    quantiles = head_of(name, 1).quantiles(tensor, scores, units)[0, :, 0]

    for level, quantile in zip(LEVELS, quantiles, strict=True):
        below, upto = ((data < quantile - 0.01).double(), (data <= quantile + 0.01).double())
        error = 4 * math.sqrt(0.25 / SAMPLES)  # four standard errors
        assert below.mean() - error <= level <= upto.mean() + error
