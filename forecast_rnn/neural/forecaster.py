"""A trained ensemble with all it takes to use it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.calendar import Frequency
from forecast_rnn.data.origins import located
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.neural.batch import Batch, Table, gather, load_table, origin_tensors
from forecast_rnn.neural.covariates import load_beside
from forecast_rnn.neural.encoding import Encoding
from forecast_rnn.neural.network import Network
from forecast_rnn.neural.scaling import Scale
from forecast_rnn.neural.transform import Transform
from forecast_rnn.tables import forecast_table

ORIGINS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Forecaster:
    """Networks alike but for their start, whose quantiles are averaged.

    Attributes:
        schema: The columns of the training data.
        frequency: The spacing of its rows.
        task: What is forecast.
        model: The size of each network.
        transform: The scale on which the networks see the data.
        floor: Least size of a window on that scale.
        encoding: How the networks see covariates and the calendar.
        networks: The ensemble, E.
    """

    schema: Schema
    frequency: Frequency
    task: Task
    model: ModelConfig
    transform: Transform
    floor: float
    encoding: Encoding
    networks: tuple[Network, ...]

    @property
    def parameters(self) -> int:
        """Trained numbers in all networks."""
        return sum(p.numel() for network in self.networks for p in network.parameters())

    def forecast(self, panel: Panel, rows: NDArray[np.int64]) -> pl.DataFrame:
        """Forecast after each origin.

        Args:
            panel: The series.
            rows: Rows of the last known observations, [B]; nothing after them is read.

        Returns:
            The forecast table of `forecast_rnn.tables`, in the order of `rows`; null
            where the last window of an origin holds no observation.
        """
        quantiles = self.quantiles(panel, rows)
        levels = self.task.quantile_levels
        return forecast_table(
            "network",
            located(panel, rows),
            quantiles[..., levels.index(0.5)],
            levels=levels,
            quantiles=quantiles,
        )

    def quantiles(self, panel: Panel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the quantiles after each origin in the data's units, [B, H, Q]."""
        device = next(self.networks[0].parameters()).device
        beside = load_beside(panel, self.encoding, self.task.horizon, device)
        table = load_table(panel, self.transform, self.floor, device, beside)
        parts = [
            self._restored(batch, table)
            for batch in self._batches(table, *origin_tensors(panel, rows, device))
        ]
        if not parts:
            return np.empty((0, self.task.horizon, len(self.task.quantile_levels)))
        return torch.cat(parts).cpu().double().numpy()

    def _batches(self, table: Table, items: Tensor, rows: Tensor) -> Iterator[Batch]:
        for start in range(0, len(rows), ORIGINS_AT_ONCE):
            some = slice(start, start + ORIGINS_AT_ONCE)
            yield gather(table, items[some], rows[some], model=self.model, task=self.task)

    @torch.no_grad()
    def _restored(self, batch: Batch, table: Table) -> Tensor:
        """Average the networks' last steps and map them back, [B, H, Q].

        A crop that never moved is forecast as the constant it is.
        """
        normal = torch.stack([network(batch)[:, -1] for network in self.networks])
        mean = normal.sort(dim=2).values.mean(0).transpose(1, 2)
        scale = Scale(batch.scale.level[:, -1:], batch.scale.size[:, -1:])
        moving = (batch.windows != 0).flatten(1).any(1)[:, None, None]
        restored = scale.restore(torch.where(moving, mean, 0))
        known = batch.seen[:, None, None]
        return torch.where(known, self.transform.inverse(restored), torch.nan)
