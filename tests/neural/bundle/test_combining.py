"""Combinations in a bundle: they come back as they were, and forged ones are refused."""

import copy

import numpy as np
import pytest

from forecast_rnn.config import Task
from forecast_rnn.errors import BundleError
from forecast_rnn.forecasting.combination import NETWORKS_ALONE, Combination
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.neural.bundle.combining import combination_of, described, tensors_of
from tests.prior.examples import random_prior

TASK = Task(horizon=3, season_length=7)


@pytest.fixture
def combination():
    priors = (
        PriorSource("prior", random_prior(), TASK, 364),
        PriorSource("fine-tuned prior", random_prior(), TASK, 364),
    )
    return Combination(priors, (BaselineSource("ridge", TASK),), (0.4, 0.2, 0.3, 0.1))


def read(description, tensors):
    return combination_of(description, tensors, TASK, "bundle", networks=1)


def test_it_comes_back_as_it_was(combination):
    found = read(described(combination), tensors_of(combination))

    assert found.names == combination.names
    assert found.weights == combination.weights
    assert [one.second_season for one in found.priors] == [364, 364]
    for one, other in zip(found.priors, combination.priors, strict=True):
        assert one.prior.design == other.prior.design
        for name, part in other.prior.weights.items():
            np.testing.assert_array_equal(one.prior.weights[name], part)


def test_networks_alone_need_nothing():
    assert tensors_of(NETWORKS_ALONE) == {}
    assert read(described(NETWORKS_ALONE), {}) == NETWORKS_ALONE


FORGED = [
    (("weights",), [0.4, 0.2, 0.3]),
    (("weights",), [0.4, 0.2, 0.3, 0.1, 0.0, 0.0]),
    (("weights",), [2.0, -1.0, 0.0, 0.0]),
    (("weights",), [True, 0.0, 0.0, 0.0]),
    (("weights",), "1"),
    (("baselines",), ["os.system"]),
    (("baselines",), [1]),
    (("priors",), [{}] * 1000),
    (("priors", 0, "second_season"), -1),
    (("priors", 0, "second_season"), 7.5),
    (("priors", 0, "name"), None),
    (("priors", 0, "design"), None),
    (("priors", 0, "design", "cell"), "elman"),
    (("priors", 0, "design", "hidden_size"), 10**9),
    (("priors", 0, "design", "layers"), 0),
    (("priors", 0), {"name": "prior"}),
]


@pytest.mark.parametrize(("path", "value"), FORGED, ids=str)
def test_what_is_forged_is_refused(combination, path, value):
    forged = copy.deepcopy(described(combination))
    place = forged
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    with pytest.raises(BundleError, match="bundle"):
        read(forged, tensors_of(combination))


@pytest.mark.parametrize("description", [None, [], {}, {"priors": []}, {"x": 1}])
def test_another_form_is_refused(description):
    with pytest.raises(BundleError, match="combination"):
        read(description, {})


def test_a_tensor_that_is_missing_strange_or_of_another_shape_is_refused(combination):
    description, tensors = described(combination), tensors_of(combination)
    name = next(iter(tensors))

    with pytest.raises(BundleError, match="does not fit"):
        read(description, {key: part for key, part in tensors.items() if key != name})
    with pytest.raises(BundleError, match="does not fit"):
        read(description, tensors | {name: np.zeros(1, np.float32)})
    with pytest.raises(BundleError, match="does not fit"):
        read(description, tensors | {"prior.9.x": np.zeros(1, np.float32)})
