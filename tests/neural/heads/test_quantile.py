"""The pinball loss and the quantile head."""

import pytest
import torch

from forecast_rnn.config import Task
from forecast_rnn.neural.heads.quantile import QuantileHead, in_order, interpolated, pinball_loss

LEVELS = torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64)


def reference_pinball(forecast, target, weight):
    """The loss as Koenker and Bassett write it, one number at a time."""
    total = count = 0.0
    for b in range(target.shape[0]):
        for h in range(target.shape[1]):
            for q, level in enumerate(LEVELS.tolist()):
                error = float(target[b, h] - forecast[b, q, h])
                part = level * error if error > 0 else (level - 1) * error
                total += float(weight[b, h]) * part
                count += float(weight[b, h])
    return total / count


@pytest.fixture
def case():
    generator = torch.Generator().manual_seed(0)
    forecast = torch.randn(4, 3, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    target = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    weight = (torch.rand(4, 5, generator=generator) > 0.3).double()
    return forecast, target, weight


def test_pinball_loss_equals_the_plain_loop(case):
    forecast, target, weight = case

    loss = pinball_loss(forecast, target, LEVELS, weight)

    assert loss.item() == pytest.approx(reference_pinball(forecast.detach(), target, weight))


def test_pinball_loss_has_the_gradient_of_finite_differences(case):
    forecast, target, weight = case

    assert torch.autograd.gradcheck(
        lambda values: pinball_loss(values, target, LEVELS, weight), (forecast,)
    )


def test_pinball_loss_without_any_target_is_zero(case):
    forecast, target, weight = case

    assert pinball_loss(forecast, target, LEVELS, torch.zeros_like(weight)).item() == 0


def test_median_of_a_constant_forecast_is_least_at_the_median_of_the_data():
    data = torch.tensor([[1.0, 2.0, 3.0, 10.0, 50.0]], dtype=torch.float64)
    half = torch.tensor([0.5], dtype=torch.float64)

    losses = [
        pinball_loss(torch.full((1, 1, 5), guess, dtype=torch.float64), data, half, data * 0 + 1)
        for guess in (1.0, 2.0, 3.0, 10.0)
    ]

    assert losses.index(min(losses)) == 2


def test_an_untrained_head_gives_the_starting_point_with_ordered_quantiles():
    task = Task(horizon=3, season_length=1, quantile_levels=(0.1, 0.5, 0.9))
    head = QuantileHead(6, 4, task=task)
    start = torch.tensor([[1.0, 2.0, 3.0]])

    quantiles = head(torch.randn(1, 6), start)

    assert quantiles.shape == (1, 3, 3)
    torch.testing.assert_close(quantiles[:, 1], start)
    assert bool((quantiles.diff(dim=1) > 0).all())


KNOTS = torch.special.ndtri(LEVELS)


def test_between_and_beyond_the_levels_of_a_normal_distribution_its_quantiles_are_exact():
    quantiles = (3 + 2 * KNOTS)[:, None]
    scores = torch.linspace(-4, 4, 41, dtype=torch.float64)[:, None]

    torch.testing.assert_close(interpolated(quantiles, KNOTS, scores), 3 + 2 * scores)


def test_at_the_levels_the_quantiles_stay_as_they_are_to_the_last_bit():
    quantiles = torch.randn(4, 3, 5).sort(dim=1).values
    scores = KNOTS[:, None].expand(4, 3, 5)

    assert torch.equal(interpolated(quantiles, KNOTS, scores), quantiles)


def test_a_single_level_has_no_spread():
    quantiles = torch.randn(4, 1, 5)
    scores = torch.linspace(-2, 2, 7, dtype=torch.float64)[:, None].expand(4, 7, 5)

    assert torch.equal(interpolated(quantiles, KNOTS[1:2], scores), quantiles.expand(4, 7, 5))


@pytest.mark.parametrize("levels", [1, 2, 3, 9, 20])
def test_levels_in_order_are_those_that_torch_sorts(levels):
    generator = torch.Generator().manual_seed(levels)
    quantiles = torch.randn(2, 5, levels, 7, generator=generator)
    quantiles[..., 0] = 1.0  # all the same
    quantiles[..., 1] = torch.arange(levels, 0, -1.0)  # the wrong way round

    assert torch.equal(in_order(quantiles), quantiles.sort(dim=-2).values)
