"""The classic cells by hand and against `torch.nn`."""

import math

import pytest
import torch
from torch import nn

from forecast_rnn.neural.cells.elman import Elman, ElmanRelu, ElmanSigmoid
from forecast_rnn.neural.cells.gru import GRU
from forecast_rnn.neural.cells.lstm import LSTM


def constant(cell: nn.Module, value: float) -> nn.Module:
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.fill_(value)
    return cell.double()


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


ONE = torch.ones(1, 1, dtype=torch.float64)


@pytest.mark.parametrize(
    ("kind", "function"),
    [(Elman, math.tanh), (ElmanRelu, lambda x: max(x, 0.0)), (ElmanSigmoid, sigmoid)],
)
@pytest.mark.parametrize("value", [0.5, -0.5])
def test_elman_step_by_hand(kind, function, value):
    cell = constant(kind(1, 1), value)

    h, _ = cell.step(ONE, (ONE * 0.2,))

    assert h.item() == pytest.approx(function(value * 1 + value * 0.2 + value))


def test_lstm_step_by_hand():
    cell = constant(LSTM(1, 1), 0.5)

    h, (_, c) = cell.step(ONE, (ONE * 0.2, ONE * 0.4))

    gate = 0.5 * 1 + 0.5 + 0.5 * 0.2 + 0.5  # 1.6 for every gate
    memory = sigmoid(gate) * 0.4 + sigmoid(gate) * math.tanh(gate)
    assert c.item() == pytest.approx(memory)
    assert h.item() == pytest.approx(sigmoid(gate) * math.tanh(memory))


def test_gru_step_by_hand():
    cell = constant(GRU(1, 1), 0.5)

    h, _ = cell.step(ONE, (ONE * 0.2,))

    from_x, from_h = 0.5 * 1 + 0.5, 0.5 * 0.2 + 0.5  # 1.0 and 0.6
    reset = update = sigmoid(from_x + from_h)
    candidate = math.tanh(from_x + reset * from_h)
    assert h.item() == pytest.approx(update * 0.2 + (1 - update) * candidate)


@pytest.mark.parametrize(("kind", "reference"), [(GRU, nn.GRUCell), (LSTM, nn.LSTMCell)])
def test_step_equals_the_cell_of_torch(kind, reference):
    torch.manual_seed(0)
    cell, twin = kind(3, 4).double(), reference(3, 4).double()
    twin.load_state_dict(
        {name.removesuffix("_l0"): value for name, value in cell.weights.state_dict().items()}
    )
    x = torch.randn(2, 3, dtype=torch.float64)
    state = tuple(torch.randn(2, 4, dtype=torch.float64) for _ in cell.initial_state(2))

    output, _ = cell.step(x, state)

    expected = twin(x, state if len(state) > 1 else state[0])
    torch.testing.assert_close(output, expected[0] if len(state) > 1 else expected)


@pytest.mark.parametrize(("kind", "function"), [(Elman, "tanh"), (ElmanRelu, "relu")])
def test_elman_equals_the_layer_of_torch(kind, function):
    torch.manual_seed(0)
    cell = kind(3, 4).double()
    twin = nn.RNN(3, 4, nonlinearity=function, batch_first=True).double()
    with torch.no_grad():
        w_x, w_h, b_x, b_h = twin.all_weights[0]
        w_x.copy_(cell.input.weight)
        w_h.copy_(cell.recurrent.weight)
        b_x.copy_(cell.input.bias)
        b_h.zero_()
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    h = torch.randn(2, 4, dtype=torch.float64)

    outputs, (last,) = cell.scan(x, (h,))

    expected, expected_last = twin(x, h[None])
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(last, expected_last[0])


@pytest.mark.parametrize(("batch", "steps", "width"), [(3, 5, 8), (32, 40, 96), (256, 9, 64)])
def test_gru_equals_the_layer_of_torch_and_so_do_its_gradients(batch, steps, width):
    torch.manual_seed(0)
    cell = GRU(3, width).double()
    h = torch.randn(batch, width, dtype=torch.float64, requires_grad=True)
    x = torch.randn(batch, steps, 3, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(batch, steps, width, dtype=torch.float64)
    parts = [x, h, *cell.parameters()]

    outputs, _ = cell.scan(x, (h,))
    result = torch.autograd.grad((outputs * weights).sum(), parts)

    expected, _ = cell.weights(x, h[None])
    torch.testing.assert_close(outputs, expected)
    torch.testing.assert_close(result, torch.autograd.grad((expected * weights).sum(), parts))


@pytest.mark.parametrize("kind", [Elman, ElmanSigmoid])
def test_elman_starts_orthogonal(kind):
    weight = kind(3, 8).recurrent.weight

    torch.testing.assert_close(weight @ weight.T, torch.eye(8), rtol=0, atol=1e-5)  # float32


def test_elman_with_relu_starts_by_keeping_its_state():
    cell = ElmanRelu(3, 4)
    h = torch.rand(2, 4)

    after, _ = cell.step(torch.zeros(2, 3), (h,))

    assert torch.equal(after, h)


def test_lstm_starts_with_an_open_forget_gate():
    cell = LSTM(3, 4)

    bias = cell.weights.bias_ih_l0 + cell.weights.bias_hh_l0

    assert torch.equal(bias[4:8], torch.ones(4))
