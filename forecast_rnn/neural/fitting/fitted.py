"""What training brings: a network of all rows, and its like that is tested."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.neural.fitting.combining import (
    Mixture,
)
from forecast_rnn.neural.fitting.recipe import Recipe
from forecast_rnn.neural.fitting.selection import Trial
from forecast_rnn.neural.inference.forecaster import Forecaster


@dataclass(frozen=True, slots=True)
class Tested:
    """A training that has not seen the rows of the backtest.

    Attributes:
        forecaster: Trained on the rows before the backtest; None when the series are too
            short for one.
        recipe: The network that was chosen.
        steps: The optimisation steps that were chosen.
        trials: What was tried on the rows before those of the backtest, if there are enough.
        rows: As in `Holdout`.
        windows: As in `Holdout`.
        conformity: How far outcomes of held-back rows were from forecasts of the like.
        mixture: How networks are combined with a prior and baselines; None where they stand alone.
    """

    forecaster: Forecaster | None
    recipe: Recipe
    steps: int
    trials: tuple[Trial, ...]
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    windows: tuple[int, ...] = ()
    conformity: tuple[ConformityScores, ...] = ()
    mixture: Mixture | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A training on everything, and the one before it that shows what it is worth.

    Attributes:
        forecaster: Trained on all rows.
        tested: The like of it, which has not seen the rows of the backtest.
        curve: Of the training on all rows: the steps taken, and the mean loss then.
    """

    forecaster: Forecaster
    tested: Tested
    curve: tuple[tuple[int, float], ...]
