"""The classic cells by hand and against `torch.nn`."""

import math

import pytest
import torch
from torch import nn

from forecast_rnn.neural.cells.elman import Elman
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


def test_elman_step_by_hand():
    cell = constant(Elman(1, 1), 0.5)

    h, _ = cell.step(ONE, (ONE * 0.2,))

    # tanh(0.5·1 + 0.5 + 0.5·0.2 + 0.5)
    assert h.item() == pytest.approx(math.tanh(1.6))


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


@pytest.mark.parametrize(
    ("kind", "reference"), [(Elman, nn.RNNCell), (GRU, nn.GRUCell), (LSTM, nn.LSTMCell)]
)
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


def test_elman_starts_orthogonal():
    weight = Elman(3, 8).weights.weight_hh_l0

    torch.testing.assert_close(weight @ weight.T, torch.eye(8), rtol=0, atol=1e-5)  # float32


def test_lstm_starts_with_an_open_forget_gate():
    cell = LSTM(3, 4)

    bias = cell.weights.bias_ih_l0 + cell.weights.bias_hh_l0

    assert torch.equal(bias[4:8], torch.ones(4))
