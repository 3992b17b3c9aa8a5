"""What is said of backtests of classes."""

import numpy as np
import polars as pl
import pytest

from forecast_rnn.config import Task
from forecast_rnn.evaluation.class_verdict import class_verdict

TASK = Task(horizon=2, season_length=7, quantile_levels=(), classes=2)
WINDOWS = 40


def backtest_of(
    right: dict[str, float], *, sure: dict[str, float], windows: int = WINDOWS, series: int = 1
) -> pl.DataFrame:
    """Models that are right in shares of their windows, and as sure as said; nulls for the rest."""
    frames = []
    for model, share in right.items():
        steps = np.arange(2 * windows * series)
        is_right = (steps * 7919 % 100) < 100 * share  # spread over the windows
        probability = sure.get(model)
        frames.append(
            pl.DataFrame(
                {
                    "model": model,
                    "item": steps // (2 * windows),
                    "origin": steps // 2 % windows,
                    "cutoff": steps // 2 % windows,
                    "step": steps % 2 + 1,
                    "forecast": np.where(is_right, 2.0, 1.0),
                    "actual": 2.0,
                    "p_down": [None if probability is None else 1 - probability] * len(steps),
                    "p_up": [probability] * len(steps),
                },
                schema_overrides={"p_down": pl.Float64, "p_up": pl.Float64},
            )
        )
    return pl.concat(frames)


def said(right, sure, **options) -> str:
    task = options.pop("task", TASK)
    return " ".join(class_verdict(backtest_of(right, sure=sure, **options), task).sentences)


def test_a_better_network_is_said_to_beat_the_best_baseline():
    right = {"network": 0.9, "climatology": 0.5, "majority": 0.4, "seasonal_naive": 0.45}

    found = class_verdict(backtest_of(right, sure={"network": 0.9, "climatology": 0.5}), TASK)

    words = " ".join(found.sentences)
    assert words.startswith(
        "The network beats the best baseline: the network is right in 90.0% of the cases, "
        "climatology (the class frequencies of training) in 50.0%. "
        "What the seasonal naive implies is right in 45.0%. "
    )
    assert "better than those of climatology (log loss 0.105 against 0.693)" in words
    assert "probabilities are about right: its class has 90.0% on average" in words
    assert found.metric == "error_rate"
    assert found.comparison.words == "more than chance"
    assert found.comparison.difference == pytest.approx(-0.4)
    assert (found.comparison.model, found.comparison.against) == ("network", "climatology")
    assert found.best_baseline == "climatology"
    assert found.skill == pytest.approx(1 - 0.1 / 0.55)
    assert (found.series, found.series_won, found.windows) == (1, 1, WINDOWS)


def test_a_worse_network_is_said_not_to_beat_it():
    words = said(
        {"network": 0.4, "climatology": 0.5, "seasonal_naive": 0.9},
        {"network": 0.45, "climatology": 0.5},
    )

    assert words.startswith("The network does not beat the best baseline: ")
    assert "the seasonal naive in 90.0%" in words
    assert "no better than those of climatology" in words


def test_a_small_difference_is_said_to_be_chance():
    words = said(
        {"network": 0.62, "climatology": 0.6, "seasonal_naive": 0.5},
        {"network": 0.6, "climatology": 0.5},
    )

    assert words.startswith("The network beats the best baseline: ")
    assert "The difference to the best baseline is no more than chance (p = " in words


def test_equal_shares_are_said_to_be_equal():
    words = said(
        {"network": 0.5, "climatology": 0.5, "seasonal_naive": 0.5},
        {"network": 0.5, "climatology": 0.5},
    )

    assert words.startswith("The network is as good as the best baseline, and no better")


@pytest.mark.parametrize(("sure", "word"), [(0.95, "too sure"), (0.55, "too cautious")])
def test_probabilities_that_do_not_hold_are_said(sure, word):
    words = said(
        {"network": 0.75, "climatology": 0.5, "seasonal_naive": 0.5},
        {"network": sure, "climatology": 0.5},
    )

    assert f"The probabilities are {word}: its class has {100 * sure:.1f}% on average" in words


def test_few_forecasts_and_several_series_are_said():
    right = {"network": 0.9, "climatology": 0.5, "seasonal_naive": 0.45}

    words = said(right, {"network": 0.9, "climatology": 0.5}, windows=3, series=2)

    assert "right more often than the seasonal naive on 2 of 2 series" in words
    assert words.endswith("This rests on 6 forecasts only, so take it with care.")


def test_without_a_season_the_naive_forecast_is_named():
    task = Task(horizon=2, season_length=1, quantile_levels=(), classes=2)
    right = {"network": 0.4, "climatology": 0.5, "seasonal_naive": 0.9}

    words = said(right, {"network": 0.4, "climatology": 0.5}, task=task)

    assert "the naive forecast (no change) in 90.0%" in words


def test_nothing_to_compare_gives_no_verdict():
    empty = backtest_of({"network": 0.5, "seasonal_naive": 0.5}, sure={}).clear()

    assert class_verdict(empty, TASK).sentences[0].startswith("No verdict")
