from dataclasses import replace
from datetime import date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.data.time.stamps import to_stamps
from forecast_rnn.output.by_item import forecasts_by_item
from forecast_rnn.output.report import pictures as module
from forecast_rnn.output.report.grids import Cut, grids_of, runs
from forecast_rnn.output.report.pictures import ALPHABET, packed, pictures, windows_of
from tests.output.report.outcomes import TASK, backtest_of, outcome_of, waves, with_names
from tests.panels import NAN, panel_of


def unpacked(text: str, low: float, step: float, digits: int) -> list[float]:
    letters = ALPHABET.tobytes().decode()
    values = []
    for start in range(0, len(text), digits):
        code = 0
        for letter in text[start : start + digits]:
            code = 64 * code + letters.index(letter)
        values.append(NAN if code == 64**digits - 1 else low + code * step)
    return values


def drawn(panel, *, windows=2, error=None):
    outcome = outcome_of(panel, windows=windows)
    forecasts = forecasts_by_item(outcome.forecast, panel, TASK)
    error = np.full(len(panel.order), NAN) if error is None else error
    models = ("network", "seasonal_naive")
    tested = windows_of(backtest_of(panel, windows=windows), panel, TASK, models, error)
    return outcome, pictures(panel, TASK, forecasts=forecasts, tested=tested)


@given(st.lists(st.floats(-1e300, 1e300) | st.just(NAN), min_size=1), st.sampled_from([3, 4]))
def test_values_come_back_within_half_a_unit(values, digits):
    low, unit = module._range(np.array(values), digits)

    back = unpacked(packed(np.array(values), low, unit, digits), low, unit, digits)

    assert np.array_equal(np.isnan(back), np.isnan(values))
    assert np.nanmax(np.abs(np.array(back) - values), initial=0) <= unit * 0.500001


def test_history_forecast_and_windows_are_those_of_the_training():
    panel = panel_of(*waves(2))
    outcome, found = drawn(panel)

    for item, series in enumerate(found["series"]):
        read = (series["low"], series["step"], found["digits"])
        history = unpacked(series["history"], *read)
        forecast = np.reshape(unpacked(series["forecast"], *read), (3, TASK.horizon))
        tested = np.reshape(unpacked(series["tested"], *read), (2, 4, TASK.horizon))
        rows = outcome.forecast.filter(name=series["name"])
        windows = backtest_of(panel).filter(pl.col("item") == item)
        own = windows.filter(model="network")["forecast"].to_numpy().reshape(2, -1)
        naive = windows.filter(model="seasonal_naive")["forecast"].to_numpy().reshape(2, -1)
        values = panel.values[panel.indptr[item] : panel.indptr[item + 1]]
        assert history == pytest.approx(values[-len(history) :], rel=1e-6)
        assert forecast[1] == pytest.approx(rows["forecast"].to_numpy(), rel=1e-6)
        assert forecast[2] == pytest.approx(rows["q0.9"].to_numpy(), rel=1e-6)
        assert tested[:, 1] == pytest.approx(own, rel=1e-6)
        assert tested[:, 3] == pytest.approx(naive, rel=1e-6)
        assert series["origins"] == [len(history) - 9, len(history) - 5]


def test_series_come_in_the_order_of_the_input_and_those_without_rows_not_at_all():
    panel = panel_of([1.0, 2.0] * 10, [], [3.0] * 20, [4.0] * 20)
    panel = replace(panel, order=np.array([3, 1, 0, 2]))

    _, found = drawn(panel, windows=1)

    assert [series["name"] for series in found["series"]] == ["d", "a", "c"]


def test_of_many_series_the_worst_the_best_and_some_between_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 9000)
    panel = with_names(panel_of(*waves(60)), [f"s{number}" for number in range(60)])
    error = np.random.default_rng(1).permutation(60).astype(np.float64)

    _, found = drawn(panel, error=error)

    items = [series["item"] for series in found["series"]]
    windows = backtest_of(panel).filter(model="network")
    for item, series in zip(items, found["series"], strict=True):
        tested = unpacked(series["tested"], series["low"], series["step"], 3)
        own = windows.filter(item=item)["forecast"].to_numpy()
        assert np.reshape(tested, (2, 4, -1))[:, 1].ravel() == pytest.approx(own, rel=1e-4)
    assert 8 <= len(items) < 60
    assert items == sorted(items)
    assert {int(error.argmax()), int(error.argmin())} <= set(items)
    assert found["digits"] == 3


def days(*starts: date, grid="offset", every="1d"):
    panel = panel_of(*([1.0] * 30 for _ in starts))
    schema = replace(panel.schema, time_type="date")
    starts = pl.Series("time", list(starts))
    return replace(panel, schema=schema, frequency=Frequency(every, grid), starts=starts)


def hours(zone: str):
    panel = panel_of([1.0] * 60, [1.0] * 60)
    schema = replace(panel.schema, time_type="datetime", time_zone=zone)
    starts = pl.Series("time", [datetime(2024, 3, 30), datetime(2024, 3, 30, 5)])
    starts = starts.dt.replace_time_zone(zone).cast(pl.Datetime("us", zone))
    return replace(panel, schema=schema, frequency=Frequency("1h", "offset"), starts=starts)


PANELS = {
    "days": days(date(2024, 2, 1), date(2023, 1, 1)),
    "weeks of two kinds": days(date(2024, 1, 1), date(2024, 1, 3), date(2025, 1, 6), every="1w"),
    "months": days(date(2024, 1, 31), date(2024, 4, 30), date(2023, 1, 1), every="1mo"),
    "month ends": days(date(2024, 1, 31), date(2020, 2, 29), grid="month_end", every="1mo"),
    "business days": days(date(2024, 2, 2), date(2024, 1, 1), grid="business_day", every="1b"),
    "years": days(date(1900, 1, 1), date(1950, 1, 1), every="1y"),
    "hours over a shift of the clock": hours("Europe/Berlin"),
    "whole numbers": panel_of([1.0] * 30, [2.0] * 9),
}


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_times_are_those_of_the_panel(panel):
    items = np.arange(len(panel.order))
    cut = Cut(items, first=items + 2, count=panel.lengths() + 5)

    written, grid, place = grids_of(panel, cut)

    for item in items:
        start, differences = written["grids"][grid[item]]
        pairs = [part.partition("*")[::2] for part in differences.split()]
        steps = [int(step) for step, count in pairs for _ in range(int(count or 1))]
        times = np.cumsum([start, *steps])[place[item] : place[item] + cut.count[item]]
        position = pl.Series(np.arange(cut.count[item]) + cut.first[item])
        expected = panel.timestamps(pl.Series(np.full(len(position), item)), position)
        stamps = to_stamps(expected, local=True)
        if panel.schema.time_type != "integer":
            stamps = stamps / 1000
        assert np.array_equal(times * written["unit"], stamps)


def test_series_of_the_same_days_share_their_times():
    written, grid, _ = grids_of(PANELS["days"], Cut(np.arange(2), np.zeros(2, int), np.full(2, 9)))

    assert (grid.tolist(), len(written["grids"])) == ([0, 0], 1)


def test_runs_are_short():
    assert runs(np.array([7, 7, 7, 8])) == "7*3 8"
    assert runs(np.array([], dtype=np.int64)) == ""
