"""Several sources of forecasts and the weights by which they count."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.outcomes import error_scales, outcomes
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.combination import best_weights, combined, with_intervals
from forecast_rnn.forecasting.sources import BaselineSource, PriorSource

Rows = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combination:
    """What is combined: networks, if there are any, then priors, then baselines.

    Attributes:
        priors: Sources with intervals, P.
        baselines: Sources without any, which take those of the others, K.
        weights: Of the networks, if there are any, then of `priors` and of `baselines`.
    """

    priors: tuple[PriorSource, ...] = ()
    baselines: tuple[BaselineSource, ...] = ()
    weights: tuple[float, ...] = (1.0,)

    def __bool__(self) -> bool:
        """Tell whether there is anything beside the networks."""
        return bool(self.priors or self.baselines)

    @property
    def parameters(self) -> int:
        """Trained numbers of all priors."""
        return sum(source.parameters for source in self.priors)

    @property
    def names(self) -> list[str]:
        """What people are told the sources beside the networks are."""
        return [
            *(source.name for source in self.priors),
            *(source.name for source in self.baselines),
        ]

    def points(self, panel: Panel, rows: Rows) -> list[Values]:
        """Return the medians of each baseline after origins, [B, H]."""
        return [source.medians(panel, rows) for source in self.baselines]

    def parts(
        self,
        panel: Panel,
        rows: Rows,
        scores: Values,
        networks: Sequence[Values] = (),
        points: Sequence[Values] | None = None,
    ) -> list[Values]:
        """Return the forecast of each source in the order of the weights, [B, N, H].

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: Normal scores of the levels, the last one 0, [B, N, H], [1, N, H] or [1, N, 1].
            networks: Of the networks at these scores, [B, N, H], if there are any.
            points: What `points` returned of these origins; None asks for it. Who asks for the
                parts of some origins at a time asks for the points of all beforehand.
        """
        whole = [*networks, *(source.values(panel, rows, scores) for source in self.priors)]
        points = self.points(panel, rows) if points is None else points
        return [*whole, *(with_intervals(point, whole) for point in points)]

    def values(
        self,
        panel: Panel,
        rows: Rows,
        scores: Values,
        networks: Sequence[Values] = (),
        points: Sequence[Values] | None = None,
    ) -> Values:
        """Return the weighted mean of the sources, [B, N, H]; arguments are those of `parts`."""
        if not self and networks:
            return networks[0]
        return combined(self.parts(panel, rows, scores, networks, points), self.weights)

    def weighed(
        self,
        panel: Panel,
        rows: Rows,
        parts: Sequence[Values],
        levels: Sequence[float],
        *,
        forecasts: float | None = None,
    ) -> "Combination":
        """Return the like with the weights that would have done best on held-back rows.

        Args:
            panel: The series, with the rows after the origins.
            rows: Origins, after which no source has learnt anything, [B].
            parts: What `parts` returned of them for the scores of the levels, [B, Q, H].
            levels: Probabilities of the quantiles, [Q].
            forecasts: How many the origins are worth; None for all of them.
        """
        task = self.priors[0].task if self.priors else self.baselines[0].task
        actual = outcomes(panel, rows, task.horizon)
        scale = error_scales(panel, rows, task.season_length)
        weights = best_weights(parts, actual, scale, levels, forecasts=forecasts)
        return replace(self, weights=weights)


NETWORKS_ALONE = Combination()
"""Networks with nothing beside them."""
