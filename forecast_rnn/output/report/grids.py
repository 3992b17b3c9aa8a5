"""The times of the rows that pictures show, shared by the series of the same grid."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.time.frequency import DAY, SECOND
from forecast_rnn.data.time.stamps import locate, to_stamps

Whole = NDArray[np.int64]
Json = dict[str, object]

MILLISECOND = 1000  # in which a browser counts, in microseconds
FARTHEST = 20_000  # rows between series that share a grid


@dataclass(frozen=True, slots=True)
class Cut:
    """Runs of rows of some items.

    Attributes:
        items: [M].
        first: Position of the first row of each, [M].
        count: Rows of each, at least one; they may go on beyond the last known, [M].
    """

    items: Whole
    first: Whole
    count: Whole


def grids_of(panel: Panel, cut: Cut) -> tuple[Json, Whole, Whole]:
    """Write the times of runs of rows as few grids.

    Returns:
        `times` (`integer`, `date` or `datetime`), `unit` (milliseconds in a time of 1) and
        `grids`, each the first time and the runs of differences that follow; then the grid of
        each item and its place in that, [M].
    """
    rows = np.repeat(cut.items, cut.count)
    ends = np.cumsum(cut.count)
    position = np.arange(len(rows)) + np.repeat(cut.first - ends + cut.count, cut.count)
    stamps = np.split(_stamps(panel, rows, position), ends[:-1])
    starts = to_stamps(panel.starts, local=panel.frequency.calendar)[cut.items]
    grid, place = np.full(len(stamps), -1), np.zeros(len(stamps), dtype=np.int64)
    grids: list[Whole] = []
    while (left := np.flatnonzero(grid < 0)).size:
        ahead, fits = locate(starts[left], np.full(len(left), starts[left[0]]), panel.frequency)
        ahead += cut.first[left]
        near = fits & (np.abs(ahead - ahead[0]) <= FARTHEST)
        left, ahead = left[near], ahead[near]
        begin, end = ahead.min(), (ahead + cut.count[left]).max()
        head = np.full(end - begin, cut.items[left[0]])
        times = _stamps(panel, head, np.arange(begin, end))
        for one, at in zip(left, ahead - begin, strict=True):
            # A month's last days may fit the grid of another series and yet not be the same.
            if np.array_equal(times[at : at + cut.count[one]], stamps[one]):
                grid[one], place[one] = len(grids), at
        grids.append(times)
    unit = _unit(panel, grids)
    kind = panel.schema.time_type
    milliseconds = 1 if kind == "integer" else unit / MILLISECOND
    written = [[int(times[0] // unit), runs(np.diff(times) // unit)] for times in grids]
    return {"times": kind, "unit": milliseconds, "grids": written}, grid, place


def runs(differences: Whole) -> str:
    """Write whole numbers as runs: `7*3 8` is 7, 7, 7, 8."""
    breaks = np.flatnonzero(np.diff(differences)) + 1
    bounds = [0, *breaks.tolist(), len(differences)] if len(differences) else [0]
    lengths = np.diff(bounds).tolist()
    values = differences[bounds[:-1]].tolist()
    pairs = zip(values, lengths, strict=True)
    return " ".join(f"{value}*{length}" if length > 1 else f"{value}" for value, length in pairs)


def _stamps(panel: Panel, items: Whole, position: Whole) -> Whole:
    """Return times as the clock on the wall shows them, or whole numbers."""
    return to_stamps(panel.timestamps(pl.Series(items), pl.Series(position)), local=True)


def _unit(panel: Panel, grids: list[Whole]) -> int:
    """Return the coarsest unit in which all times are whole, in microseconds."""
    if panel.schema.time_type == "integer":
        return 1
    units = (unit for unit in (DAY, SECOND) if all(not (grid % unit).any() for grid in grids))
    return next(units, 1)
