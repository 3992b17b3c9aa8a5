"""The priors and baselines of a combination in a bundle, and back."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from forecast_rnn.baselines import BASELINES
from forecast_rnn.config import Task
from forecast_rnn.errors import BundleError
from forecast_rnn.forecasting.combination import Combination
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.neural.bundle.folder import Tensors
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.weights import Prior, shapes

PREFIX = "prior"
MOST_PRIORS = 8
MOST_WIDTH = 4096
_KEYS = {"priors", "baselines", "weights"}
_PRIOR_KEYS = {"name", "second_season", "design"}
_SIZES = ("hidden_size", "layers", "head_size")


def describe_combination(combination: Combination) -> tuple[dict[str, Any], Tensors]:
    """Return what a manifest says of a combination, and the weights of its priors."""
    described = {
        "priors": [
            {
                "name": source.name,
                "second_season": source.second_season,
                "design": asdict(source.prior.design),
            }
            for source in combination.priors
        ],
        "baselines": [source.name for source in combination.baselines],
        "weights": list(combination.weights),
    }
    tensors = {
        f"{PREFIX}{number}.{name}": np.asarray(part, np.float32)
        for number, source in enumerate(combination.priors)
        for name, part in source.prior.weights.items()
    }
    return described, tensors


def read_combination(
    described: object, tensors: Tensors, task: Task, where: str
) -> tuple[Combination, Tensors]:
    """Make a combination of what a manifest says, and return the tensors that are not its own.

    Args:
        described: As the manifest has it; nothing of it is trusted.
        tensors: All of the bundle.
        task: What is forecast.
        where: What messages call the bundle.

    Raises:
        BundleError: a part is missing, unknown, of a wrong type, or out of range.
    """
    if not isinstance(described, dict) or set(described) != _KEYS:
        raise BundleError(f"{where}: the combination does not have the fields of this version.")
    if not all(isinstance(part, list) for part in described.values()):
        raise BundleError(f"{where}: the combination holds something else than lists.")
    rest = dict(tensors)
    if len(described["priors"]) > MOST_PRIORS:
        raise BundleError(f"{where}: the combination has more than {MOST_PRIORS} priors.")
    priors = tuple(
        _prior(one, rest, number, task, where) for number, one in enumerate(described["priors"])
    )
    for name in described["baselines"]:
        if not isinstance(name, str) or name not in BASELINES:
            raise BundleError(f"{where}: there is no baseline {str(name)[:60]!r}.")
    baselines = tuple(BaselineSource(name, task) for name in described["baselines"])
    weights = _weights(described["weights"], len(priors) + len(baselines), where)
    return Combination(priors, baselines, weights), rest


def _weights(values: list[Any], others: int, where: str) -> tuple[float, ...]:
    """Check the weights of as many sources as there are, with or without networks."""
    fits = all(isinstance(value, float) and 0 <= value <= 1 for value in values)
    fits = fits and len(values) in (others, others + 1) and 0.99 < math.fsum(values) < 1.01
    if not fits:
        raise BundleError(f"{where}: the weights {str(values)[:60]} are not those of its sources.")
    return tuple(values)


def _prior(one: object, rest: Tensors, number: int, task: Task, where: str) -> PriorSource:
    if not isinstance(one, dict) or set(one) != _PRIOR_KEYS:
        raise BundleError(f"{where}: prior {number} does not have the fields of this version.")
    name, second = one["name"], one["second_season"]
    if not isinstance(name, str) or type(second) is not int or not 0 <= second <= 100_000:
        raise BundleError(f"{where}: prior {number} has a name or season that is not possible.")
    design = _design(one["design"], number, where)
    expected, weights = shapes(design), {}
    for key, shape in expected.items():
        full = f"{PREFIX}{number}.{key}"
        part = rest.pop(full, None)
        if part is None or part.shape != shape:
            raise BundleError(f"{where}: weights.safetensors: tensor '{full}' does not fit.")
        weights[key] = part
    return PriorSource(name, Prior(design, weights, {}), task, second)


def _design(values: object, number: int, where: str) -> Design:
    fits = isinstance(values, dict) and set(values) == {"cell", *_SIZES}
    if fits:
        assert isinstance(values, dict)
        fits = values["cell"] in CELLS
        fits &= all(
            type(values[name]) is int and 1 <= values[name] <= MOST_WIDTH for name in _SIZES
        )
    if not fits:
        raise BundleError(f"{where}: prior {number} has a design that is not possible.")
    assert isinstance(values, dict)
    return Design(**values)
