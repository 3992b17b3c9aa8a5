"""Whether targets are counts or whole numbers, for forecasts that are nothing else."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.columns.clock import format_times
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import counted
from forecast_rnn.errors import DataError


def check_counts(panel: Panel, head: str) -> None:
    """Refuse values that are negative or no whole numbers.

    Raises:
        DataError: with the first such value of the first such series, and a way out.
    """
    odd = np.flatnonzero((panel.values < 0) | _fractions(panel))
    if len(odd):
        raise DataError(
            f"the distribution {head} is for counts, which are 0, 1, 2 and so on, but "
            f"{_first(panel, odd)}. Pass --head quantile, normal or student-t, or check the data."
        )


def check_whole(panel: Panel) -> None:
    """Refuse values that are no whole numbers.

    Raises:
        DataError: with the first such value of the first such series, and a way out.
    """
    odd = np.flatnonzero(_fractions(panel))
    if len(odd):
        raise DataError(
            f"--round is for whole numbers, such as counts, but {_first(panel, odd)}. Leave out "
            "--round, or check the data."
        )


def _fractions(panel: Panel) -> NDArray[np.bool_]:
    """Tell which values are no whole numbers, [R]."""
    values = panel.values
    return np.asarray((values != np.round(values)) & ~np.isnan(values))


def _first(panel: Panel, odd: NDArray[np.int64]) -> str:
    """Tell the first of some rows, and how many there are more."""
    row = odd[:1]
    item = pl.Series(panel.item_of(row))
    stamp = panel.timestamps(item, pl.Series(row - panel.indptr[item.to_numpy()]))
    series, time = panel.names()[item[0]], format_times(stamp, panel.schema)[0]
    more = f", and {counted(len(odd) - 1, 'other value')} like it" if len(odd) > 1 else ""
    return f"series {series} has {panel.values[row[0]]:.10g} at {time}{more}"
