"""Windows and outcomes of regressions, against plain loops over the values of one series."""

import math
from statistics import fmean

import numpy as np
import pytest

from forecast_rnn.baselines.lags import CLIP, lags_of
from forecast_rnn.config import Task
from tests.panels import NAN, panel_of

TASK = Task(horizon=3, season_length=4)


def gappy(seed, length):
    generator = np.random.default_rng(seed)
    values = 20 + 10 * np.sin(np.arange(length) * np.pi / 2) + generator.normal(0, 2, length)
    return np.where(generator.random(length) < 0.15, NAN, values)


def panel_and_origins():
    series = [gappy(0, 60), gappy(1, 9), [NAN] * 5, gappy(2, 40), [7.0] * 30]
    panel = panel_of(*series)
    return panel, np.concatenate([panel.indptr[1:] - 1 - TASK.horizon, [50]])


def known(values):
    return [value for value in values if not math.isnan(value)]


def mean(values):
    return fmean(known(values)) if known(values) else NAN


def reference_window(history, length, floor):
    """Level, size and normalised values of the last rows of a history."""
    window = ([NAN] * length + list(history))[-length:]
    level = mean(window[-TASK.season_length :])
    level = mean(window) if math.isnan(level) else level
    size = mean([abs(v - level) for v in window]) + floor * mean([abs(v) for v in window])
    size = size if size > 0 else 1.0
    return level, size, [float(np.clip((v - level) / size, -CLIP, CLIP)) for v in window]


def history(panel, row):
    return panel.values[panel.indptr[panel.item_of(np.array([row]))[0]] : row + 1].tolist()


def test_windows_are_the_plain_loop():
    panel, rows = panel_and_origins()
    lags = lags_of(panel, rows, TASK)

    windows = lags.windows(rows)

    for number, row in enumerate(rows):
        level, size, values = reference_window(history(panel, row), lags.length, lags.floor)
        np.testing.assert_allclose(windows.level[number, 0], level)
        np.testing.assert_allclose(windows.size[number, 0], size)
        np.testing.assert_allclose(windows.values[number], values)


def test_outcomes_are_how_far_the_seasonal_naive_was_off_before_the_first_origin():
    panel, origins = panel_and_origins()
    lags = lags_of(panel, origins, TASK)
    rows = np.arange(20, 60)

    found = lags.outcomes(rows, lags.windows(rows))

    values, until = panel.values[:60], min(50, 60 - 1 - TASK.horizon)
    for number, row in enumerate(rows):
        size = reference_window(values[: row + 1], lags.length, lags.floor)[1]
        for step in (1, 2, 3):
            past = known(values[row + step - 4 :: -4])
            expected = (values[row + step] - past[0]) / size if row + step <= until else NAN
            np.testing.assert_allclose(found[number, step - 1], np.clip(expected, -CLIP, CLIP))


def test_a_whole_horizon_follows_what_is_learnt_from():
    panel, origins = panel_and_origins()
    lags = lags_of(panel, origins, TASK)

    drawn = lags.learnable(10_000)

    until = panel.indptr[1:] - 1 - 9  # as far from the end of each as the first, row 50 of 59
    expected = [
        row
        for start, end in zip(panel.indptr[:-1], until, strict=True)
        for row in range(start, end - TASK.horizon + 1)
    ]
    assert drawn.tolist() == expected
    some = lags.learnable(10)
    assert len(set(some.tolist())) == 10
    assert set(some.tolist()) <= set(expected)


def test_series_shorter_than_the_horizon_are_learnt_from_in_part():
    panel = panel_of([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])

    lags = lags_of(panel, np.array([2, 5]), TASK)

    assert lags.learnable(10).tolist() == [0, 1, 3, 4]


def test_all_series_are_learnt_from_up_to_the_same_time():
    """Also those without an origin at it: whether there is one may hang on later rows."""
    panel = panel_of(gappy(0, 30), gappy(1, 29), gappy(2, 20))

    lags = lags_of(panel, np.array([25, 57]), TASK)

    assert lags.until.tolist() == [25, 30 + 25, 59 + 19]


@pytest.mark.parametrize(
    ("season", "rows", "length"),
    [(24, 600, 168), (24, 100, 48), (7, 400, 49), (12, 90, 24), (1, 50, 12), (168, 9000, 336)],
)
def test_windows_hold_seasons_or_weeks(season, rows, length):
    task = Task(horizon=2, season_length=season)
    panel = panel_of(np.arange(rows))

    assert lags_of(panel, np.array([rows - 1]), task).length == length
