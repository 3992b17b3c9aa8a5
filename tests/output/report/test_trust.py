"""What stands beside the forecast."""

from dataclasses import replace

import pytest

from forecast_rnn.evaluation.significance import MORE, NO_MORE, TOO_FEW, Comparison
from forecast_rnn.evaluation.verdict import Verdict
from forecast_rnn.output.report.trust import standing, tiles
from tests.output.report.outcomes import outcome_of


def judged(network: float, best: float, words: str) -> Verdict:
    comparison = Comparison(
        "network", "window_average", "mase", 0, None, None, None, "series", 9, words
    )
    return Verdict(
        sentences=("so",),
        errors={"network": network, "seasonal_naive": 2.0, "window_average": best},
        best_baseline="window_average",
        comparison=comparison,
    )


@pytest.mark.parametrize(
    ("network", "best", "words", "expected"),
    [
        (1.0, 1.5, MORE, "Better than every baseline"),
        (1.5, 1.0, MORE, "Worse than window average"),
        (1.0, 1.5, NO_MORE, "No clear winner"),
        (1.5, 1.0, NO_MORE, "No clear winner"),
        (1.0, 1.5, TOO_FEW, "No clear winner"),
    ],
)
def test_only_what_is_more_than_chance_makes_a_winner(network, best, words, expected):
    assert standing(judged(network, best, words)) == expected


def test_without_a_test_of_chance_there_is_no_clear_winner():
    assert standing(replace(judged(1.0, 2.0, MORE), comparison=None)) == "No clear winner"


def test_what_was_not_tested_says_so_and_has_no_figures():
    outcome = outcome_of(windows=0)

    assert standing(outcome.verdict) == "Not tested"
    assert tiles(outcome) == []


def test_figures_are_held_against_the_seasonal_naive_the_interval_and_the_series():
    labels = [label for label, _, _ in tiles(outcome_of())]

    assert labels[0] == "Error against seasonal naive"
    assert labels[-2:] == ["Inside the interval", "Series forecast better"]
