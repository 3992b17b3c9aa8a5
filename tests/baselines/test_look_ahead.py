"""No baseline knows anything of any series after the cutoff time of a forecast."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from forecast_rnn.baselines import BASELINES
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import lags, rolling
from tests.panels import NAN, panel_of

TASK = Task(horizon=3, season_length=4)
STEP = 2 * TASK.horizon
WINDOWS = 3
LENGTH = 60
CUTOFFS = [LENGTH - 1 - TASK.horizon - STEP * back for back in (2, 1, 0)]
EVERY_BASELINE = pytest.mark.parametrize(
    "baseline",
    [pytest.param(name, marks=[pytest.mark.slow] * (name == "auto_ets")) for name in BASELINES],
)
SERIES = {"b": (0, 60), "d": (5, 60), "e": (20, 58)}


def values_of(name, first, end):
    times = np.arange(first, end)
    noise = np.random.default_rng(ord(name)).gamma(4, 1, len(times))
    return 20 + ord(name) % 7 + 10 * np.sin(times * np.pi / 2) + noise


def usual_values():
    return {name: values_of(name, *span) for name, span in SERIES.items()}


def panel_from(values, starts):
    """The series by name, which is their order."""
    names = sorted(values)
    panel = panel_of(*(values[name] for name in names))
    items = pl.DataFrame({"name": names})
    return replace(panel, items=items, starts=pl.Series("time", [starts[name] for name in names]))


def forecasts(baseline, values, starts):
    """Forecasts of the usual series as bytes, by name and cutoff time."""
    panel = panel_from(values, starts)
    behind = lags(panel, TASK.horizon)
    rows = rolling(panel, horizon=TASK.horizon, windows=WINDOWS, step=STEP, lags=behind)
    names, item = sorted(values), panel.item_of(rows)
    times = panel.starts.to_numpy()[item] + rows - panel.indptr[item]
    found = BASELINES[baseline](panel, rows, TASK)
    return {
        (names[number], int(time)): forecast.tobytes()
        for number, time, forecast in zip(item, times, found, strict=True)
        if names[number] in SERIES
    }


def up_to(cutoff, table):
    return {key: forecast for key, forecast in table.items() if key[1] <= cutoff}


@pytest.mark.parametrize("cutoff", CUTOFFS)
@pytest.mark.parametrize("change", [-1e6, 1e9, NAN])
@EVERY_BASELINE
def test_rows_after_a_cutoff_time_change_no_forecast_from_it(baseline, change, cutoff):
    starts = {name: first for name, (first, _) in SERIES.items()}
    usual = usual_values()
    changed = {
        name: np.where(starts[name] + np.arange(len(values)) > cutoff, change, values)
        for name, values in usual.items()
    }

    expected = up_to(cutoff, forecasts(baseline, usual, starts))

    assert len(expected) == 3 * (1 + CUTOFFS.index(cutoff))
    assert up_to(cutoff, forecasts(baseline, changed, starts)) == expected


@pytest.mark.parametrize("name", ["a", "c", "z"])
@pytest.mark.parametrize("begin", [CUTOFFS[0] + 1, CUTOFFS[0] + 3, CUTOFFS[1] + 2])
@EVERY_BASELINE
def test_a_series_that_starts_after_a_cutoff_changes_no_forecast_from_it(baseline, begin, name):
    starts = {other: first for other, (first, _) in SERIES.items()}
    usual = usual_values()
    more = usual | {name: 1e4 * values_of(name, begin, LENGTH)}

    expected = up_to(begin - 1, forecasts(baseline, usual, starts))
    found = forecasts(baseline, more, starts | {name: begin})

    assert expected
    assert up_to(begin - 1, found) == expected


@pytest.mark.parametrize("name", ["a", "z"])
@EVERY_BASELINE
def test_rows_after_a_cutoff_time_need_not_be_there(baseline, name):
    """Of other series; the newest time stays, or cutoffs would be others."""
    starts = {other: first for other, (first, _) in SERIES.items()} | {name: 0}
    usual = usual_values() | {name: values_of(name, 0, LENGTH)}
    cutoff = CUTOFFS[0]

    expected = up_to(cutoff, forecasts(baseline, usual, starts))
    cut = usual | {name: usual[name][: cutoff + 1]}

    assert up_to(cutoff, forecasts(baseline, cut, starts)) == expected
