"""A forecaster that was not trained on the data: a prior and baselines, weighed and calibrated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import polars as pl

from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import located
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.evaluation.calibration import Calibration
from forecast_rnn.forecasting.bounds import never_negative
from forecast_rnn.forecasting.combination import Combination
from forecast_rnn.forecasting.dependence import Dependence
from forecast_rnn.forecasting.protocol import Rows, Values
from forecast_rnn.tables import forecast_columns, forecast_table

PORTION = 1024
"""Origins that are forecast at a time."""
MOST_VALUES = 4_000_000
"""Of more values of a source there are fewer origins at once, which keeps memory small."""


@dataclass(frozen=True, slots=True)
class NoNames:
    """No column beside the target is read."""

    known: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class AnyValue:
    """All values can be taken."""

    name: str = "identity"

    def outside(self, values: Values) -> int:
        """Return how many values cannot be taken: none."""
        return 0


@dataclass(frozen=True, slots=True)
class AnyLength:
    """One value is enough for a forecast."""

    window_length: int = 1


@dataclass(frozen=True, slots=True)
class ZeroShot:
    """What it takes to forecast without training.

    Attributes:
        schema: The columns of the data that sources were weighed on.
        frequency: The spacing of their rows.
        task: What is forecast, values always.
        combination: The sources and their weights.
        dependence: Of the steps of a path.
        calibration: What was measured on held-back rows.
        nonnegative: Whether no value of those data was below 0: then no forecast is.
        fallback: Ids of the series that the seasonal naive is to forecast, as it did better;
            None if nobody asked.
        rounded: Whether forecasts are rounded to whole numbers.
    """

    schema: Schema
    frequency: Frequency
    task: Task
    combination: Combination
    dependence: Dependence = field(default_factory=Dependence)
    calibration: Calibration = field(default_factory=Calibration)
    nonnegative: bool = False
    fallback: tuple[tuple[str, ...], ...] | None = None
    rounded: bool = False

    @property
    def parameters(self) -> int:
        """Trained numbers of the prior."""
        return self.combination.parameters

    @property
    def whole(self) -> bool:
        """Whether forecasts are whole numbers."""
        return self.rounded

    @property
    def encoding(self) -> NoNames:
        """Which names of covariates are known."""
        return NoNames()

    @property
    def transform(self) -> AnyValue:
        """Which values can be taken."""
        return AnyValue()

    @property
    def model(self) -> AnyLength:
        """How much of a series has to be seen."""
        return AnyLength()

    def forecast(self, panel: Panel, rows: Rows, memory: None = None) -> pl.DataFrame:
        """Forecast after each origin.

        Args:
            panel: The series.
            rows: Rows of the last known observations, [B]; nothing after them is read.
            memory: Nothing is kept.

        Returns:
            The forecast table of `forecast_rnn.tables`, in the order of `rows`; null where
            nothing is observed up to the origin.
        """
        columns, tables = forecast_columns(self.task), []
        median = self.task.quantile_levels.index(0.5)
        for portion, values in self.portions(panel, rows):
            origins, points = located(panel, portion), values[..., median]
            tables.append(
                forecast_table("network", origins, points, columns=columns, values=values)
            )
        return pl.concat(tables, rechunk=False)

    def portions(
        self, panel: Panel, rows: Rows, memory: None = None
    ) -> Iterator[tuple[Rows, Values]]:
        """Yield some origins at a time, with their quantiles, [B, H, Q]; see `forecast`."""
        scores = normal_scores(self.task.quantile_levels)
        for part, values in self._portions(panel, rows, scores):
            if (values[:, 1:] < values[:, :-1]).any():
                values.sort(axis=1)  # intervals that were calibrated apart may overtake each other
            yield rows[part], values.transpose(0, 2, 1)

    def values(self, panel: Panel, rows: Rows, scores: Values, memory: None = None) -> Values:
        """Return the quantiles at any levels, each given by its normal score.

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: [B, N, H], or with a 1 for B or H where they are the same for all.
            memory: Nothing is kept.

        Returns:
            [B, N, H]; NaN where nothing is observed up to the origin.
        """
        forecasts = np.empty((len(rows), scores.shape[1], self.task.horizon))
        for part, values in self._portions(panel, rows, scores):
            forecasts[part] = values
        return forecasts

    def remember(self, panel: Panel, memory: None = None) -> None:
        """Return what is known after the last rows: nothing, as the series are read anew."""

    def _portions(self, panel: Panel, rows: Rows, scores: Values) -> Iterator[tuple[slice, Values]]:
        """Yield which origins, and their quantiles [B, N, H]; at least one portion."""
        scores = np.concatenate([scores, np.zeros_like(scores[:, :1])], axis=1)
        points = self.combination.points(panel, rows)
        bounded = never_negative(panel, rows, at_training=self.nonnegative)
        at_once = max(1, min(PORTION, MOST_VALUES // (scores.shape[1] * self.task.horizon)))
        for start in range(0, max(len(rows), 1), at_once):
            part = slice(start, start + at_once)
            theirs = scores if len(scores) == 1 else scores[part]
            values = self._values(panel, rows[part], theirs, [each[part] for each in points])
            lowest = np.where(bounded[part], 0.0, -np.inf)[:, None, None]
            yield part, np.maximum(values, lowest)

    def _values(self, panel: Panel, rows: Rows, scores: Values, points: Sequence[Values]) -> Values:
        """Return quantiles as they are calibrated and rounded; the last of the scores is 0."""
        values = self.combination.values(panel, rows, scores, points=points)
        forecasts = self.calibration.corrected(values[:, :-1], values[:, -1], scores[:, :-1])
        return np.rint(forecasts) if self.whole else forecasts


def normal_scores(levels: Sequence[float]) -> Values:
    """Return the normal scores of levels for all forecasts and steps, [1, Q, 1]."""
    scores = [NormalDist().inv_cdf(level) for level in levels]
    return np.array(scores)[None, :, None]
