"""Whether targets are counts, for forecasts that only count."""

import numpy as np
import polars as pl

from forecast_rnn.data.clock import format_times
from forecast_rnn.data.panel import Panel
from forecast_rnn.data.table import counted
from forecast_rnn.errors import DataError


def check_counts(panel: Panel, head: str) -> None:
    """Refuse values that are negative or no whole numbers.

    Raises:
        DataError: with the first such value of the first such series, and a way out.
    """
    values = panel.values
    odd = np.flatnonzero((values < 0) | (values != np.round(values)) & ~np.isnan(values))
    if not len(odd):
        return
    row = odd[:1]
    item = pl.Series(panel.item_of(row))
    stamp = panel.timestamps(item, pl.Series(row - panel.indptr[item.to_numpy()]))
    series, time = panel.names()[item[0]], format_times(stamp, panel.schema)[0]
    more = f", and {counted(len(odd) - 1, 'other value')} like it" if len(odd) > 1 else ""
    raise DataError(
        f"the distribution {head} is for counts, which are 0, 1, 2 and so on, but series "
        f"{series} has {values[row[0]]:.10g} at {time}{more}. "
        "Pass --head quantile, normal or student-t, or check the data."
    )
