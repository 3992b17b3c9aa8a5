import polars as pl
import pytest

from forecast_rnn.evaluation.metrics import OWA
from forecast_rnn.evaluation.value_metrics import METRICS
from forecast_rnn.output.report.scoreboard import WORDS, curves, scoreboard
from tests.output.report.outcomes import SETTINGS, TRIALS


def scores(**metrics):
    rows = [
        (model, metric, value)
        for metric, values in metrics.items()
        for model, value in zip(("network", "naive"), values, strict=True)
    ]
    return pl.DataFrame(rows, schema=["model", "metric", "value"], orient="row")


def test_the_best_of_each_metric_is_marked():
    models, columns = scoreboard(
        scores(
            rmse=[2.0, 1.0],
            mase=[0.5, 1.0],
            bias=[-0.1, 0.05],
            coverage_80=[0.7, 0.95],
            interval_width_80=[1.0, 2.0],
            mape=[None, None],
            novelty=[1.0, 2.0],
        )
    )

    assert models == ["network", "naive"]
    assert {column.name: column.best for column in columns} == {
        "mase": (True, False),
        "rmse": (False, True),
        "bias": (False, True),
        "coverage_80": (True, False),
        "interval_width_80": (False, False),
        "novelty": (False, False),
    }
    assert [column.label for column in columns][:4] == ["MASE", "RMSE", "bias", "coverage 80%"]


def test_equal_scores_are_both_the_best_and_a_lone_one_is_none():
    _, columns = scoreboard(scores(mase=[1.0, 1.0], mae=[1.0, None]))

    assert [column.best for column in columns] == [(True, True), (False, False)]
    assert columns[1].cells == ("1.00", "-")


@pytest.mark.parametrize("metric", [*METRICS, OWA])
def test_every_metric_is_told_in_words(metric):
    label, meaning = WORDS[metric]

    assert label
    assert meaning


def test_a_curve_is_named_by_what_sets_it_apart():
    found = curves(TRIALS, SETTINGS | {"learning_rate": 0.1})

    assert [curve.label for curve in found] == [
        "hidden size 128, no calendar",
        "hidden size 64, no calendar",
        "hidden size 64, calendar",
    ]
    assert (found[1].steps, found[1].scores) == ((100, 200), (0.8, 0.7))
    assert [curve.chosen for curve in found] == [None, 1, None]


def test_without_trials_there_is_no_curve():
    assert curves((), SETTINGS) == []
