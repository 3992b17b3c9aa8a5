import math
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest

from forecast_rnn.baselines import baseline_table
from forecast_rnn.config import Task
from forecast_rnn.data.panels.outcomes import error_scales
from forecast_rnn.evaluation.backtest import backtest
from forecast_rnn.tables import (
    WINDOW,
    forecast_columns,
    forecast_table,
    quantile_columns,
    rows_of_model,
)
from tests.panels import NAN, panel_of

SERIES = ([1, 2, 4, 8], [], [5], [3, 3, 3, 3], [1, NAN, 2, NAN, 5, 7], [NAN] * 4, [1e15, -1e15, 0])
TASK = Task(horizon=2, season_length=1, quantile_levels=(0.1, 0.5, 0.9))


def baselines(*names, task=TASK):
    return {
        name: partial(lambda name, panel, rows: baseline_table(name, panel, rows, task), name)
        for name in names
    }


def reference_error_scale(known, season_length):
    errors = [abs(b - a) for a, b in zip(known, known[season_length:], strict=False)]
    errors = [error for error in errors if not math.isnan(error)]
    scale = sum(errors) / len(errors) if errors else 0
    return scale if scale > 0 else NAN


@pytest.mark.parametrize("season_length", [1, 2, 3, 50])
def test_error_scale_is_the_plain_loop_at_every_row(season_length):
    panel = panel_of(*SERIES)

    scales = error_scales(panel, np.arange(len(panel.values)), season_length)

    known = [series[: end + 1] for series in SERIES for end in range(len(series))]
    expected = [reference_error_scale(values, season_length) for values in known]
    np.testing.assert_allclose(scales, expected)


def reference_root_error_scale(known, season_length):
    errors = [abs(b - a) for a, b in zip(known, known[season_length:], strict=False)]
    squares = [error**2 for error in errors if not math.isnan(error)]
    scale = math.sqrt(sum(squares) / len(squares)) if squares else 0
    return scale if scale > 0 else NAN


@pytest.mark.parametrize("season_length", [1, 2, 3, 50])
def test_root_error_scale_is_the_plain_loop_at_every_row(season_length):
    panel = panel_of(*SERIES)

    scales = error_scales(panel, np.arange(len(panel.values)), season_length, squared=True)

    known = [series[: end + 1] for series in SERIES for end in range(len(series))]
    expected = [reference_root_error_scale(values, season_length) for values in known]
    np.testing.assert_allclose(scales, expected)


def test_a_huge_series_does_not_blur_the_scale_of_a_small_one():
    scales = error_scales(panel_of([0, 1e300, 0], [0, 1e-300, 0]), np.array([5, 2]), 1)

    assert scales.tolist() == [1e-300, 1e300]


def test_each_step_stands_beside_what_came_true():
    table = backtest(panel_of([1, 2, 4, 8]), np.array([0, 1]), baselines("naive"), TASK)

    assert table.select("origin", "step", "forecast", "actual").rows() == [
        (0, 1, 1.0, 2.0),
        (0, 2, 1.0, 4.0),
        (1, 1, 2.0, 4.0),
        (1, 2, 2.0, 8.0),
    ]
    assert table["error_scale"].to_list() == [None, None, 1.0, 1.0]
    assert table["root_error_scale"].to_list() == [None, None, 1.0, 1.0]


def test_the_cutoff_is_the_time_of_the_origin():
    panel = panel_of([1, 2, 4, 8], [5, 6, 7])
    panel = replace(panel, starts=pl.Series("time", [100, 200]))

    table = backtest(panel, np.array([0, 1, 5]), baselines("naive", "drift"), TASK)

    assert table.filter(model="naive")["cutoff"].to_list() == [100, 100, 101, 101, 201, 201]
    assert table.filter(model="drift")["cutoff"].to_list() == [100, 100, 101, 101, 201, 201]


def test_missing_and_unknown_actual_values_are_null():
    table = backtest(panel_of([1, 2, NAN, 3], [9, 9]), np.array([1, 2]), baselines("naive"), TASK)

    assert table["actual"].to_list() == [None, 3.0, 3.0, None]


def test_origins_that_nothing_known_follows_are_left_out():
    panel = panel_of([1, 2, NAN, NAN], [1], [5, 6])

    table = backtest(panel, np.array([0, 1, 3, 4, 5]), baselines("naive"), TASK)

    assert table.select("item", "origin").unique(maintain_order=True).rows() == [(0, 0), (2, 0)]


def test_models_follow_each_other_under_their_names():
    table = backtest(panel_of([1, 2, 3]), np.array([0]), baselines("drift", "naive"), TASK)

    assert table["model"].to_list() == ["drift", "drift", "naive", "naive"]


def test_no_origin_gives_an_empty_table_with_all_columns():
    table = backtest(panel_of([1.0]), np.array([], dtype=np.int64), baselines("naive"), TASK)

    assert table.height == 0
    assert {"actual", "error_scale", "q0.9"} <= set(table.columns)


def test_quantiles_of_a_network_come_through():
    def network(panel, rows):
        origins = pl.DataFrame({"item": [0], "origin": [1]})
        quantiles = np.arange(6.0).reshape(1, 2, 3)
        return forecast_table(
            "x", origins, quantiles[..., 1], columns=forecast_columns(TASK), values=quantiles
        )

    table = backtest(panel_of([1, 2, 3, 4]), np.array([1]), {"network": network}, TASK)

    assert table.select(quantile_columns(TASK.quantile_levels)).rows() == [(0, 1, 2), (3, 4, 5)]
    assert table["forecast"].to_list() == [1.0, 4.0]


def test_the_rows_of_a_model_are_the_same_whether_they_stand_together_or_not():
    panel = panel_of([1, 2, 4, 8], [3, 3, 3, 3])
    table = backtest(panel, np.array([1, 5]), baselines("drift", "naive"), TASK)
    mixed = table[np.random.default_rng(0).permutation(len(table))]

    own = table.filter(pl.col("model") == "naive")
    assert rows_of_model(table, "naive").equals(own)
    assert rows_of_model(mixed, "naive").sort(WINDOW).equals(own)
    assert rows_of_model(table, "ridge").is_empty()
    assert rows_of_model(table.clear(), "naive").is_empty()
