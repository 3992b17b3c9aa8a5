from dataclasses import replace
from datetime import date, datetime

import numpy as np
import polars as pl

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.panels.origins import last, located
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.output.publish import published, published_backtest, published_paths
from forecast_rnn.tables import forecast_table, path_table
from tests.panels import panel_of

TASK = Task(horizon=2, season_length=1, quantile_levels=(0.1, 0.5, 0.9))
PANEL = panel_of([1, 2, 3], [10, 20], [5])


def forecast_of(panel, task=TASK):
    return baseline_table("naive", panel, last(panel), task)


def naive(panel, rows):
    return baseline_table("naive", panel, rows, TASK)


def named(panel, timestamp, **ids):
    schema = replace(panel.schema, timestamp=timestamp, item_id=tuple(ids))
    return replace(panel, schema=schema, items=pl.DataFrame(ids))


def test_a_forecast_has_the_users_columns_then_ours():
    table = published(forecast_of(PANEL), PANEL, TASK)

    assert table.columns == ["name", "time", "forecast", "q0.1", "q0.5", "q0.9"]
    assert table.select("name", "time", "forecast").rows() == [
        ("a", 3, 3.0),
        ("a", 4, 3.0),
        ("b", 2, 20.0),
        ("b", 3, 20.0),
        ("c", 1, 5.0),
        ("c", 2, 5.0),
    ]


def test_rows_come_in_the_order_of_the_input_then_time():
    panel = replace(PANEL, order=np.array([2, 0, 1]))
    shuffled = forecast_of(panel).sample(fraction=1, shuffle=True, seed=1)

    table = published(shuffled, panel, TASK)

    assert table["name"].to_list() == ["c", "c", "a", "a", "b", "b"]
    assert table["time"].to_list() == [1, 2, 3, 4, 2, 3]


def test_a_single_series_has_no_id_column():
    panel = panel_of([1, 2])
    panel = replace(panel, schema=replace(panel.schema, item_id=()), items=pl.DataFrame())

    assert published(forecast_of(panel), panel, TASK).columns[:2] == ["time", "forecast"]


def test_several_id_columns_are_kept():
    panel = named(panel_of([1], [2]), "time", shop=["x", "x"], ware=[7, 8])

    table = published(forecast_of(panel), panel, TASK)

    assert table.select("shop", "ware").unique(maintain_order=True).rows() == [("x", 7), ("x", 8)]


def test_a_backtest_adds_model_cutoff_step_and_actual():
    table = backtest(PANEL, np.array([0, 1]), {"naive": naive}, TASK)

    found = published(table, PANEL, TASK)

    assert found.columns[:7] == ["model", "name", "time", "cutoff", "step", "actual", "forecast"]
    assert found.select(pl.col("model", "name", "time", "cutoff", "step", "actual")).rows() == [
        ("naive", "a", 1, 0, 1, 2.0),
        ("naive", "a", 2, 0, 2, 3.0),
        ("naive", "a", 2, 1, 1, 3.0),
        ("naive", "a", 3, 1, 2, None),
    ]


def test_models_of_a_backtest_stay_in_their_order():
    table = backtest(PANEL, np.array([3, 0]), {"z": naive, "a": naive}, TASK)

    found = published(table, PANEL, TASK)

    assert found["model"].unique(maintain_order=True).to_list() == ["z", "a"]
    assert found["name"].to_list() == ["a", "a", "b", "b"] * 2


def test_a_backtest_in_portions_is_the_whole_one(monkeypatch):
    table = backtest(PANEL, np.array([3, 0, 1]), {"z": naive, "a": naive}, TASK)
    whole = published(table, PANEL, TASK)
    monkeypatch.setattr("forecast_rnn.output.publish.ROWS_AT_ONCE", 2)

    parts = list(published_backtest(table, PANEL, TASK))

    assert [part.height for part in parts] == [2, 2, 2] * 2
    assert pl.concat(parts).equals(whole)


def test_our_columns_give_way_to_the_users():
    panel = named(PANEL, "forecast", model=["a", "b", "c"], **{"q0.1": [1, 2, 3]})
    tested = backtest(panel, np.array([0]), {"naive": naive}, TASK)

    assert published(forecast_of(panel), panel, TASK).columns == [
        *("model", "q0.1", "forecast", "forecast_", "q0.1_", "q0.5", "q0.9")
    ]
    assert published(tested, panel, TASK).columns[:4] == ["model_", "model", "q0.1", "forecast"]


def test_times_are_written_as_the_input_wrote_them():
    schema = Schema(
        timestamp="day", target="y", item_id=("name",), time_type="date", time_format="%d.%m.%Y"
    )
    panel = replace(
        panel_of([1, 2]),
        schema=schema,
        frequency=Frequency(every="1d", grid="offset"),
        starts=pl.Series("day", [date(2024, 2, 27)]),
    )

    table = published(forecast_of(panel), panel, TASK)

    assert table["day"].to_list() == ["29.02.2024", "01.03.2024"]


def test_typed_times_stay_typed():
    zone = "Europe/Berlin"
    schema = Schema(
        timestamp="t", target="y", item_id=("name",), time_type="datetime", time_zone=zone
    )
    starts = pl.Series("t", [datetime(2024, 3, 31)]).dt.replace_time_zone(zone)
    panel = replace(
        panel_of([1, 2]),
        schema=schema,
        frequency=Frequency(every="1h", grid="offset"),
        starts=starts,
    )

    table = published(forecast_of(panel), panel, TASK)

    assert table["t"].dtype == pl.Datetime("us", zone)
    assert table["t"].dt.hour().to_list() == [3, 4]


def test_no_rows_give_no_rows():
    assert published(forecast_of(PANEL).clear(), PANEL, TASK).height == 0


def test_paths_have_the_users_columns_then_path_and_value_by_series_time_and_path():
    panel = replace(PANEL, order=np.array([2, 0, 1]))
    values = np.arange(12, dtype=float).reshape(3, 2, 2)
    values[1, 0, 1] = np.nan

    table = published_paths(path_table(located(panel, last(panel)), values), panel)

    assert table.columns == ["name", "time", "path", "value"]
    assert table.rows() == [
        ("c", 1, 1, 8.0),
        ("c", 1, 2, 10.0),
        ("c", 2, 1, 9.0),
        ("c", 2, 2, 11.0),
        ("a", 3, 1, 0.0),
        ("a", 3, 2, 2.0),
        ("a", 4, 1, 1.0),
        ("a", 4, 2, 3.0),
    ]


def test_classes_have_their_names_and_a_missing_one_stays_missing():
    task = Task(horizon=2, season_length=1, quantile_levels=(), classes=2)
    table = forecast_table(
        "network",
        located(PANEL, np.array([1])),
        np.array([[1.0, 2.0]]),
        columns=["p_down", "p_up"],
        values=np.array([[[0.75, 0.25], [0.4, 0.6]]]),
    ).with_columns(cutoff=1, actual=pl.Series([2.0, None]))

    published_table = published(table, PANEL, task)

    assert published_table.drop("model", "name").rows() == [
        (2, 1, 1, "up", "down", 0.75, 0.25),
        (3, 1, 2, None, "up", 0.4, 0.6),
    ]
    assert published(table.drop("actual"), PANEL, task)["forecast"].to_list() == ["down", "up"]


def test_whole_numbers_are_integers_as_far_as_integers_go():
    small, huge = PANEL, panel_of([1, 2, 1e30])

    assert published(forecast_of(small), small, TASK, whole=True)["forecast"].to_list() == [
        *(3, 3, 20, 20, 5, 5)
    ]
    assert published(forecast_of(huge), huge, TASK, whole=True)["forecast"][0] == 1e30
