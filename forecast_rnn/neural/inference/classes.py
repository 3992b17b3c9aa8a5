"""Classes of the change since an origin: where they begin, and how often each comes true."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.outcomes import outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.errors import ConfigError, DataError, check_range
from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.neural.network.batch import Batch, Table, gather, load_table, origin_tensors
from forecast_rnn.neural.scaling.transform import Transform

MOST_ORIGINS = 10_000
"""Rows that edges and shares are measured on, drawn from all."""
LEAST, MOST = 0.5, 8.0
TEMPERATURES = np.geomspace(LEAST, MOST, 129)
ORIGINS_AT_ONCE = 4096
DIGITS = 6

Rows = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Classes:
    """Where the classes of the change begin, and how often each came true in training.

    The change is y(T+h) - y(T), y(T) being the last value known at the origin T, on the
    network's scale (logarithms where that has them) and in sizes of the window that ends at T.
    Class k of 1 … K has the changes above edge k - 1, up to and with edge k. Of two classes
    the edge is 0: `up` is above the last value, `down` is not, so that no change is `down`.

    Attributes:
        edges: Increasing, [K - 1]; empty where values are forecast.
        shares: Share of each class at each step, K numbers for each of H steps.
        temperature: By what log probabilities are divided before they make up 1 again.
    """

    edges: tuple[float, ...] = ()
    shares: tuple[tuple[float, ...], ...] = ()
    temperature: float = 1.0

    def __post_init__(self) -> None:
        """Check ranges; raise ConfigError with the value seen."""
        check_range("temperature", self.temperature, LEAST, MOST)
        if not all(low < high for low, high in pairwise((-math.inf, *self.edges, math.inf))):
            raise ConfigError(f"the edges {self.edges} of the classes must increase.")
        for shares in self.shares:
            if not (all(share > 0 for share in shares) and abs(sum(shares) - 1) < 1e-3):
                raise ConfigError(f"the shares {shares} of the classes must sum to 1.")

    def tensor(self, like: Tensor) -> Tensor | None:
        """Return the edges as a tensor of the type and on the device of another, or None."""
        return like.new_tensor(self.edges) if self.edges else None


NO_CLASSES = Classes()


def fit_classes(
    panel: Panel, transform: Transform, floor: float, model: ModelConfig, task: Task
) -> Classes:
    """Measure classes on the rows of a panel: edges such that each has an equal share.

    They are quantiles of all changes, whatever the step, so a class means the same at every
    step. To its count each class of a step gets one more, which no share can do without
    (Laplace's rule of succession).

    Raises:
        DataError: so many changes are equal that there are fewer classes.
    """
    rows = np.arange(len(panel.values))
    if len(rows) > MOST_ORIGINS:
        drawn = np.random.Generator(np.random.PCG64(0)).choice(rows, MOST_ORIGINS, replace=False)
        rows = np.sort(drawn)
    table = load_table(panel, transform, floor, torch.device("cpu"))
    actual = outcomes(panel, rows, task.horizon)
    measured = changes(table, panel, rows, actual, model=model, task=task)
    edges = _edges(measured[~np.isnan(measured)], task.classes)
    number = numbered(measured, edges)
    counts = np.stack([(number == k).sum(axis=0) for k in range(1, task.classes + 1)], axis=1) + 1.0
    shares = np.round(counts / counts.sum(axis=1, keepdims=True), DIGITS)
    return Classes(edges, tuple(tuple(map(float, row)) for row in shares))


def tempered(classes: Classes, *odds: ConformityScores) -> Classes:
    """Give probabilities the temperature that suits rows which training did not see.

    The one with the least log loss, Guo et al. (2017), https://arxiv.org/abs/1706.04599,
    section 4.2; the fewer windows there are, the closer it stays to 1, as in
    `forecast_rnn.evaluation.calibration.calibrate`. The most probable class stays what it is.

    Args:
        classes: Of the forecasts, with the temperature 1.
        odds: How probable classes were, as `forecast_rnn.neural.inference.direction` measures it.
    """
    logs = np.concatenate([one.values.reshape(-1, one.values.shape[-1]) for one in odds])
    logs = logs[~np.isnan(logs).any(axis=1)].astype(np.float64)
    if not len(logs):
        return classes
    losses = []
    for temperature in TEMPERATURES:
        cooled = logs / temperature
        losses.append((np.logaddexp.reduce(cooled, axis=1) - cooled[:, 0]).mean())
    windows = sum(one.windows for one in odds)
    best = float(TEMPERATURES[int(np.argmin(losses))]) ** (windows / (windows + 1))
    return replace(classes, temperature=round(best, 4))


def changes(
    table: Table, panel: Panel, rows: Rows, values: Values, *, model: ModelConfig, task: Task
) -> Values:
    """Return the changes that values after origins are, [B, H]; NaN where that is undefined.

    Args:
        table: The panel on the CPU, without covariates.
        panel: The series; nothing after an origin is read.
        rows: Origins, [B].
        values: In the data's units, [B, H].
        model: Gives the window.
        task: Gives H and the season.
    """
    table, model = replace(table, edges=table.values.new_empty(0)), replace(model, context_steps=1)
    items, places = origin_tensors(panel, rows, table.values.device)
    measured = np.empty(values.shape)
    for start in range(0, len(rows), ORIGINS_AT_ONCE):
        part = slice(start, start + ORIGINS_AT_ONCE)
        batch = gather(table, items[part], places[part], model=model, task=task)
        measured[part] = _changes(table.transform, batch, values[part])
    return measured


def _changes(transform: Transform, batch: Batch, values: Values) -> Values:
    assert batch.last is not None
    mapped = transform.forward(torch.from_numpy(values)).numpy()
    # Below what has a logarithm is below all that has one.
    mapped = np.where(np.isnan(mapped) & ~np.isnan(values), -math.inf, mapped)
    sizes = batch.scale.change(torch.from_numpy(mapped)[:, None], batch.last)[:, 0].numpy()
    return np.where(batch.seen.numpy()[:, None], sizes, math.nan)


def numbered(changes: Values, edges: tuple[float, ...]) -> Values:
    """Return the number of the class of each change, from 1; NaN stays."""
    number = np.searchsorted(edges, changes) + 1.0
    return np.where(np.isnan(changes), math.nan, number)


def most_probable(probabilities: Values) -> Values:
    """Return the number of the most probable class, the first of equals, [..., K] -> [...]."""
    number = np.argmax(probabilities, axis=-1) + 1.0
    return np.where(np.isnan(probabilities).any(axis=-1), math.nan, number)


def _edges(changes: Values, classes: int) -> tuple[float, ...]:
    """Return the edges of classes of an equal share; 0 between two."""
    if classes == 2:
        return (0.0,)
    levels = np.arange(1, classes) / classes
    edges = np.quantile(changes, levels) if len(changes) else np.zeros(classes - 1)
    if (np.diff(edges) <= 0).any() or (len(changes) and edges[-1] >= changes.max()):
        distinct = len(np.unique(edges))
        raise DataError(
            f"the changes in the data do not make {classes} classes of an equal share: too many "
            f"are equal, and only {distinct} of the {classes - 1} edges differ. "
            "Pass fewer --classes; two always work."
        )
    return tuple(map(float, edges))
