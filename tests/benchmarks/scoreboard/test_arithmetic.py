import math

import polars as pl
import pytest

from tests.benchmarks.scoreboard import arithmetic
from tests.benchmarks.scoreboard.made import dated


def forecasts(**columns: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame({"unique_id": ["a", "a", "b", "b"], **columns}, strict=False)


def test_mase_is_the_mean_over_series_of_their_mean_error_over_their_scale():
    rows = forecasts(
        actual=[1.0, 2.0, 10.0, 10.0], forecast=[2.0, 4.0, 10.0, 14.0], error_scale=[1, 1, 4, 4]
    )

    # a: (1 + 2) / 2 / 1 = 1.5; b: (0 + 4) / 2 / 4 = 0.5
    assert arithmetic.judge(rows)["mase"] == 1.0


def test_smape_is_in_percent_of_the_mean_of_both():
    rows = forecasts(
        actual=[1.0, 1.0, 0.0, 5.0], forecast=[3.0, 1.0, 0.0, 15.0], error_scale=[1, 1, 1, 1]
    )

    # a: (200·2/4 + 0) / 2 = 50; b: (0 + 200·10/20) / 2 = 50
    assert arithmetic.judge(rows)["smape"] == 50.0


def test_missing_values_and_series_without_a_scale_are_left_out():
    rows = forecasts(
        actual=[1.0, None, 5.0, 5.0],
        forecast=[3.0, 90.0, 7.0, 7.0],
        error_scale=[4.0, 4.0, None, None],
    )

    assert arithmetic.judge(rows)["mase"] == 0.5


def test_weighted_quantile_loss_is_over_all_rows_and_the_mean_over_levels():
    rows = forecasts(
        actual=[4.0, 4.0, 1.0, 1.0],
        forecast=[4.0, 4.0, 1.0, 1.0],
        error_scale=[1, 1, 1, 1],
        **{"q0.1": [0.0, 4.0, 1.0, 1.0], "q0.5": [4.0, 0.0, 1.0, 3.0]},
    )

    # 0.1: 2·(0.1·4)/10 = 0.08; 0.5: 2·(0.5·4 + 0.5·2)/10 = 0.6; their mean
    assert arithmetic.judge(rows)["wql"] == pytest.approx(0.34, rel=1e-12)


def test_coverage_is_the_share_of_rows_inside_with_the_ends():
    quantiles = {"q0.1": [0.0, 0.0, 0.0, 0.0], "q0.9": [1.0, 1.0, 1.0, 1.0]}
    rows = forecasts(
        actual=[0.0, 1.0, 2.0, None], forecast=[0.5] * 4, error_scale=[1] * 4, **quantiles
    )

    scores = arithmetic.judge(rows)

    assert scores["coverage_80"] == pytest.approx(2 / 3, rel=1e-15)
    assert scores["coverage_90"] is None


def test_the_order_of_rows_changes_no_score():
    rows = forecasts(
        actual=[0.1, 0.2, 0.3, 0.7], forecast=[0.3, 0.1, 0.9, 0.2], error_scale=[0.3, 0.3, 0.7, 0.7]
    )

    assert arithmetic.judge(rows[[2, 3, 0, 1]]) == arithmetic.judge(rows)


def test_error_scale_is_the_mean_error_of_the_seasonal_naive():
    history = dated({"a": [1.0, 5.0, 4.0, None, 6.0], "flat": [3.0, 3.0, 3.0, 3.0], "short": [1.0]})

    scales = dict(arithmetic.error_scales(history, 2).iter_rows())

    assert scales == {"a": (3.0 + 2.0) / 2, "flat": None, "short": None}


def test_owa_is_the_mean_of_both_ratios_to_naive2():
    naive2 = {"mase": 2.0, "smape": 10.0}

    assert arithmetic.owa({"mase": 1.0, "smape": 8.0}, naive2) == (0.5 + 0.8) / 2
    assert arithmetic.owa({"mase": None, "smape": 8.0}, naive2) is None


def test_geometric_mean_leaves_out_what_is_unknown():
    assert arithmetic.geometric_mean([2.0, None, 8.0]) == pytest.approx(4.0, rel=1e-15)
    assert arithmetic.geometric_mean([None]) is None


def test_geometric_mean_of_ratios_is_the_ratio_of_geometric_means():
    ours, theirs = [0.7, 1.9, 0.3], [1.1, 2.3, 0.2]
    ratios = [arithmetic.ratio(a, b) for a, b in zip(ours, theirs, strict=True)]

    mean = arithmetic.geometric_mean(ratios)

    apart = math.prod(ours) ** (1 / 3) / math.prod(theirs) ** (1 / 3)
    assert mean == pytest.approx(apart, rel=1e-14)


def test_a_ratio_to_nothing_is_unknown():
    assert arithmetic.ratio(1.0, 0.0) is None
    assert arithmetic.ratio(1.0, None) is None
    assert arithmetic.ratio(None, 1.0) is None


def test_levels_are_read_off_the_names_of_quantiles_only():
    rows = pl.DataFrame(schema=["q0.05", "quantity", "q0.5", "q", "y"])

    assert arithmetic.levels_of(rows) == (0.05, 0.5)
