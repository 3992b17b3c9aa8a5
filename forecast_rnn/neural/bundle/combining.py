"""What forecasts are combined of, as a part of a bundle and back: priors, baselines, weights."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from forecast_rnn.baselines import BASELINES, STATISTICAL
from forecast_rnn.config import Task
from forecast_rnn.errors import BundleError
from forecast_rnn.forecasting.combination import Combination
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource
from forecast_rnn.neural.bundle.folder import Tensor, Tensors
from forecast_rnn.neural.bundle.parts import build, check, check_keys
from forecast_rnn.prior.design import CELLS, Design
from forecast_rnn.prior.weights import Prior, shapes

PREFIX = "prior."
"""What the tensors of priors are named by."""
MOST_SOURCES = 16
MOST_ROWS = 1_000_000
MOST_SIZE = 4096


def described(combination: Combination) -> dict[str, Any]:
    """Return what a manifest says of a combination; the weights of priors are tensors."""
    return {
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


def tensors_of(combination: Combination) -> Tensors:
    """Return the weights of priors by name, `prior.0.embed.bias` and so on."""
    return {
        f"{PREFIX}{number}.{name}": part
        for number, source in enumerate(combination.priors)
        for name, part in source.prior.weights.items()
    }


def combination_of(
    description: object, tensors: Mapping[str, Tensor], task: Task, where: str, *, networks: int = 0
) -> Combination:
    """Return the combination that was described.

    Args:
        description: What `described` returned, of a file.
        tensors: Of the file, those of priors and no other.
        task: Of the forecaster.
        where: For errors.
        networks: Sources beside those described: 1 where networks are combined with these.

    Raises:
        BundleError: a key, a type, a shape or a range is not as it should be.
    """
    where = f"{where}: combination"
    if not isinstance(description, dict):
        raise BundleError(f"{where} is {repr(description)[:60]}, which is not possible.")
    check_keys(description, {"priors", "baselines", "weights"}, where)
    priors, baselines = description["priors"], description["baselines"]
    check(baselines, tuple[str, ...], f"{where}: baselines")
    unknown = sorted({*baselines} - ({*BASELINES} - {*STATISTICAL}))
    if not isinstance(priors, list) or len(priors) + len(baselines) > MOST_SOURCES or unknown:
        raise BundleError(f"{where} has sources that there are not: {unknown or 'too many'}.")
    weights = _weights(description["weights"], networks + len(priors) + len(baselines), where)
    sources = tuple(
        _prior(one, tensors, task, f"{where}: prior {number}", number)
        for number, one in enumerate(priors)
    )
    held = {f"{PREFIX}{n}.{name}" for n, one in enumerate(sources) for name in one.prior.weights}
    if {*tensors} != held:
        odd = sorted({*tensors} ^ held)[0]
        raise BundleError(f"{where}: weights.safetensors: tensor '{odd[:60]}' does not fit.")
    named = tuple(BaselineSource(name, task) for name in baselines)
    return Combination(sources, named, weights)


def _weights(values: object, count: int, where: str) -> tuple[float, ...]:
    check(values, tuple[float, ...], f"{where}: weights")
    assert isinstance(values, list | tuple), "as was checked"
    weights = tuple(float(value) for value in values)
    in_range = all(0 <= weight <= 1 for weight in weights)
    if len(weights) != count or not in_range or abs(sum(weights) - 1) > 1e-3:
        raise BundleError(f"{where}: weights are {weights}; they must be {count} with the sum 1.")
    return weights


def _prior(
    values: object, tensors: Mapping[str, Tensor], task: Task, where: str, number: int
) -> PriorSource:
    """Build a prior, after the name and the shape of every weight was compared."""
    if not isinstance(values, dict):
        raise BundleError(f"{where} is {repr(values)[:60]}, which is not possible.")
    check_keys(values, {"name", "second_season", "design"}, where)
    name, second = values["name"], values["second_season"]
    check(name, str, f"{where}: name")
    check(second, int, f"{where}: second_season")
    design = build(Design, values["design"], where)
    sizes = (design.hidden_size, design.layers, design.head_size)
    possible = design.cell in CELLS and all(0 < size <= MOST_SIZE for size in sizes)
    if not (possible and 0 <= second <= MOST_ROWS):
        raise BundleError(f"{where} is out of range: {design}, second season {second}.")
    wanted = shapes(design)
    for part, shape in wanted.items():
        tensor = tensors.get(f"{PREFIX}{number}.{part}")
        if tensor is None or tensor.shape != shape:
            raise BundleError(f"{where}: weights.safetensors: tensor '{part}' does not fit.")
    weights = {part: tensors[f"{PREFIX}{number}.{part}"] for part in wanted}
    return PriorSource(name, Prior(design, weights, {}), task, second)
