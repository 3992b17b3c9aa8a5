"""What a model, a backtest and a bundle ask of whatever makes forecasts.

Trained networks and a prior that was not trained on the data both answer to it, so that nobody
who uses a forecaster has to know which of the two it is.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.config import Task
from forecast_rnn.data.panels.newdata import Domain
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.evaluation.calibration import Calibration

if TYPE_CHECKING:
    from forecast_rnn.forecasting.dependence import Dependence

Rows = NDArray[np.int64]
Values = NDArray[np.float64]


class Vocabulary(Protocol):
    """The columns that a forecaster reads, and the names that they held when it came about.

    Attributes:
        known: Columns known into the future.
        categorical: The columns, C.
        names: Of each, [C].
    """

    @property
    def known(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def categorical(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def names(self) -> tuple[tuple[str, ...], ...]: ...  # noqa: D102


class Reach(Protocol):
    """How much of a series is looked at.

    Attributes:
        window_length: Rows that have to hold a value for a forecast.
    """

    @property
    def window_length(self) -> int: ...  # noqa: D102


class AnyForecaster(Protocol):
    """A frozen dataclass that forecasts the rows after any rows of series.

    Attributes:
        schema: The columns of the data that it knows.
        frequency: The spacing of their rows.
        task: What is forecast.
        dependence: Of the steps of a path.
        calibration: What was measured on held-back rows.
        fallback: Ids of the series that the seasonal naive is to forecast; None if nobody asked.
        encoding: Which names of covariates it knows.
        transform: Which values it can take.
        model: How much of a series it has to see.
        parameters: Trained numbers.
        whole: Whether forecasts are whole numbers.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def schema(self) -> Schema: ...  # noqa: D102

    @property
    def frequency(self) -> Frequency: ...  # noqa: D102

    @property
    def task(self) -> Task: ...  # noqa: D102

    @property
    def dependence(self) -> "Dependence": ...  # noqa: D102

    @property
    def calibration(self) -> Calibration: ...  # noqa: D102

    @property
    def fallback(self) -> tuple[tuple[str, ...], ...] | None: ...  # noqa: D102

    @property
    def encoding(self) -> Vocabulary: ...  # noqa: D102

    @property
    def transform(self) -> Domain: ...  # noqa: D102

    @property
    def model(self) -> Reach: ...  # noqa: D102

    @property
    def parameters(self) -> int: ...  # noqa: D102

    @property
    def whole(self) -> bool: ...  # noqa: D102

    def forecast(self, panel: Panel, rows: Rows, memory: Any = None) -> pl.DataFrame:
        """Return the forecast table after origins; null where there is no forecast."""

    def portions(
        self, panel: Panel, rows: Rows, memory: Any = None
    ) -> Iterator[tuple[Rows, Values]]:
        """Yield some origins at a time, with their quantiles or probabilities."""

    def values(self, panel: Panel, rows: Rows, scores: Values, memory: Any = None) -> Values:
        """Return quantiles at levels that are given by normal scores, [B, N, H]."""

    def remember(self, panel: Panel, memory: Any = None) -> Any:
        """Return what is known of series after their last rows; None if nothing is kept."""


class AnyTested(Protocol):
    """A forecaster whose forecasts of held-back rows are judged.

    Attributes:
        forecaster: Knows nothing of these rows; None if no rows can be held back.
        rows: Origins of the backtest, [B].
    """

    @property
    def forecaster(self) -> AnyForecaster | None: ...  # noqa: D102

    @property
    def rows(self) -> Rows: ...  # noqa: D102
