"""A longer season beside the usual one: the week of hours, the year of days."""

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.data.panels.panel import Panel

Values = NDArray[np.float64]

WEEK, YEAR = 7, 364
"""A year of days is 52 whole weeks here, so that a row a year back is of the same weekday; that it
is a day or two earlier in the year changes little."""
LIKENESS = 0.3
"""Least correlation of changes with those a longer season before."""
LEAST_SEASONS = 1.5
MOST_SERIES = 50
FEWEST = 30
"""Changes that a correlation rests on at least."""


def second_season(panel: Panel, season: int) -> int:
    """Return the rows of a longer season that most series show; 0 where there is none.

    A season of a day of so many rows may lie in a week, and a week of days in a year. A longer
    season is there where changes of the series (from one short season to the next, and for a
    year those of a weekly mean over four weeks) repeat after it. Only rows of `panel` are read:
    leave out what must not be seen.

    Args:
        panel: The series.
        season: Rows of the usual season.
    """
    longer, smooth, apart = _candidate(panel, season)
    if not longer:
        return 0
    lengths = panel.lengths()
    enough = np.flatnonzero(lengths >= LEAST_SEASONS * longer + apart + smooth)
    if 2 * len(enough) < np.count_nonzero(lengths):
        return 0
    chosen = enough[:: max(1, len(enough) // MOST_SERIES)]
    alike = [_likeness(_values(panel, item), longer, smooth, apart) for item in chosen]
    known = [one for one in alike if np.isfinite(one)]
    return longer if known and np.median(known) >= LIKENESS else 0


def _candidate(panel: Panel, season: int) -> tuple[int, int, int]:
    """Return rows of the longer season, of the mean that shows it, and between two means."""
    frequency = panel.frequency
    if frequency.unit == "d" and season == WEEK:
        return YEAR, WEEK, 4 * WEEK
    if frequency.unit == "b" and season == WEEK - 2:
        return 5 * YEAR // WEEK, season, 4 * season
    within_a_day = frequency.unit in ("h", "m", "i")
    if within_a_day and season in (24, 48, 96, 144, 288):
        return WEEK * season, 1, season
    return 0, 0, 0


def _values(panel: Panel, item: int) -> Values:
    values: Values = panel.values[panel.indptr[item] : panel.indptr[item + 1]]
    return values


def _likeness(values: Values, longer: int, smooth: int, apart: int) -> float:
    """Correlate changes with those a longer season before; NaN where too few are known."""
    if smooth > 1:
        windows = np.lib.stride_tricks.sliding_window_view(values, smooth)
        values = windows.mean(axis=1)
    change = values[apart:] - values[:-apart]
    now, before = change[longer:], change[:-longer]
    known = np.isfinite(now) & np.isfinite(before)
    if known.sum() < FEWEST:
        return np.nan
    # Ranks, so that one outlier decides nothing.
    ranks = [np.argsort(np.argsort(part[known], kind="stable")) for part in (now, before)]
    if any(np.ptp(part[known]) == 0 for part in (now, before)):
        return np.nan
    return float(np.atleast_2d(np.corrcoef(np.stack(ranks)))[0, 1])
