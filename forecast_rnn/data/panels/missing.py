"""Missing values by the user's word: kept, 0, or the value before."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.hints import Missing
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.words import counted


def fill_missing(panel: Panel, rule: Missing) -> tuple[Panel, dict[str, str]]:
    """Fill missing values and gaps, and say how many; without any value nothing is filled."""
    absent = np.isnan(panel.values)
    if rule == "keep" or absent.all():
        return panel, {}
    values = np.where(absent, 0.0, panel.values) if rule == "zero" else _previous(panel, absent)
    left = int(np.isnan(values).sum())
    what = counted(int(absent.sum()) - left, "missing value")
    fact = f"{what} set to {'0' if rule == 'zero' else 'the value before'}"
    if left:
        fact += f", {left:,} with none before {'is' if left == 1 else 'are'} kept as missing"
    return replace(panel, values=values), {"missing": fact}


def _previous(panel: Panel, absent: NDArray[np.bool_]) -> NDArray[np.float64]:
    # Each row takes the value of the greatest row up to it that has one.
    source = np.where(absent, 0, np.arange(len(absent)))
    # The first row of an item stands for itself, so that nothing comes from the item before.
    first = panel.indptr[:-1][panel.lengths() > 0]
    source[first] = first
    filled: NDArray[np.float64] = panel.values[np.maximum.accumulate(source)]
    return filled
