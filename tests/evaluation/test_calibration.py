"""That intervals become as wide as held-back rows say, and no quantiles cross."""

from statistics import NormalDist

import numpy as np
import pytest

from forecast_rnn.errors import ConfigError
from forecast_rnn.evaluation.calibration import (
    DOUBT_NARROWER,
    DOUBT_WIDER,
    LEAST,
    MOST,
    Calibration,
    ConformityScores,
    calibrate,
    conformity_scores,
)

LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])


def forecasts(count, horizon, spread):
    """Quantiles of a normal distribution of one spread, and outcomes of spread 1 beside them."""
    generator = np.random.default_rng(count)
    middle = generator.normal(0, 5, (count, horizon))
    quantiles = middle[..., None] + spread * SCORES
    return quantiles, middle + generator.normal(0, 1, (count, horizon))


def corrected(calibration, quantiles):
    values = quantiles.transpose(0, 2, 1)
    scores = np.broadcast_to(SCORES[:, None], values.shape)
    return calibration.corrected(values, quantiles[..., 2], scores).transpose(0, 2, 1)


def coverage(quantiles, actual, low, high):
    return np.mean((actual >= quantiles[..., low]) & (actual <= quantiles[..., high]))


@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_intervals_of_any_width_get_that_of_the_outcomes(spread):
    quantiles, actual = forecasts(4000, 3, spread)
    calibration = calibrate(conformity_scores(quantiles, actual, LEVELS, windows=1e9))

    new, outcome = forecasts(5000, 3, spread)
    result = corrected(calibration, new)

    assert coverage(result, outcome, 0, 4) == pytest.approx(0.8, abs=0.02)
    assert coverage(result, outcome, 1, 3) == pytest.approx(0.5, abs=0.02)
    assert np.array(calibration.factors) == pytest.approx(1 / spread, rel=0.1)
    assert np.array_equal(result[..., 2], new[..., 2])


def test_a_share_of_the_outcomes_that_were_measured_is_held_exactly():
    quantiles, actual = forecasts(999, 1, 0.7)

    calibration = calibrate(conformity_scores(quantiles, actual, LEVELS, windows=1e9))

    inside = coverage(corrected(calibration, quantiles), actual, 0, 4)
    assert inside == pytest.approx(0.8, abs=0.002)


def test_the_factor_is_the_ranked_reach_of_a_plain_loop():
    quantiles, actual = forecasts(1000, 2, 0.6)
    conformity = []
    for row in range(1000):
        middle, bound = quantiles[row, 1, 2], 4 if actual[row, 1] > quantiles[row, 1, 2] else 0
        conformity.append(abs(actual[row, 1] - middle) / abs(quantiles[row, 1, bound] - middle))

    calibration = calibrate(conformity_scores(quantiles, actual, LEVELS, windows=1e9))

    # ceil(1001 · 0.8) = 801
    assert calibration.factors[1][1] == pytest.approx(sorted(conformity)[800], rel=1e-3)


@pytest.mark.parametrize(("spread", "windows"), [(0.5, DOUBT_WIDER), (2.0, DOUBT_NARROWER)])
def test_few_windows_are_trusted_less_and_those_that_ask_for_narrower_ones_least(spread, windows):
    quantiles, actual = forecasts(400, 2, spread)

    sure, half = (
        calibrate(conformity_scores(quantiles, actual, LEVELS, windows=number))
        for number in (1e9, windows)
    )

    assert np.array(half.factors) == pytest.approx(np.sqrt(sure.factors), rel=1e-3)
    assert DOUBT_WIDER < DOUBT_NARROWER


def test_several_measurements_count_as_one():
    quantiles, actual = forecasts(400, 2, 0.5)
    parts = [
        conformity_scores(quantiles[some], actual[some], LEVELS, windows=1)
        for some in (slice(100), slice(100, 400))
    ]
    whole = conformity_scores(quantiles, actual, LEVELS, windows=2)

    assert calibrate(*parts) == calibrate(whole)


def test_steps_with_few_outcomes_go_by_those_around_them():
    quantiles, actual = forecasts(100, 40, 0.5)
    actual[:, 0] = np.nan

    calibration = calibrate(conformity_scores(quantiles, actual, LEVELS, windows=1e9))

    factors = np.array(calibration.factors)
    assert factors.shape == (40, 2)
    assert np.abs(np.diff(factors, axis=0)).max() < 0.5
    assert factors.mean() == pytest.approx(2, rel=0.2)


def test_quantiles_stay_on_their_side_of_the_median():
    generator = np.random.default_rng(0)
    quantiles = np.sort(generator.normal(0, 1, (300, 4, 5)), axis=-1)
    actual = generator.standard_cauchy((300, 4))

    calibration = calibrate(conformity_scores(quantiles, actual, LEVELS, windows=1))

    result = corrected(calibration, quantiles)
    assert np.array_equal(result[..., 2], quantiles[..., 2])
    assert np.array_equal(np.sort(result, axis=-1)[..., 2], quantiles[..., 2])


def test_factors_have_bounds_whatever_came_true():
    quantiles, _ = forecasts(300, 2, 1.0)
    middle = quantiles[..., 2]

    never = calibrate(conformity_scores(quantiles, middle, LEVELS, windows=1e9))
    always = calibrate(conformity_scores(quantiles, middle + 1e9, LEVELS, windows=1e9))
    flat = calibrate(conformity_scores(0 * quantiles, middle, LEVELS, windows=1e9))

    assert {factor for step in never.factors for factor in step} == {LEAST}
    assert {factor for step in always.factors for factor in step} == {MOST}
    assert np.array_equal(corrected(flat, 0 * quantiles), 0 * quantiles)


def test_nothing_known_and_levels_without_intervals_change_nothing():
    quantiles, actual = forecasts(10, 2, 1.0)

    unknown = calibrate(conformity_scores(quantiles, actual * np.nan, LEVELS, windows=1))
    single = calibrate(conformity_scores(quantiles[..., 2:3], actual, (0.5,), windows=1))
    uneven = calibrate(conformity_scores(quantiles[..., 1:3], actual, (0.3, 0.5), windows=1))

    assert unknown == single == uneven == Calibration()
    assert corrected(Calibration(), quantiles).base is quantiles


def test_between_levels_factors_go_over_in_straight_lines():
    calibration = Calibration((1.0, 2.0), ((0.5, 1.5),))
    scores = np.array([[-3.0, -1.5, -1.0, 0.5, 2.0]])[..., None]

    result = calibration.corrected(10 + scores, np.array([[10.0]]), scores)

    assert (result[0, :, 0] - 10).tolist() == pytest.approx([-4.5, -1.5, -0.5, 0.25, 3.0])


@pytest.mark.parametrize(
    ("scores", "factors", "message"),
    [
        ((1.0, 1.0), (), "must increase"),
        ((-1.0,), (), "must increase"),
        ((1.0,), ((1.0, 1.0),), "must lie in"),
        ((1.0,), ((9.0,),), "must lie in"),
        ((1.0,), ((float("nan"),),), "must lie in"),
    ],
)
def test_what_is_no_calibration_is_refused(scores, factors, message):
    with pytest.raises(ConfigError, match=message):
        Calibration(scores, factors)


def test_a_reach_does_not_print_its_values():
    assert "array" not in repr(ConformityScores((0.9,), 1, np.zeros((1, 1, 1), np.float32)))
