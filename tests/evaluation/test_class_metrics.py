"""Metrics of classes against scikit-learn, by hand, and by law."""

import math

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as sklearn

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_metrics import CLASS_METRICS, reliability
from forecast_rnn.evaluation.metrics import scores, series_scores
from forecast_rnn.tables import probability_columns


def backtest_of(classes: int, rows: int = 300, seed: int = 0) -> pl.DataFrame:
    """A network and a model without probabilities, one series and many origins."""
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.ones(classes), rows)
    actual = generator.integers(1, classes + 1, rows).astype(float)
    columns = {name: shares[:, k] for k, name in enumerate(probability_columns(classes))}
    window = {"item": 0, "origin": np.arange(rows), "step": 1}
    frames = [
        {"model": "network", **window, "forecast": shares.argmax(1) + 1.0} | columns,
        {"model": "majority", **window, "forecast": np.ones(rows)} | dict.fromkeys(columns),
    ]
    table = pl.concat((pl.DataFrame(frame) for frame in frames), how="vertical_relaxed")
    return table.with_columns(pl.Series("actual", np.tile(actual, 2)))


def task_of(classes: int) -> Task:
    return Task(horizon=1, season_length=1, quantile_levels=(), classes=classes)


def network_of(table: pl.DataFrame, classes: int):
    rows = table.filter(model="network")
    values = rows.select(probability_columns(classes)).to_numpy()
    return rows, values, rows["actual"].to_numpy().astype(int) - 1


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_accuracy_log_loss_and_brier_score_are_those_of_scikit_learn(classes):
    table = backtest_of(classes)
    _, values, actual = network_of(table, classes)

    found = series_scores(table, task_of(classes)).row(0, named=True)

    labels = list(range(classes))
    assert found["accuracy"] == sklearn.accuracy_score(actual, values.argmax(1))
    assert found["log_loss"] == pytest.approx(sklearn.log_loss(actual, values, labels=labels))
    brier = sklearn.brier_score_loss(actual, values, labels=labels, scale_by_half=False)
    assert found["brier_score"] == pytest.approx(brier)


def test_the_calibration_error_is_the_loop_over_bins():
    table = backtest_of(3)
    _, values, actual = network_of(table, 3)
    sure, right = values.max(1), values.argmax(1) == actual

    found = series_scores(table, task_of(3)).row(0, named=True)["calibration_error"]

    expected = 0.0
    for b in range(10):
        inside = np.minimum(np.floor(10 * sure), 9) == b
        if inside.any():
            expected += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    assert found == pytest.approx(expected)


def test_even_probabilities_have_the_logarithm_of_their_number_as_loss():
    table = backtest_of(4).with_columns(pl.lit(0.25).alias(f"p{k}") for k in range(1, 5))

    found = series_scores(table, task_of(4)).row(0, named=True)

    assert found["log_loss"] == pytest.approx(math.log(4))
    assert found["brier_score"] == pytest.approx(0.75)


def test_a_class_without_probability_that_comes_true_costs_much_and_not_infinitely():
    table = backtest_of(2).with_columns(p_down=pl.lit(0.0), p_up=pl.lit(1.0))

    found = series_scores(table, task_of(2)).row(0, named=True)

    downs = (table.filter(model="network")["actual"] == 1).mean()
    assert found["log_loss"] == pytest.approx(-downs * math.log(1e-15), rel=1e-9)


def test_a_model_without_probabilities_has_an_accuracy_only():
    found = scores(backtest_of(3), task_of(3))

    assert found["metric"].unique(maintain_order=True).to_list() == list(CLASS_METRICS)
    other = found.filter(model="majority")
    assert other["value"].is_null().to_list() == [False, True, True, True]


def test_scores_are_means_over_series_and_calibration_is_over_all_rows():
    first, second = backtest_of(2, 100), backtest_of(2, 40, seed=1).with_columns(item=1)
    table = pl.concat([first, second.with_columns(pl.col("item").cast(first["item"].dtype))])

    found = dict(scores(table, task_of(2)).filter(model="network").select("metric", "value").rows())

    each = series_scores(table, task_of(2)).filter(model="network")
    assert found["accuracy"] == pytest.approx(each["accuracy"].mean())
    pooled = table.with_columns(pl.col("item") * 0)
    together = series_scores(pooled, task_of(2)).row(0, named=True)
    assert found["calibration_error"] == pytest.approx(together["calibration_error"])


def test_reliability_compares_probability_and_share_in_each_tenth():
    rows = pl.DataFrame(
        {
            "forecast": [2.0, 2.0, 1.0, 2.0],
            "actual": [2.0, 1.0, 1.0, None],
            "p_down": [0.28, 0.22, 1.0, 0.1],
            "p_up": [0.72, 0.78, 0.0, 0.9],
        }
    )

    found = reliability(rows, 2)

    assert found.rows() == [(pytest.approx(0.75), 0.5, 2), (1.0, 1.0, 1)]
