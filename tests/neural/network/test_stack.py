"""Laws of recurrent layers and of what is put around them."""

import pytest
import torch

from forecast_rnn.config import ModelConfig
from forecast_rnn.errors import ConfigError
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.network.stack import Layer, Stack, make_cell

WIDTH = 5


def model(**more):
    sizes = {"hidden_size": WIDTH, "layers": 2, "window_length": 4, "stride": 2, "context_steps": 9}
    return ModelConfig(**{"cell": "gru", **sizes, **more})


def stack(seed=0, **more):
    torch.manual_seed(seed)
    made = Stack(model(**more)).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return made


def through(layer, x):
    """Return what comes out of a layer, or a stack, that begins with the first step."""
    return layer.scan(x, layer.initial_state(len(x)))[0]


@pytest.mark.parametrize("steps", [1, 3, 7, 8])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_a_dilated_layer_is_a_loop_that_looks_further_back(dilation, steps):
    torch.manual_seed(1)
    cell = make_cell("lstm", WIDTH, WIDTH).double()
    x = torch.randn(2, steps, WIDTH, dtype=torch.float64)
    states = [cell.initial_state(2) for _ in range(dilation)]
    expected = []
    for step in range(steps):
        output, states[step % dilation] = cell.step(x[:, step], states[step % dilation])
        expected.append(output)

    layer = Layer(cell, dilation, residual=False)
    torch.testing.assert_close(through(layer, x), torch.stack(expected, dim=1))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "more",
    [{}, {"dilation": (1, 3)}, {"residual": True}, {"attention": True}],
    ids=["plain", "dilated", "residual", "attention"],
)
def test_no_step_sees_those_after_it(cell, more):
    layers = stack(cell=cell, **more)
    x = torch.randn(3, 9, WIDTH, dtype=torch.float64)
    changed = x.clone()
    changed[:, 5:] += 1

    before, after = through(layers, x), through(layers, changed)

    torch.testing.assert_close(after[:, :5], before[:, :5])
    assert not torch.allclose(after[:, 5:], before[:, 5:])


def test_attention_weighs_the_values_of_all_states_so_far():
    layers = stack(attention=True)
    x = torch.randn(1, 6, WIDTH, dtype=torch.float64)
    hidden = through(layers.layers[1], through(layers.layers[0], x))
    query, key, value = layers.attention.project(hidden).chunk(3, dim=-1)
    expected = []
    for step in range(6):
        weight = (query[0, step] @ key[0, : step + 1].T / WIDTH**0.5).softmax(-1)
        seen = weight @ value[0, : step + 1]
        expected.append(hidden[0, step] + layers.attention.output(seen))

    torch.testing.assert_close(through(layers, x)[0], torch.stack(expected))


def test_attention_starts_as_adding_nothing():
    torch.manual_seed(0)
    plain = Stack(model())
    torch.manual_seed(0)
    attending = Stack(model(attention=True))
    x = torch.randn(2, 5, WIDTH)

    assert torch.equal(through(plain, x), through(attending, x))


def test_a_residual_layer_adds_to_its_input():
    torch.manual_seed(0)
    layer = Layer(make_cell("gru", WIDTH, WIDTH), 1, residual=True)
    x = torch.randn(2, 5, WIDTH)
    hidden, _ = layer.cell.scan(layer.norm(x), layer.cell.initial_state(2))

    assert torch.equal(through(layer, x), x + hidden)


@pytest.mark.parametrize("more", [{}, {"residual": True}], ids=["plain", "residual"])
@pytest.mark.parametrize("cell", CELLS)
def test_what_goes_on_is_what_never_stopped(cell, more):
    layers = stack(cell=cell, **more)
    x = torch.randn(3, 9, WIDTH, dtype=torch.float64)
    first, states = layers.scan(x[:, :4], layers.initial_state(3))
    second, _ = layers.scan(x[:, 4:], states)

    assert layers.goes_on
    torch.testing.assert_close(torch.cat([first, second], dim=1), through(layers, x))


@pytest.mark.parametrize("more", [{"dilation": (1, 3)}, {"attention": True}])
def test_what_looks_back_at_more_than_a_state_says_so(more):
    assert not stack(**more).goes_on


def test_dilation_has_a_number_for_each_layer():
    with pytest.raises(ConfigError, match="one number a layer"):
        model(dilation=(1, 2, 4))
