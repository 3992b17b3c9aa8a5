"""What the priors that come with the package know, whatever they were trained on last."""

import numpy as np
import pytest

from forecast_rnn.prior.weights import FOLDER, shipped_prior
from forecast_rnn.prior.zeroshot import Flat, forecast_quantiles

SHIPPED = sorted(path.stem for path in FOLDER.glob("*.safetensors"))
ROWS, HORIZON, SEASON = 120, 14, 7
MEDIAN, LOW, HIGH = 5, 1, 9  # of 0.05, 0.1, …, 0.9, 0.95


@pytest.fixture(params=SHIPPED)
def prior(request):
    return shipped_prior(request.param)


def weekly(noise=1.0, rows=ROWS):
    rng = np.random.default_rng(0)
    return 100 + 10 * np.cos(2 * np.pi * np.arange(rows) / SEASON) + noise * rng.normal(size=rows)


def forecast(prior, values, season=SEASON, second=0):
    series = Flat(values, np.array([0, len(values)]), season, second)
    return forecast_quantiles(prior, series, np.array([len(values) - 1]), horizon=HORIZON)[0]


def test_a_season_comes_back(prior):
    whole = weekly(rows=ROWS + HORIZON)

    found = forecast(prior, whole[:ROWS])[:, MEDIAN]

    # Of unit noise the seasonal naive's error is 1.13 on the average, and the least is 0.8.
    assert np.abs(found - whole[ROWS:]).mean() < 1.13


def test_a_line_goes_on(prior):
    found = forecast(prior, 50 + 3.0 * np.arange(40), season=1)[:6, MEDIAN]

    assert found == pytest.approx(50 + 3.0 * np.arange(40, 46), abs=4)  # the last value is 18 off


def test_intervals_are_about_as_wide_as_the_noise(prior):
    found = forecast(prior, weekly())

    # 80 % of normal noise lie within 2.56.
    assert 1.5 < (found[:, HIGH] - found[:, LOW]).mean() < 6


@pytest.mark.parametrize("height", [100.0, -100.0, 1e9])
@pytest.mark.parametrize("back", [1, 2, 7, 14, 60])
def test_one_outlier_moves_the_forecast_little_however_large_it_is(prior, back, height):
    values = weekly()
    calm = forecast(prior, values)
    values[-back] += height

    shaken = forecast(prior, values)

    # An outlier comes to lie ten sizes off, which are about 80 here.
    assert np.abs(shaken - calm)[:, MEDIAN].max() < 60


@pytest.mark.parametrize("gap", [1, 5, 20])
def test_a_gap_before_the_origin_moves_the_forecast_little(prior, gap):
    values = weekly()
    calm = forecast(prior, values)[:, MEDIAN]
    values[-gap:] = np.nan

    assert np.abs(forecast(prior, values)[:, MEDIAN] - calm).max() < 5


def test_after_a_shift_the_forecast_is_at_the_new_level(prior):
    values = weekly()
    values[-2 * SEASON :] += 300

    found = forecast(prior, values)[:, MEDIAN]

    assert np.abs(found - 400).max() < 100
