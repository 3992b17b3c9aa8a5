"""The cells that torch does not have, against plain loops written from the papers' equations."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from forecast_rnn.neural.cells.base import Cell
from forecast_rnn.neural.network.stack import make_cell

INPUTS, WIDTH, STEPS = 3, 4, 9

Series = np.ndarray
Weights = dict[str, np.ndarray]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def parts(array: np.ndarray, names: str) -> dict[str, np.ndarray]:
    """Rows of a matrix by gate."""
    return dict(zip(names, np.split(array, len(names)), strict=True))


def peephole_lstm(w: Weights, xs: Series) -> list[np.ndarray]:
    wx, b = parts(w["input.weight"], "ifzo"), parts(w["input.bias"], "ifzo")
    u, (p_i, p_f, p_o) = parts(w["recurrent.weight"], "ifzo"), w["peepholes"]
    h, c, outputs = np.zeros(WIDTH), np.zeros(WIDTH), []
    for x in xs:
        i = sigmoid(wx["i"] @ x + u["i"] @ h + p_i * c + b["i"])
        f = sigmoid(wx["f"] @ x + u["f"] @ h + p_f * c + b["f"])
        z = np.tanh(wx["z"] @ x + u["z"] @ h + b["z"])
        c = f * c + i * z
        o = sigmoid(wx["o"] @ x + u["o"] @ h + p_o * c + b["o"])
        h = o * np.tanh(c)
        outputs.append(h)
    return outputs


def textbook(w: Weights, xs: Series) -> list[np.ndarray]:
    wx, b = parts(w["input.weight"], "co"), parts(w["input.bias"], "co")
    h, c, outputs = np.zeros(WIDTH), np.zeros(WIDTH), []
    for x in xs:
        c = sigmoid(w["memory.weight"] @ c + wx["c"] @ x + b["c"])
        o = sigmoid(wx["o"] @ x + w["output.weight"] @ h + b["o"])
        h = o * np.tanh(c)
        outputs.append(h)
    return outputs


def mingru(w: Weights, xs: Series) -> list[np.ndarray]:
    wx, b = parts(w["input.weight"], "zh"), parts(w["input.bias"], "zh")
    h, outputs = np.zeros(WIDTH), []
    for x in xs:
        z = sigmoid(wx["z"] @ x + b["z"])
        h = (1 - z) * h + z * (wx["h"] @ x + b["h"])
        outputs.append(h)
    return outputs


def minlstm(w: Weights, xs: Series) -> list[np.ndarray]:
    wx, b = parts(w["input.weight"], "fih"), parts(w["input.bias"], "fih")
    h, outputs = np.zeros(WIDTH), []
    for x in xs:
        f, i = sigmoid(wx["f"] @ x + b["f"]), sigmoid(wx["i"] @ x + b["i"])
        h = f / (f + i) * h + i / (f + i) * (wx["h"] @ x + b["h"])
        outputs.append(h)
    return outputs


def rglru(w: Weights, xs: Series) -> list[np.ndarray]:
    wx, b = parts(w["input.weight"], "riu"), parts(w["input.bias"], "riu")
    h, outputs = np.zeros(WIDTH), []
    for x in xs:
        r, i = sigmoid(wx["r"] @ x + b["r"]), sigmoid(wx["i"] @ x + b["i"])
        a = sigmoid(w["decay"]) ** (8 * r)
        h = a * h + np.sqrt(1 - a**2) * (i * (wx["u"] @ x + b["u"]))
        outputs.append(h)
    return outputs


def slstm(w: Weights, xs: Series) -> list[np.ndarray]:
    """Without the stabiliser, which must cancel."""
    wx, b = parts(w["input.weight"], "zifo"), parts(w["input.bias"], "zifo")
    u = parts(w["recurrent.weight"], "zifo")
    h, c, n, outputs = np.zeros(WIDTH), np.zeros(WIDTH), np.zeros(WIDTH), []
    for x in xs:
        z, i, f, o = (wx[name] @ x + u[name] @ h + b[name] for name in "zifo")
        c = sigmoid(f) * c + np.exp(i) * np.tanh(z)
        n = sigmoid(f) * n + np.exp(i)
        h = sigmoid(o) * c / n
        outputs.append(h)
    return outputs


def mlstm(w: Weights, xs: Series) -> list[np.ndarray]:
    """Without the stabiliser, which must cancel."""
    wx, b = parts(w["input.weight"][:-2], "qkvo"), parts(w["input.bias"][:-2], "qkvo")
    memory, n, outputs = np.zeros((WIDTH, WIDTH)), np.zeros(WIDTH), []
    for x in xs:
        q, k, v, o = (wx[name] @ x + b[name] for name in "qkvo")
        k = k / math.sqrt(WIDTH)
        i, f = w["input.weight"][-2:] @ x + w["input.bias"][-2:]
        memory = sigmoid(f) * memory + np.exp(i) * np.outer(v, k)
        n = sigmoid(f) * n + np.exp(i) * k
        outputs.append(sigmoid(o) * (memory @ q) / max(abs(n @ q), 1.0))
    return outputs


EQUATIONS: dict[str, Callable[[Weights, Series], list[np.ndarray]]] = {
    "peephole-lstm": peephole_lstm,
    "textbook": textbook,
    "mingru": mingru,
    "minlstm": minlstm,
    "rglru": rglru,
    "slstm": slstm,
    "mlstm": mlstm,
}


def some_cell(name: str) -> Cell:
    """A cell with every weight, also those that start at zero, somewhere."""
    generator = torch.Generator().manual_seed(0)
    cell = make_cell(name, INPUTS, WIDTH).double()
    with torch.no_grad():
        for weight in cell.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator, dtype=torch.float64))
    return cell


def some_input() -> torch.Tensor:
    return torch.randn(
        1, STEPS, INPUTS, generator=torch.Generator().manual_seed(1), dtype=torch.float64
    )


@pytest.mark.parametrize("name", EQUATIONS)
def test_a_cell_is_the_equations_of_its_paper(name):
    cell, x = some_cell(name), some_input()
    weights = {key: value.detach().numpy() for key, value in cell.named_parameters()}

    outputs, _ = cell.scan(x, cell.initial_state(1))

    np.testing.assert_allclose(outputs[0].detach(), EQUATIONS[name](weights, x[0].numpy()))


@pytest.mark.parametrize("name", ["slstm", "mlstm"])
@pytest.mark.parametrize("shift", [-1000.0, -50.0, 50.0, 1000.0])
def test_exponential_gates_stay_in_range(name, shift):
    cell, x = some_cell(name).float(), some_input().float().requires_grad_()
    with torch.no_grad():
        gate = {"slstm": slice(WIDTH, 2 * WIDTH), "mlstm": slice(-2, -1)}[name]
        cell.input.bias[gate] += shift

    outputs, _ = cell.scan(x, cell.initial_state(1))
    outputs.sum().backward()

    assert outputs.isfinite().all()
    assert x.grad.isfinite().all()


def test_the_candidate_of_the_textbook_is_computed_and_never_used():
    cell, x = some_cell("textbook"), some_input()
    before, _ = cell.scan(x, cell.initial_state(1))

    before.sum().backward()
    with torch.no_grad():
        cell.candidate_recurrent.weight.mul_(2)
    after, _ = cell.scan(x, cell.initial_state(1))

    assert torch.equal(before, after)
    unread = {name for name, weight in cell.named_parameters() if weight.grad is None}
    assert unread == {"candidate_recurrent.weight"}


def test_the_candidate_of_the_textbook_shares_input_weights_and_bias_with_its_memory():
    cell, x, h = some_cell("textbook"), some_input()[0], torch.ones(STEPS, WIDTH).double()
    w = {key: value.detach().numpy() for key, value in cell.named_parameters()}
    wx, b = parts(w["input.weight"], "co"), parts(w["input.bias"], "co")  # as in `textbook`

    candidate = cell.candidate(cell.input(x), h)

    sums = x.numpy() @ wx["c"].T + h.numpy() @ w["candidate_recurrent.weight"].T + b["c"]
    np.testing.assert_allclose(candidate.detach(), np.tanh(sums))


def test_the_shares_of_minlstm_sum_to_one_also_where_both_gates_are_shut():
    cell = some_cell("minlstm").float()
    with torch.no_grad():
        cell.input.bias[: 2 * WIDTH] = -500.0
    x = torch.zeros(1, 1, INPUTS)

    outputs, _ = cell.scan(x, (torch.ones(1, WIDTH),))

    torch.testing.assert_close(outputs[0, 0], (1 + cell.input.bias[2 * WIDTH :]) / 2)


def test_the_memory_of_rglru_starts_between_ten_and_a_thousand_steps():
    decay = make_cell("rglru", INPUTS, 1000).decay

    kept = decay.double().sigmoid() ** 8

    assert kept.min() >= 0.9 - 1e-5
    assert kept.max() <= 0.999 + 1e-5
