"""A trained ensemble with all it takes to use it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import cast

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.origins import located
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.errors import ConfigError
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.bounds import never_negative
from forecast_rnn.forecasting.combination import NETWORKS_ALONE, Combination
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.kinds import CLASSES, VALUES
from forecast_rnn.neural.heads import COUNTS
from forecast_rnn.neural.heads.base import ValueHead
from forecast_rnn.neural.heads.quantile import normal_score
from forecast_rnn.neural.inference.asked import Points, Series
from forecast_rnn.neural.inference.classes import NO_CLASSES, Classes
from forecast_rnn.neural.inference.points import POINTS
from forecast_rnn.neural.inference.states import Memory
from forecast_rnn.neural.inference.streaming import STEPS_AT_ONCE, Reader, Reading
from forecast_rnn.neural.network.batch import Table, load_table, origin_tensors
from forecast_rnn.neural.network.covariates import load_beside
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.network import Network
from forecast_rnn.neural.parallel import side_by_side
from forecast_rnn.neural.runtime import torch_set
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.tables import forecast_columns, forecast_table

PORTION = 1024
"""Origins whose forecasts are made at a time before they are measured or laid out."""
MOST_VALUES = 10_000_000
"""Of more values there are fewer origins at once, which keeps memory small."""


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
        combination: Priors and baselines whose mean with the networks is the forecast; none of them
            for the networks alone.
        threads: Of the processor; None for as many as torch is set to.
    """

    schema: Schema
    frequency: Frequency
    task: Task
    model: ModelConfig
    transform: Transform
    floor: float
    encoding: Encoding
    networks: tuple[Network, ...]
    dependence: Dependence = field(default_factory=Dependence)
    calibration: Calibration = field(default_factory=Calibration)
    nonnegative: bool = False
    fallback: tuple[tuple[str, ...], ...] | None = None
    classes: Classes = NO_CLASSES
    rounded: bool = False
    combination: Combination = NETWORKS_ALONE
    threads: int | None = field(default=None, compare=False)

    @property
    def parameters(self) -> int:
        """Trained numbers in all networks, of priors as well."""
        in_networks = sum(p.numel() for network in self.networks for p in network.parameters())
        return in_networks + self.combination.parameters

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return next(self.networks[0].parameters()).device

    @property
    def whole(self) -> bool:
        """Whether forecasts are whole numbers."""
        return self.rounded or self.model.head in COUNTS

    def forecast(
        self, panel: Panel, rows: NDArray[np.int64], memory: Memory | None = None
    ) -> pl.DataFrame:
        """Forecast after each origin.

        Args:
            panel: The series.
            rows: Rows of the last known observations, [B]; nothing after them is read.
            memory: What `remember` returned for this very panel, whose last rows are then
                forecast without reading them again; None reads them.

        Returns:
            The forecast table of `forecast_rnn.tables`, in the order of `rows`; null
            where the last window of an origin holds no observation.
        """
        columns, tables = forecast_columns(self.task), []
        for batch, values in self.portions(panel, rows, memory):
            forecasts = POINTS[self.task.kind](values, self.task)
            origins = located(panel, batch)
            table = forecast_table("network", origins, forecasts, columns=columns, values=values)
            tables.append(table)
        return pl.concat(tables, rechunk=False)

    def portions(
        self, panel: Panel, rows: NDArray[np.int64], memory: Memory | None = None
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Yield some origins at a time, with their quantiles, or probabilities.

        All of them together may take more memory than what comes of them. The arguments are
        those of `forecast`.
        """
        series = self._series(panel, memory)
        forecast = {VALUES: self._quantiles, CLASSES: self._probabilities}[self.task.kind]
        points = self.combination.points(panel, rows)  # which learn up to the first of all origins
        for start in range(0, max(len(rows), 1), PORTION):
            batch = slice(start, start + PORTION)
            yield rows[batch], forecast(series, rows[batch], [point[batch] for point in points])

    def probabilities(self, panel: Panel, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the probabilities of the classes after each origin, [B, H, K]; NaN as `values`."""
        return self._probabilities(self._series(panel), rows)

    def _probabilities(
        self, series: Series, rows: NDArray[np.int64], _: Points = None
    ) -> NDArray[np.float64]:
        head = self.networks[0].head
        forecasts = np.empty((len(rows), self.task.horizon, self.task.classes))

        def forecast(batch: NDArray[np.int64], reading: Reading) -> None:
            logs = head.merged(reading.parameters).cpu().double()
            shares = (logs / self.classes.temperature).softmax(dim=-2)
            known = torch.where(reading.seen.cpu()[:, None, None], shares, torch.nan)
            forecasts[batch] = known.numpy().transpose(0, 2, 1)

        self._for_crops(series, rows, forecast)
        return forecasts

    def quantiles(
        self, panel: Panel, rows: NDArray[np.int64], memory: Memory | None = None
    ) -> NDArray[np.float64]:
        """Return the quantiles after each origin in the data's units, [B, H, Q].

        The arguments are those of `forecast`.
        """
        return self._quantiles(self._series(panel, memory), rows)

    def _quantiles(
        self, series: Series, rows: NDArray[np.int64], points: Points = None
    ) -> NDArray[np.float64]:
        scores = np.array([normal_score(level) for level in self.task.quantile_levels])
        values = self._values(series, rows, scores[None, :, None], points)
        if (values[:, 1:] < values[:, :-1]).any():
            values.sort(axis=1)  # intervals that were calibrated apart may overtake each other
        return values.transpose(0, 2, 1)

    def values(
        self,
        panel: Panel,
        rows: NDArray[np.int64],
        scores: NDArray[np.float64],
        memory: Memory | None = None,
    ) -> NDArray[np.float64]:
        """Return the quantiles at any levels, each given by its normal score.

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: [B, N, H], or [1, N, 1] where they are the same for all origins and steps.
            memory: As in `forecast`.

        Returns:
            [B, N, H]; NaN where the last window of an origin holds no observation.
        """
        return self._values(self._series(panel, memory), rows, scores)

    def _values(
        self,
        series: Series,
        rows: NDArray[np.int64],
        scores: NDArray[np.float64],
        points: Points = None,
    ) -> NDArray[np.float64]:
        head = cast("ValueHead", self.networks[0].head)
        # The median as well, from which calibration measures.
        scores = np.concatenate([scores, np.zeros_like(scores[:, :1])], axis=1)
        forecasts = np.empty((len(rows), scores.shape[1], self.task.horizon))

        def forecast(batch: NDArray[np.int64], reading: Reading) -> None:
            theirs = scores if len(scores) == 1 else scores[batch]
            level = reading.scale.level
            asked = torch.tensor(theirs, dtype=level.dtype, device=level.device)
            forecasts[batch] = reading.quantiles(head, self.transform, asked).cpu().double().numpy()

        most = MOST_VALUES // (forecasts.shape[1] * forecasts.shape[2])
        self._for_crops(series, rows, forecast, most=max(1, most))
        forecasts = self.combination.values(series.panel, rows, scores, [forecasts], points)
        forecasts = self.calibration.corrected(forecasts[:, :-1], forecasts[:, -1], scores[:, :-1])
        if self.whole:
            np.rint(forecasts, out=forecasts)
        bounded = never_negative(series.panel, rows, at_training=self.nonnegative)
        where = True if bounded.all() else bounded[:, None, None]  # a mask costs several times that
        return np.maximum(forecasts, 0, out=forecasts, where=where)

    def _for_crops(
        self,
        series: Series,
        rows: NDArray[np.int64],
        forecast: Callable[[NDArray[np.int64], Reading], None],
        *,
        most: int = MOST_VALUES,
    ) -> None:
        """Read up to the origins, at most so many at once, and forecast.

        Crops are read side by side, and each batch by itself, so that the last digit does
        not depend on the number of threads.
        """
        # In whichever order they are asked for: others of a batch may tell in the last digit.
        order = np.argsort(rows, kind="stable")
        table, memory, reader = series.table, series.memory, self.reader
        items, places = origin_tensors(series.panel, rows[order], table.first.device)
        read, at_once = reader.read, reader.crops_at_once
        if memory is not None and memory.ends_at(items, places - table.first[items]):
            read, at_once = partial(reader.recall, memory), STEPS_AT_ONCE
        at_once = min(at_once, most)

        @torch.no_grad()
        def crop(start: int, _: Event) -> None:
            batch = slice(start, start + at_once)
            forecast(order[batch], read(table, items[batch], places[batch]))

        jobs = [partial(crop, start) for start in range(0, len(rows), at_once)]
        with self._at_work():
            side_by_side(jobs, torch.get_num_threads())

    @property
    def reader(self) -> Reader:
        """The networks, by which series are read."""
        return Reader(self.networks, self.model, self.task)

    def remember(self, panel: Panel, memory: Memory | None = None) -> Memory:
        """Return what the networks know of series after their last rows.

        Args:
            panel: The series.
            memory: Of these very series when they had fewer rows: only those that came after
                are read. None reads them all.

        Raises:
            ConfigError: the networks look back at more than a state.
        """
        if not self.reader.goes_on:
            raise ConfigError(
                "a network with attention or dilation has to read its whole context for each "
                "forecast and keeps no state; use predict, or train one without."
            )
        table, reader = self._table(panel), self.reader
        with self._at_work():
            return reader.remember(table) if memory is None else reader.go_on(memory, table)

    def _at_work(self) -> AbstractContextManager[None]:
        return torch_set(self.threads, self.device, self.model.hidden_size)

    def _series(self, panel: Panel, memory: Memory | None = None) -> Series:
        return Series(panel, self._table(panel), memory)

    def _table(self, panel: Panel) -> Table:
        """Put a panel on the device of the networks."""
        beside = load_beside(panel, self.encoding, self.task.horizon, self.device)
        table = load_table(panel, self.transform, self.floor, self.device, beside)
        return replace(table, edges=self.classes.tensor(table.values))
