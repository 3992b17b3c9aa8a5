"""The figures of the report against plain loops."""

from statistics import mean

import numpy as np
import polars as pl
import pytest

from forecast_rnn.evaluation.metrics import comparable
from forecast_rnn.output.report.accuracy import (
    coverage_by_level,
    error_histogram,
    errors_by_step,
    scaled_errors,
    scores_by_series,
)
from tests.output.report.outcomes import TASK, backtest_of

ROWS = comparable(backtest_of())
ERRORS = scaled_errors(ROWS, scaled=True)


@pytest.mark.parametrize("at_once", [1, 20_000])
def test_errors_by_step_are_means_of_series_and_then_of_all(monkeypatch, at_once):
    monkeypatch.setattr("forecast_rnn.tables.ROWS_AT_ONCE", at_once)

    table = errors_by_step(ERRORS)

    for step, *errors in table.iter_rows():
        for model, error in zip(table.columns[1:], errors, strict=True):
            by_item: dict[int, list[float]] = {}
            for row in ROWS.filter(model=model, step=step).iter_rows(named=True):
                size = abs(row["forecast"] - row["actual"]) / row["error_scale"]
                by_item.setdefault(row["item"], []).append(size)
            assert error == pytest.approx(mean(map(mean, by_item.values())))
    assert table["step"].to_list() == [1, 2, 3, 4]


def test_coverage_counts_actual_values_at_or_below_each_quantile():
    own = ROWS.filter(model="network")

    table = coverage_by_level(own, TASK)

    for level, share in table.iter_rows():
        by_item: dict[int, list[bool]] = {}
        for row in own.iter_rows(named=True):
            by_item.setdefault(row["item"], []).append(row["actual"] <= row[f"q{level}"])
        assert share == pytest.approx(mean(map(mean, by_item.values())))
    assert table["level"].to_list() == [0.1, 0.5, 0.9]


def test_the_bins_of_a_histogram_hold_every_error():
    found = error_histogram(ERRORS, ["network", "naive"])

    assert found.edges[0] == -found.edges[-1]
    for model, shares in found.shares.items():
        values = ERRORS.filter(model=model)["error"].to_numpy()
        inner = (values >= found.edges[10]) & (values < found.edges[20])
        assert shares.sum() == pytest.approx(1)
        assert shares[10:20].sum() == pytest.approx(inner.mean())


def test_no_error_at_all_lies_in_the_middle():
    errors = pl.DataFrame({"model": ["network"] * 3, "error": [0.0] * 3})

    found = error_histogram(errors, ["network"])

    assert found.shares["network"].argmax() == len(found.shares["network"]) // 2


def test_scores_by_series_are_those_of_the_metrics():
    table = scores_by_series(ROWS, TASK, ["network", "seasonal_naive"], "mae")

    for item, _, own, _ in table.iter_rows():
        rows = ROWS.filter(model="network", item=item)
        assert own == pytest.approx(np.abs(rows["forecast"] - rows["actual"]).mean())
    assert table.columns == ["item", "coverage", "network", "seasonal_naive"]
