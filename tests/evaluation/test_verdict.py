from dataclasses import replace

import polars as pl
import pytest

from forecast_rnn.config import Task
from forecast_rnn.evaluation.verdict import verdict

TASK = Task(horizon=1, season_length=4, quantile_levels=(0.5,))


def backtest_of(errors: dict[str, list[float]], *, scale: float | None = 1.0, origins: int = 1):
    """One row a series and origin; the actual value is 0, so a forecast is its error."""
    rows = [
        (model, item, origin, origin, 1, error, 0.0, scale, scale, None)
        for model, each in errors.items()
        for item, error in enumerate(each)
        for origin in range(origins)
    ]
    names = ["model", "item", "origin", "cutoff", "step", "forecast", "actual"]
    names += ["error_scale", "root_error_scale", "q0.5"]
    types = dict.fromkeys(names[-3:], pl.Float64)
    return pl.DataFrame(rows, schema=names, schema_overrides=types, orient="row")


def words(errors, **options):
    return " ".join(verdict(backtest_of(errors, **options), TASK).sentences)


def test_a_better_network_is_said_to_beat_the_seasonal_naive():
    errors = {"network": [0.5, 0.5, 2.0], "seasonal_naive": [1.0, 2.0, 1.0], "drift": [3, 3, 3]}

    found = verdict(backtest_of(errors, origins=4), TASK)

    assert found.sentences == (
        "The network beats the seasonal naive: its error is 25% lower (MASE 1 against 1.333).",
        "It is better on 2 of 3 series.",
        "No other baseline does better than the seasonal naive.",
        "The 4 windows are too few to tell from chance.",
    )
    assert found.skill == pytest.approx(0.25)
    assert (found.series_won, found.series, found.windows) == (2, 3, 12)
    assert found.best_baseline == "seasonal_naive"


def test_a_worse_network_is_said_not_to_beat_it():
    said = words({"network": [1.2], "seasonal_naive": [1.0]})

    assert said.startswith("The network does not beat the seasonal naive: its error is 20% higher")


def test_a_far_worse_network_is_said_to_be_times_as_bad():
    said = words({"network": [9.6], "seasonal_naive": [1.0]})

    assert "its error is 9.6 times as high" in said


def test_equal_errors_are_said_to_be_equal():
    said = words({"network": [1.0], "seasonal_naive": [1.001]})

    assert said.startswith("The network is as good as the seasonal naive, and no better")


def test_a_baseline_that_beats_the_network_is_named():
    found = verdict(backtest_of({"network": [1.0], "seasonal_naive": [2.0], "drift": [0.8]}), TASK)

    assert found.sentences[0] == (
        "The network beats the seasonal naive (its error is 50% lower: MASE 1 against 2), "
        "but not drift."
    )
    assert "The best baseline is drift (MASE 0.8), which beats the network" in found.sentences[1]
    assert "its error is 20% lower" in found.sentences[1]
    assert found.best_skill == pytest.approx(-0.25)


def test_a_baseline_better_than_the_seasonal_naive_but_not_than_the_network_is_named():
    said = words({"network": [1.0], "seasonal_naive": [3.0], "drift": [2.0]})

    assert "The best baseline is drift (MASE 2); the network's error is 50% lower." in said


def test_a_baseline_as_good_as_the_network_is_said_to_be():
    said = words({"network": [2.0], "seasonal_naive": [3.0], "drift": [2.0]})

    assert "The best baseline is drift (MASE 2), and the network is as good." in said


def test_undefined_mase_falls_back_to_the_mean_absolute_error():
    found = verdict(backtest_of({"network": [50.0], "seasonal_naive": [40_000]}, scale=None), TASK)

    assert found.metric == "mae"
    assert "(MAE 50 against 40,000)" in found.sentences[0]


def test_a_seasonal_naive_without_error_cannot_be_beaten():
    found = verdict(backtest_of({"network": [0.1], "seasonal_naive": [0.0]}), TASK)

    assert found.skill is None
    assert "makes no error here" in found.sentences[0]


def test_a_baseline_without_error_is_named():
    said = words({"network": [0.1], "seasonal_naive": [1.0], "drift": [0.0]})

    assert "The best baseline is drift (MASE 0), which makes no error here." in said


def test_few_forecasts_are_said_to_be_few():
    assert "This rests on one forecast only" in words({"network": [1], "seasonal_naive": [2]})
    assert "This rests on 3 forecasts only" in words(
        {"network": [1], "seasonal_naive": [2]}, origins=3
    )
    assert "rests on" not in words({"network": [1], "seasonal_naive": [2]}, origins=10)


def test_it_is_said_whether_the_difference_is_more_than_chance():
    better = {"network": [1.0, 1.1] * 15, "seasonal_naive": [2.0, 2.2] * 15, "drift": [2.0] * 30}
    unsure = better | {"network": [1.0, 3.0] * 15}

    assert words(better).endswith(
        "The difference to the best baseline is more than chance (p = 0.001 over 30 series)."
    )
    assert "is no more than chance (p = " in words(unsure)


def test_the_comparison_is_with_the_best_baseline():
    errors = {"network": [1.0] * 30, "seasonal_naive": [3.0] * 30, "drift": [2.0] * 30}

    found = verdict(backtest_of(errors), TASK).comparison

    assert (found.model, found.against, found.metric) == ("network", "drift", "mase")
    assert found.difference == -1


def test_without_a_season_the_naive_is_spoken_of():
    table = backtest_of({"network": [1.0], "seasonal_naive": [2.0], "naive": [2.0]})

    found = verdict(table, replace(TASK, season_length=1))

    assert "The network beats the naive forecast (the last value)" in found.sentences[0]
    assert found.sentences[1] == "No other baseline does better than the naive forecast."


def test_another_name_for_the_network_can_be_given():
    table = backtest_of({"lstm": [1.0], "seasonal_naive": [2.0]})

    assert verdict(table, TASK, network="lstm").skill == 0.5


def test_nothing_to_compare_is_said():
    found = verdict(backtest_of({"network": [1.0], "seasonal_naive": [2.0]}).clear(), TASK)

    assert found.sentences == ("No verdict: no series has known rows to compare with.",)
    assert found.skill is None
