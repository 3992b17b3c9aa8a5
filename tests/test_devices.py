"""What a graphics card must not change: skipped where this machine has none."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch

from forecast_rnn.api import train as api
from forecast_rnn.api.model import load
from forecast_rnn.config import TrainConfig
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.heads import HEADS
from forecast_rnn.neural.network.stack import make_cell
from forecast_rnn.neural.runtime import choose_device, takes_bfloat16
from tests.shops import QUIET, shop_frame

INPUTS, WIDTH, BATCH, STEPS = 3, 8, 2, 12
SMALL = TrainConfig(**{**QUIET, "hidden_size": 16}, calendar=False)
HINTS = Hints(target=("sales",), static=("region",), past=("degrees", "sky", "promotion"))
NUMBERS = pl.col("forecast", "^q.*$")
PRECISION = {"rtol": 0.02, "atol": 0.5}  # of sales of 100 and more, by products of 10 bits


CARDS = [name for name in ("cuda", "mps") if getattr(torch, name).is_available()]
if not CARDS:
    pytest.skip("this machine has no graphics card", allow_module_level=True)


@pytest.fixture(scope="module", params=CARDS)
def card(request: pytest.FixtureRequest) -> torch.device:
    return choose_device(request.param)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return shop_frame(days=98)


def told_by(cell, x, state):
    """A scan with all that a loss on it tells."""
    x = x.clone().requires_grad_()
    outputs, last = cell.scan(x, state)
    weights = torch.linspace(-1, 1, outputs.numel(), dtype=x.dtype).reshape(outputs.shape)
    total = (outputs * weights.to(x.device)).sum() + sum((part**2).sum() for part in last)
    learnt = [x, *cell.parameters()]
    gradients = torch.autograd.grad(total, learnt, allow_unused=True)
    return outputs, *last, *(one for one in gradients if one is not None)


@pytest.mark.parametrize("name", sorted(CELLS))
def test_a_scan_is_that_of_the_processor_with_every_gradient(card, name):
    dtype = torch.float32 if card.type == "mps" else torch.float64
    torch.manual_seed(0)
    cell = make_cell(name, INPUTS, WIDTH).to(dtype)
    x = torch.randn(BATCH, STEPS, INPUTS, dtype=dtype)
    _, state = cell.scan(x[:, :3], cell.initial_state(BATCH))
    state = tuple(part.detach() for part in state)

    expected = told_by(cell, x, state)
    found = told_by(cell.to(card), x.to(card), tuple(part.to(card) for part in state))

    assert {part.device.type for part in found} == {card.type}
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.cpu(), other)


def test_a_model_trained_on_the_processor_forecasts_the_same_on_the_card(card, rows, tmp_path):
    config = replace(SMALL, device="cpu")
    api.train(rows, horizon=7, hints=HINTS, config=config, out=tmp_path / "out")

    here, there = (load(tmp_path / "out", device=name) for name in ("cpu", card.type))

    expected, found = here.predict().table, there.predict().table
    assert found.select(pl.exclude("forecast", "^q.*$")).equals(
        expected.select(pl.exclude("forecast", "^q.*$"))
    )
    np.testing.assert_allclose(found.select(NUMBERS), expected.select(NUMBERS), **PRECISION)
    drawn = there.paths(50, seed=1).table["value"]
    np.testing.assert_allclose(drawn, here.paths(50, seed=1).table["value"], **PRECISION)


def test_an_update_on_the_card_is_a_forecast_from_all_rows(card, rows):
    config = replace(SMALL, device=card.type)
    some = shop_frame(days=90)
    model = api.train(some, horizon=7, hints=HINTS, config=config).model

    _, updated = model.update(rows.join(some, on=["shop", "day"], how="anti"))

    expected = model.predict(rows).table
    np.testing.assert_allclose(updated.table.select(NUMBERS), expected.select(NUMBERS), rtol=0.05)


@pytest.mark.parametrize("head", sorted(HEADS))
def test_every_head_learns_on_the_card_what_it_does_on_the_processor(card, rows, head):
    expected, found = (
        api.train(
            rows, horizon=7, hints=HINTS, config=replace(SMALL, head=head, device=name)
        ).forecast
        for name in ("cpu", card.type)
    )

    numbers = pl.col("^[qp][_0].*$")
    assert found.select(numbers).width > 1
    np.testing.assert_allclose(found.select(numbers), expected.select(numbers), rtol=0.1, atol=1)


def test_a_seed_gives_the_same_files_on_the_card(card, rows, tmp_path):
    config = replace(SMALL, device=card.type)
    for name in ("one", "two"):
        api.train(rows, horizon=7, hints=HINTS, config=config, out=tmp_path / name)

    one, two = ((tmp_path / name / "forecast.csv").read_bytes() for name in ("one", "two"))

    assert one == two


def test_bfloat16_costs_little_on_the_card(card, rows):
    config = replace(SMALL, device=card.type)
    try:
        takes_bfloat16("bfloat16", card)
    except ConfigError:
        pytest.skip(f"this {card.type} device would imitate bfloat16")

    exact, coarse = (
        api.train(rows, horizon=7, hints=HINTS, config=replace(config, precision=precision))
        for precision in ("float32", "bfloat16")
    )

    off = (coarse.forecast["forecast"] - exact.forecast["forecast"]).abs().mean()
    assert 0 < off < 0.1 * exact.forecast["forecast"].abs().mean()
