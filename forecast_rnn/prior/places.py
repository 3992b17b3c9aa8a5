"""Rows of series from which something is forecast, and what lies behind them."""

from dataclasses import dataclass

import numpy as np

from forecast_rnn.prior.arrays import Floats, Ints
from forecast_rnn.prior.history import History


@dataclass(frozen=True, slots=True)
class Places:
    """Rows of series; R stands for any shape.

    Attributes:
        history: The series.
        items: Which series, [R].
        rows: Which row of it, [R].
        season: Rows in its season, [R].
        second: Rows in its second season, 0 for none, [R].
    """

    history: History
    items: Ints
    rows: Ints
    season: Ints
    second: Ints

    def back(self, lag: Ints | int) -> Floats:
        """Return the value so many rows before, or the first one, [R]."""
        values = self.history.values
        rows = np.maximum(self.rows - lag, 0)
        found: Floats = values.ravel()[self.items * values.shape[1] + rows]
        return found

    def drawn_in(self) -> Floats:
        """Return by how much the value of the row was drawn in, [R]."""
        history, where = self.history, (self.items, self.rows)
        found: Floats = history.actual[where] - history.values[where]
        return found

    def total(self, name: str, width: Ints | int, lag: Ints | int = 0) -> Floats:
        """Return the sum over the last `width` rows up to the one `lag` rows before, [R]."""
        sums = self.history.sums[name]
        end = np.maximum(self.rows + 1 - lag, 0)
        start = np.maximum(end - width, 0)
        flat, base = sums.ravel(), self.items * sums.shape[1]
        total: Floats = flat[base + end] - flat[base + start]
        return total

    def mean(self, name: str, width: Ints | int, lag: Ints | int = 0) -> Floats:
        """Return the mean over the last `width` rows up to the one `lag` rows before, [R]."""
        end = np.maximum(self.rows + 1 - lag, 0)
        mean: Floats = self.total(name, width, lag) / np.maximum(np.minimum(width, end), 1)
        return mean

    def level(self, lag: Ints | int = 0) -> Floats:
        """Return the mean of the season that ends `lag` rows before, [R]."""
        return self.mean("value", self.season, lag)

    def has(self, rows: Ints | int) -> Floats:
        """Return 1 where so many rows lie behind, else 0, [R]."""
        return (self.rows >= rows).astype(np.float64)


def places(history: History, items: Ints, rows: Ints) -> Places:
    """Look at rows [R] of series [R]."""
    return Places(history, items, rows, history.season[items], history.second[items])
