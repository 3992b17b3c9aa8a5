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
    def names(self) -> tuple[str, ...]:
        """Names of the sources beside the networks, in the order of the weights."""
        priors = tuple(source.name for source in self.priors)
        return priors + tuple(source.name for source in self.baselines)

    @property
    def parameters(self) -> int:
        """Trained numbers of all priors."""
        return sum(source.parameters for source in self.priors)

    def parts(
        self, panel: Panel, rows: Rows, scores: Values, networks: Sequence[Values] = ()
    ) -> list[Values]:
        """Return the forecast of each source in the order of the weights, [B, N, H].

        Args:
            panel: The series; nothing after an origin is read.
            rows: Origins, [B].
            scores: Normal scores of the levels, the last one 0, [B, N, H] or [1, N, 1].
            networks: Of the networks at these scores, [B, N, H], if there are any.
        """
        whole = [*networks, *(source.values(panel, rows, scores) for source in self.priors)]
        points = [source.medians(panel, rows) for source in self.baselines]
        return [*whole, *(with_intervals(point, whole) for point in points)]

    def values(
        self, panel: Panel, rows: Rows, scores: Values, networks: Sequence[Values] = ()
    ) -> Values:
        """Return the weighted mean of the sources, [B, N, H]; the arguments are those of `parts`.

        Sources without a weight are not asked, unless others take their intervals.
        """
        if not self and networks:
            return networks[0]
        return combined(self.parts(panel, rows, scores, networks), self.weights)

    def weighed(
        self, panel: Panel, rows: Rows, parts: Sequence[Values], levels: Sequence[float]
    ) -> "Combination":
        """Return the like with the weights that would have done best on held-back rows.

        Args:
            panel: The series, with the rows after the origins.
            rows: Origins, after which no source has learnt anything, [B].
            parts: What `parts` returned of them for the scores of the levels, [B, Q, H].
            levels: Probabilities of the quantiles, [Q].
        """
        task = self.priors[0].task if self.priors else self.baselines[0].task
        actual = outcomes(panel, rows, task.horizon)
        scale = error_scales(panel, rows, task.season_length)
        return replace(self, weights=best_weights(parts, actual, scale, levels))


NETWORKS_ALONE = Combination()
"""Networks with nothing beside them."""
