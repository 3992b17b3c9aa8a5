"""What can be combined: a prior, and baselines."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.levels import at_scores
from forecast_rnn.prior.design import QUANTILE_LEVELS
from forecast_rnn.prior.weights import Prior
from forecast_rnn.prior.zeroshot import Flat, forecast_quantiles
from forecast_rnn.tables import FORECAST

Rows = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PriorSource:
    """A prior, as it is shipped or fine-tuned.

    Attributes:
        name: What people are told it is.
        prior: The network.
        task: Horizon and season.
        second_season: Rows in a longer season, 0 for none.
    """

    name: str
    prior: Prior = field(repr=False)
    task: Task
    second_season: int = 0

    @property
    def parameters(self) -> int:
        """Trained numbers."""
        return sum(part.size for part in self.prior.weights.values())

    def values(self, panel: Panel, rows: Rows, scores: Values) -> Values:
        """Return quantiles after origins, in the units of the data.

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: Normal scores of the levels, [B, N, H], [1, N, H] or [1, N, 1].

        Returns:
            [B, N, H]; NaN where nothing is observed up to the origin.
        """
        from threadpoolctl import threadpool_limits

        task = self.task
        series = Flat(panel.values, panel.indptr, task.season_length, self.second_season)
        # One thread, as sums over several differ in the last digit from machine to machine.
        with threadpool_limits(limits=1):
            quantiles = forecast_quantiles(
                self.prior, series, _telling(panel, rows), horizon=task.horizon
            )
        return at_scores(quantiles, QUANTILE_LEVELS, scores)


def _telling(panel: Panel, rows: Rows) -> Rows:
    """Return origins, those up to which one value is known moved back to that value, [B].

    The rows after a lone value say nothing of it; read as a run of equal values they would make
    the forecast sure of itself.
    """
    known = np.append(0, np.cumsum(np.isfinite(panel.values)))
    before = known[panel.indptr[panel.item_of(rows)]]
    lone = known[rows + 1] - before == 1
    if not lone.any():
        return rows
    return np.where(lone, np.searchsorted(known, before + 1) - 1, rows)


@dataclass(frozen=True, slots=True)
class BaselineSource:
    """A baseline, which has medians alone.

    Attributes:
        name: One of `BASELINES`.
        task: Horizon and season.
    """

    name: str
    task: Task

    def medians(self, panel: Panel, rows: Rows) -> Values:
        """Return medians after origins, [B, H]; NaN where there is no forecast.

        All origins at once, for what learns of the series does so up to the first of them.
        """
        table = baseline_table(self.name, panel, rows, task=self.task)
        median = table[FORECAST].cast(float).fill_null(np.nan).to_numpy()
        return median.reshape(len(rows), self.task.horizon).astype(np.float64)
