"""A trained ensemble with all it takes to use it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import cast

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast_rnn.calibration import Calibration
from forecast_rnn.config import ModelConfig, Task, check_range
from forecast_rnn.data.calendar import Frequency
from forecast_rnn.data.origins import located
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.neural.batch import Batch, gather, load_table, origin_tensors
from forecast_rnn.neural.classes import NO_CLASSES, Classes, most_probable
from forecast_rnn.neural.covariates import load_beside
from forecast_rnn.neural.crew import side_by_side
from forecast_rnn.neural.encoding import Encoding
from forecast_rnn.neural.heads import COUNTS
from forecast_rnn.neural.heads.base import ValueHead
from forecast_rnn.neural.heads.quantile import normal_score
from forecast_rnn.neural.network import Network
from forecast_rnn.neural.scaling import Scale
from forecast_rnn.neural.transform import Transform
from forecast_rnn.neural.units import Units
from forecast_rnn.tables import forecast_columns, forecast_table

ORIGINS_AT_ONCE = 128
MOST_HIDDEN = 170_000
"""Hidden values of all recurrent steps of so many origins: wide networks get fewer at once."""
PORTION = 1024
"""Origins whose forecasts are made at a time before they are measured or laid out."""
MOST_VALUES = 10_000_000
"""Of more values there are fewer origins at once, which keeps memory small."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """How steps of the horizon hang together, as `forecast_rnn.neural.paths` measures it.

    The correlation of the normal scores of two steps is s + (1 - s) φ^k, k steps apart.

    Attributes:
        share: s, of what all steps have in common.
        decay: φ, of what fades from step to step.
    """

    share: float = 0.0
    decay: float = 0.0

    def __post_init__(self) -> None:
        """Check ranges; raise ConfigError with the value seen."""
        check_range("share", self.share, 0, 0.99)
        check_range("decay", self.decay, -0.99, 0.99)


@dataclass(frozen=True, slots=True)
class Forecaster:
    """Networks alike but for their start, whose forecasts are averaged.

    Attributes:
        schema: The columns of the training data.
        frequency: The spacing of its rows.
        task: What is forecast.
        model: The size of each network.
        transform: The scale on which the networks see the data.
        floor: Least size of a window on that scale.
        encoding: How the networks see covariates and the calendar.
        networks: The ensemble, E.
        dependence: Of the steps of a path.
        calibration: What was measured on rows that training did not see.
        nonnegative: Whether no value trained on was below 0: then no forecast is.
        fallback: Ids of the series that the seasonal naive is to forecast, as it did better;
            None if nobody asked.
        classes: Of the change, where these are forecast.
        rounded: Whether forecasts are rounded to whole numbers, as a user asked for.
    """

    schema: Schema
    frequency: Frequency
    task: Task
    model: ModelConfig
    transform: Transform
    floor: float
    encoding: Encoding
    networks: tuple[Network, ...]
    dependence: Dependence = Dependence()
    calibration: Calibration = field(default_factory=Calibration)
    nonnegative: bool = False
    fallback: tuple[tuple[str, ...], ...] | None = None
    classes: Classes = NO_CLASSES
    rounded: bool = False

    @property
    def parameters(self) -> int:
        """Trained numbers in all networks."""
        return sum(p.numel() for network in self.networks for p in network.parameters())

    @property
    def whole(self) -> bool:
        """Whether forecasts are whole numbers."""
        return self.rounded or self.model.head in COUNTS

    def forecast(self, panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
        """Forecast after each origin.

        Args:
            panel: The series.
            rows: Rows of the last known observations, [B]; nothing after them is read.

        Returns:
            The forecast table of `forecast_rnn.tables`, in the order of `rows`; null
            where the last window of an origin holds no observation.
        """
        each = range(0, max(len(rows), 1), PORTION)
        tables = [self._table(panel, rows[start : start + PORTION]) for start in each]
        return pl.concat(tables, rechunk=False)

    def _table(self, panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
        if self.task.classes:
            values = self.probabilities(panel, rows)
            forecasts = most_probable(values)
        else:
            values = self.quantiles(panel, rows)
            forecasts = values[..., self.task.quantile_levels.index(0.5)]
        columns = forecast_columns(self.task)
        origins = located(panel, rows)
        return forecast_table("network", origins, forecasts, columns=columns, values=values)

    def probabilities(self, panel: Panel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the probabilities of the classes after each origin, [B, H, K]; NaN as `values`."""
        head = self.networks[0].head
        found = np.empty((len(rows), self.task.horizon, self.task.classes))

        def forecast(some: slice, batch: Batch) -> None:
            logs = head.merged(self._parameters(batch)).cpu().double()
            shares = (logs / self.classes.temperature).softmax(dim=-2)
            known = torch.where(batch.seen.cpu()[:, None, None], shares, torch.nan)
            found[some] = known.numpy().transpose(0, 2, 1)

        self._for_crops(panel, rows, self._at_once(), forecast)
        return found

    def quantiles(self, panel: Panel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the quantiles after each origin in the data's units, [B, H, Q]."""
        scores = np.array([normal_score(level) for level in self.task.quantile_levels])
        shape = (1, len(scores), self.task.horizon)
        values = self.values(panel, rows, np.broadcast_to(scores[:, None], shape))
        values.sort(axis=1)  # intervals that were calibrated apart may overtake each other
        return values.transpose(0, 2, 1)

    def values(
        self, panel: Panel, rows: NDArray[np.int64], scores: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the quantiles at any levels, each given by its normal score.

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: [B, N, H], or [1, N, H] where they are the same for all origins.

        Returns:
            [B, N, H]; NaN where the last window of an origin holds no observation.
        """
        found = np.empty((len(rows), *scores.shape[1:]))
        scores = np.concatenate([scores, np.zeros_like(scores[:, :1])], axis=1)
        at_once = max(1, min(self._at_once(), MOST_VALUES // scores[0].size))

        def forecast(some: slice, batch: Batch) -> None:
            theirs = scores if len(scores) == 1 else scores[some]
            level = batch.scale.level
            asked = torch.tensor(theirs, dtype=level.dtype, device=level.device)
            values = self._restored(batch, asked).cpu().double().numpy()
            found[some] = self.calibration.corrected(values[:, :-1], values[:, -1], theirs[:, :-1])

        self._for_crops(panel, rows, at_once, forecast)
        if self.whole:
            np.rint(found, out=found)
        bounded = self._bounded(panel, rows)[:, None, None]
        return np.maximum(found, 0, out=found, where=bounded)

    def _at_once(self) -> int:
        """Return a power of two, by which the last digit does not depend on how many it is."""
        each = self.model.context_steps * self.model.hidden_size
        most = max(1, min(ORIGINS_AT_ONCE, MOST_HIDDEN // each))
        return 1 << (most.bit_length() - 1)

    def _bounded(self, panel: Panel, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which origins have forecasts from 0 on: no value up to them was below 0, [B].

        Where all series are of one kind, a value below 0 in any of them tells that there are.
        """
        several = panel.schema.wide or bool(panel.schema.targets)
        if not (self.nonnegative or several):
            return np.zeros(len(rows), dtype=np.bool_)
        negative = panel.values < 0
        if not negative.any():
            return np.ones(len(rows), dtype=np.bool_)
        below = np.append(0, np.cumsum(negative))
        none: NDArray[np.bool_] = below[rows + 1] == below[panel.indptr[panel.item_of(rows)]]
        return none

    def _for_crops(
        self,
        panel: Panel,
        rows: NDArray[np.int64],
        at_once: int,
        forecast: Callable[[slice, Batch], None],
    ) -> None:
        """Cut the crops that end at the origins, so many at once, and forecast them.

        Crops are forecast side by side, and each batch by itself, so that the last digit does
        not depend on the number of threads.
        """
        device = next(self.networks[0].parameters()).device
        beside = load_beside(panel, self.encoding, self.task.horizon, device)
        table = load_table(panel, self.transform, self.floor, device, beside)
        table = replace(table, edges=self.classes.tensor(table.values))
        items, places = origin_tensors(panel, rows, device)

        @torch.no_grad()
        def crop(start: int, _: Event) -> None:
            some = slice(start, start + at_once)
            batch = gather(table, items[some], places[some], model=self.model, task=self.task)
            forecast(some, batch)

        jobs = [partial(crop, start) for start in range(0, len(rows), at_once)]
        if jobs:
            side_by_side(jobs, torch.get_num_threads())

    def _parameters(self, batch: Batch) -> Tensor:
        """Return the parameters after the last step, [E, B, P, H]."""
        return torch.stack([network.last(batch) for network in self.networks])

    def _restored(self, batch: Batch, scores: Tensor) -> Tensor:
        """Join the networks' last steps and take quantiles of them, [B, N, H].

        A crop that never moved is forecast as the constant it is.
        """
        head = self.networks[0].head
        scale = Scale(batch.scale.level[:, -1:], batch.scale.size[:, -1:])
        units = Units(scale, self.transform)
        moving, known = batch.windows.flatten(1).abs().amax(1) != 0, batch.seen
        merged = head.merged(self._parameters(batch))
        values = cast("ValueHead", head).quantiles(merged, scores, units)
        values = torch.where(moving[:, None, None], values, units.restore(torch.zeros_like(values)))
        return torch.where(known[:, None, None], values, torch.nan)
