"""Laws that every cell keeps, for every name in `CELLS`, in float64 unless said."""

import pytest
import torch
from torch import Tensor

from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.cells.base import Cell, State
from forecast_rnn.neural.cells.lstm import LSTM
from forecast_rnn.neural.network.stack import make_cell

INPUTS, WIDTH, BATCH = 3, 4, 2
LENGTHS = (1, 2, 7, 64, 70)


@pytest.fixture(params=sorted(CELLS))
def cell(request: pytest.FixtureRequest) -> Cell:
    torch.manual_seed(0)
    return make_cell(request.param, INPUTS, WIDTH).double()


def some_input(length: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(BATCH, length, INPUTS, generator=generator, dtype=torch.float64)


def some_state(cell: Cell) -> State:
    """A state that the cell really reaches, with gradient."""
    with torch.no_grad():
        _, state = cell.scan(some_input(3), cell.initial_state(BATCH))
    return tuple(part.clone().requires_grad_() for part in state)


def loop(cell: Cell, x: Tensor, state: State) -> tuple[Tensor, State]:
    return Cell.scan(cell, x, state)


def gradients(cell: Cell, run, length: int) -> tuple[dict[str, Tensor], Tensor, State]:
    x, state = some_input(length).requires_grad_(), some_state(cell)
    outputs, last = run(cell, x, state)
    weights = torch.linspace(-1, 1, outputs.numel(), dtype=torch.float64).reshape(outputs.shape)
    total = (outputs * weights).sum() + sum((part**2).sum() for part in last)
    named = {"x": x, **dict(cell.named_parameters())}
    named |= {f"state {place}": part for place, part in enumerate(state)}
    result = torch.autograd.grad(total, list(named.values()), allow_unused=True)
    return dict(zip(named, result, strict=True)), outputs, last


@pytest.mark.parametrize("length", LENGTHS)
def test_scan_equals_a_loop_of_steps_in_outputs_state_and_every_gradient(cell, length):
    looped, loop_outputs, loop_state = gradients(cell, loop, length)

    scanned, outputs, state = gradients(cell, type(cell).scan, length)

    torch.testing.assert_close(outputs, loop_outputs)
    torch.testing.assert_close(state, loop_state)
    for name, gradient in looped.items():
        torch.testing.assert_close(scanned[name], gradient, msg=f"gradient of {name}")


def test_scan_of_a_whole_equals_scans_of_its_parts(cell):
    x = some_input(9)
    whole, last = cell.scan(x, cell.initial_state(BATCH))

    first, state = cell.scan(x[:, :4], cell.initial_state(BATCH))
    second, state = cell.scan(x[:, 4:], state)

    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(state, last)


def test_gradients_agree_with_finite_differences(cell):
    def run(x: Tensor, *parts: Tensor) -> tuple[Tensor, ...]:
        outputs, state = cell.scan(x, parts)
        return outputs, *state

    x = some_input(3).requires_grad_()

    assert torch.autograd.gradcheck(run, (x, *some_state(cell)))


def test_outputs_have_the_hidden_size_and_do_not_look_ahead(cell):
    x = some_input(6)
    changed = x.clone()
    changed[:, 4:] += 1

    before, _ = cell.scan(x, cell.initial_state(BATCH))
    after, _ = cell.scan(changed, cell.initial_state(BATCH))

    assert before.shape == (BATCH, 6, WIDTH)
    torch.testing.assert_close(before[:, :4], after[:, :4], rtol=0, atol=0)
    assert not torch.equal(before[:, 4:], after[:, 4:])


def test_a_batch_is_its_rows_one_by_one(cell):
    x = some_input(5)

    together, _ = cell.scan(x, cell.initial_state(BATCH))
    alone = torch.cat([cell.scan(row[None], cell.initial_state(1))[0] for row in x])

    torch.testing.assert_close(together, alone)


def test_saved_weights_give_the_same_cell(cell, request):
    name = request.node.callspec.params["cell"]
    twin = make_cell(name, INPUTS, WIDTH).double()
    twin.load_state_dict(cell.state_dict())
    x = some_input(5)

    expected, _ = cell.scan(x, cell.initial_state(BATCH))
    result, _ = twin.scan(x, twin.initial_state(BATCH))

    torch.testing.assert_close(result, expected, rtol=0, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_type_of_the_weights_is_kept(cell, dtype):
    exact, exact_state = cell.scan(some_input(12), cell.initial_state(BATCH))
    cell.to(dtype)

    outputs, state = cell.scan(some_input(12).to(dtype), cell.initial_state(BATCH))
    outputs.sum().backward()

    assert {part.dtype for part in (outputs, *state)} == {dtype}
    assert all(weight.grad is None or weight.grad.isfinite().all() for weight in cell.parameters())
    tolerance = 1e-5 if dtype == torch.float32 else 0.05  # 24 and 8 bits
    torch.testing.assert_close(outputs.double(), exact, rtol=tolerance, atol=tolerance)
    assert all(part.shape == before.shape for part, before in zip(state, exact_state, strict=True))


@pytest.mark.parametrize("size", [1.0, 100.0])
def test_gradients_through_a_long_scan_are_finite(cell, size):
    cell.float()
    x = (some_input(300) * size).float().requires_grad_()

    outputs, state = cell.scan(x, cell.initial_state(BATCH))
    (outputs.pow(2).mean() + sum(part.mean() for part in state)).backward()

    assert outputs.isfinite().all()
    assert x.grad.isfinite().all()
    assert all(weight.grad is None or weight.grad.isfinite().all() for weight in cell.parameters())


def test_the_same_scan_gives_the_same_bytes(cell):
    cell.float()
    x = some_input(40).float()

    def run() -> list[Tensor]:
        outputs, _ = cell.scan(x, cell.initial_state(BATCH))
        weights = list(cell.parameters())
        return [outputs, *torch.autograd.grad(outputs.sum(), weights, allow_unused=True)]

    for first, second in zip(run(), run(), strict=True):
        assert first is second is None or torch.equal(first, second)


def test_training_lowers_the_loss(cell):
    x = some_input(8)
    target = x.cumsum(1).sum(-1, keepdim=True).tanh()
    optimizer = torch.optim.AdamW(cell.parameters(), 0.01, fused=True)
    losses = []

    for _ in range(30):
        outputs, _ = cell.scan(x, cell.initial_state(BATCH))
        loss = (outputs.sum(-1, keepdim=True) - target).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    assert losses[1] < losses[0]
    assert losses[-1] < 0.7 * losses[0]


def test_no_gradient_is_needed_to_scan(cell):
    x = some_input(5)
    expected, _ = cell.scan(x, cell.initial_state(BATCH))

    with torch.no_grad():
        outputs, state = cell.scan(x, cell.initial_state(BATCH))

    torch.testing.assert_close(outputs, expected)
    assert not any(part.requires_grad for part in state)


def test_a_state_starts_with_the_batch(cell):
    _, state = cell.scan(some_input(3), cell.initial_state(BATCH))

    assert {len(part) for part in cell.initial_state(BATCH)} == {BATCH}
    assert all(part.isfinite().all() for part in cell.initial_state(BATCH))
    assert [part.shape for part in state] == [part.shape for part in cell.initial_state(BATCH)]


def test_under_bfloat16_results_are_close_and_only_the_lstm_of_torch_rounds_its_state(cell):
    cell = cell.float()
    x = some_input(9).float()

    def scanned() -> tuple[Tensor, State, Tensor]:
        outputs, state = cell.scan(x, cell.initial_state(BATCH))
        (gradient,) = torch.autograd.grad(outputs.float().square().sum(), first)
        return outputs, state, gradient

    first = next(weight for name, weight in cell.named_parameters() if "candidate" not in name)
    expected, _, expected_gradient = scanned()

    with torch.autocast("cpu", torch.bfloat16):
        outputs, state, gradient = scanned()

    rounded = torch.bfloat16 if isinstance(cell, LSTM) else torch.float32
    assert {part.dtype for part in state} == {rounded}
    # bfloat16 holds eight binary digits.
    torch.testing.assert_close(outputs.float(), expected, rtol=0.03, atol=0.03)
    scale = float(expected_gradient.abs().max())
    torch.testing.assert_close(gradient, expected_gradient, rtol=0.05, atol=0.05 * scale)
