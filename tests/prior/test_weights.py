import json
import re

import numpy as np
import pytest

from forecast_rnn.errors import BundleError, ConfigError
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.weights import (
    FOLDER,
    encode_prior,
    manifest_of,
    read_prior,
    shapes,
    shipped_prior,
)
from tests.prior.examples import SMALL, random_prior


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "own.safetensors"
    content, manifest = encode_prior(SMALL, random_prior().weights, {"steps": 7})
    path.write_bytes(content)
    manifest_of(path).write_bytes(manifest)
    return path


def test_a_prior_is_read_as_it_was_written_to_three_digits(written):
    prior = read_prior(written)

    assert prior.design == SMALL
    assert prior.manifest["steps"] == 7
    for name, part in random_prior().weights.items():
        assert np.array_equal(prior.weights[name], part.astype(np.float16)), name


def change_weights(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def change_manifest(path, **changes):
    manifest = manifest_of(path)
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))


DAMAGES = {
    "weights changed": change_weights,
    "weights cut": lambda path: path.write_bytes(path.read_bytes()[:-10]),
    "weights gone": lambda path: path.unlink(),
    "manifest gone": lambda path: manifest_of(path).unlink(),
    "manifest no JSON": lambda path: manifest_of(path).write_text("{"),
    "manifest a list": lambda path: manifest_of(path).write_text("[]"),
    "later format": lambda path: change_manifest(path, format=99),
    "unknown design": lambda path: change_manifest(path, design={"width": 3}),
    "other design": lambda path: change_manifest(path, design={"hidden_size": 16}),
    "unknown cell": lambda path: change_manifest(path, design={"cell": "elman"}),
    "no number": lambda path: change_manifest(path, design={"hidden_size": "8"}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_prior_is_refused_by_name(written, damage):
    damage(written)

    with pytest.raises(BundleError, match=re.escape(str(written))) as caught:
        read_prior(written)
    assert caught.value.exit_code == 78


def test_weights_that_are_not_finite_are_not_written():
    weights = dict(random_prior().weights)
    weights["embed.bias"] = np.full(8, np.nan, np.float32)

    with pytest.raises(ValueError, match=r"embed\.bias"):
        encode_prior(SMALL, weights, {})


def test_a_cell_without_a_prior_is_refused():
    with pytest.raises(ConfigError, match="there is no prior of the cell 'elman'"):
        shipped_prior("elman")


@pytest.mark.parametrize("cell", CELLS)
def test_shapes_are_known_of_every_cell(cell):
    assert sum(np.prod(shape) for shape in shapes(Design(cell=cell)).values()) > 100_000


SHIPPED = sorted(path.stem for path in FOLDER.glob("*.safetensors"))


@pytest.mark.parametrize("cell", SHIPPED)
def test_what_is_shipped_can_be_read_and_says_how_it_came_about(cell):
    prior = shipped_prior(cell)

    assert prior.design.cell == cell
    assert {"simulator", "plan", "steps", "loss", "command"} <= set(prior.manifest)


def test_what_is_shipped_is_small():
    assert "gru" in SHIPPED
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 3e6
