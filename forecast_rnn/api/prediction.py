"""A forecast as users see it, with what there is to say of it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.output.publish import time_patterns


@dataclass(frozen=True, slots=True)
class Prediction:
    """A forecast as users see it.

    Attributes:
        table: The id columns, the time column, `forecast` and the columns of quantiles, or of
            probabilities; or of paths.
        warnings: What a user should know, one sentence each.
        fallback: Names of the series that the network cannot forecast and something simple does.
        missing: Names of the series that have no forecast, for they hold no value.
        patterns: The `strftime` pattern of the time column where it is text.
        panel: The series that were forecast.
    """

    table: pl.DataFrame
    warnings: tuple[str, ...]
    fallback: tuple[str, ...]
    missing: tuple[str, ...]
    patterns: dict[str, str]
    panel: Panel


def prediction_of(
    table: pl.DataFrame,
    panel: Panel,
    filled: NDArray[np.int64],
    known: pl.Series,
    warnings: tuple[str, ...],
) -> Prediction:
    """Gather a prediction; `known` are the items of its rows."""
    names, rows = panel.names(), np.bincount(known.to_numpy(), minlength=len(panel.order))
    return Prediction(
        table=table,
        warnings=warnings,
        fallback=tuple(names[item] for item in panel.item_of(filled)),
        missing=tuple(names[item] for item in np.flatnonzero(rows == 0)),
        patterns=time_patterns(panel),
        panel=panel,
    )
