"""What sources were worth, by hand."""

import numpy as np
import pytest

from forecast_rnn.evaluation.combination import scaled_loss
from forecast_rnn.evaluation.worth import TOGETHER, Worth, weights_in_words, worths
from tests.panels import NAN

LEVELS = (0.1, 0.5, 0.9)
ACTUAL = np.array([[10.0, NAN], [4.0, 6.0]])
SCALE = np.array([2.0, 1.0])


def flat(value):
    return np.full((2, 3, 2), value)


def test_a_loss_is_twice_the_pinball_loss_over_the_scale_by_a_plain_loop():
    losses = []
    for row in range(2):
        for step in range(2):
            for level in LEVELS:
                error = ACTUAL[row, step] - 5.0
                if np.isfinite(error):
                    losses.append(2 * max(level * error, (level - 1) * error) / SCALE[row])

    found = scaled_loss(flat(5.0), ACTUAL, SCALE, LEVELS)

    assert found == pytest.approx(np.mean(losses), rel=1e-12)


def test_each_source_and_all_together_are_told():
    sources = [flat(4.0), flat(6.0)]

    found = worths(["a", "b"], (0.5, 0.5), sources, (ACTUAL, SCALE, LEVELS))

    assert [one.name for one in found] == ["a", "b", TOGETHER]
    assert found[-1].score == scaled_loss(flat(5.0), ACTUAL, SCALE, LEVELS)
    assert weights_in_words(found) == "a 50%, b 50%"


def test_without_rows_there_are_weights_and_no_scores():
    assert worths(["a"], (1.0,)) == (Worth("a", None, 1.0),)


def test_what_cannot_be_measured_has_no_score():
    found = worths(["a"], (1.0,), [flat(1.0)], (np.full((2, 2), NAN), SCALE, LEVELS))

    assert found[0].score is None
