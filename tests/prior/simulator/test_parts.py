import numpy as np
import pytest

from forecast_rnn.prior.simulator.families import FAMILIES, economic
from forecast_rnn.prior.simulator.filters import circle, filtered, poles, quasi_periodic, smooth
from forecast_rnn.prior.simulator.links import counted, rectified, seldom, thinned
from forecast_rnn.prior.simulator.noise import autoregression, innovations
from forecast_rnn.prior.simulator.seasons import holidays, pattern, seasonal


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_innovations_are_centred_and_of_unit_size(rng):
    noise = innovations(rng, 2000, 100)

    # A mean of 200,000 numbers, some of heavy tails, strays by less.
    assert abs(noise.mean()) < 0.02
    assert 0.7 < np.median(noise.std(axis=1)) < 1.1
    assert (np.abs(noise) > 6).any()


def test_an_autoregression_is_that_of_the_plain_loop(rng):
    noise, keep = rng.normal(size=(3, 20)), np.array([[0.0], [0.5], [1.0]])
    expected = noise.copy()
    for row in range(1, 20):
        expected[:, row] += keep[:, 0] * expected[:, row - 1]

    assert autoregression(noise.copy(), keep) == pytest.approx(expected, rel=1e-12)


def test_a_filter_by_its_spectrum_is_that_of_the_plain_loop(rng):
    length = circle(100)
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)[None]
    noise = rng.normal(size=(1, length))

    found = filtered(noise, 1 / (1 - 0.6 * turn), 100)

    expected = autoregression(noise.copy(), np.array([[0.6]]))[:, -100:]
    assert found == pytest.approx(expected, abs=1e-9)  # 0.6 to the power of a hundred is gone


@pytest.mark.parametrize("season", [1, 6])
def test_series_by_poles_are_centred_and_of_unit_size(rng, season):
    series = poles(rng, 50, 80, season)

    assert series.mean(axis=1) == pytest.approx(0, abs=1e-9)
    assert series.std(axis=1) == pytest.approx(1, abs=1e-6)


def test_smooth_processes_change_less_than_noise(rng):
    assert np.median(np.diff(smooth(rng, 100, 200)).std(axis=1)) < 1  # of noise: root of two


def test_a_quasi_periodic_process_resembles_itself_a_season_later(rng):
    series = quasi_periodic(rng, 100, 240, 12)

    assert np.mean(series[:, 12:] * series[:, :-12]) > 0.5
    assert np.mean(series[:, 6:] * series[:, :-6]) < 0.3


@pytest.mark.parametrize("season", [2, 7, 24])
def test_patterns_are_centred_and_of_unit_size(rng, season):
    shapes = pattern(rng, 100, season)

    assert shapes.mean(axis=1) == pytest.approx(0, abs=1e-9)
    assert shapes.std(axis=1).max() < 1.001
    assert np.median(shapes.std(axis=1)) > 0.95


def test_half_the_patterns_stay_as_they_are(rng):
    series = seasonal(rng, 400, 60, 12)

    same = np.isclose(series[:, 12:], series[:, :-12]).all(axis=1).mean()
    assert 0.2 < same < 0.6


def test_holidays_are_few_and_come_back(rng):
    effect = holidays(rng, 100, 3 * 60, 60)

    assert 0.01 < (effect != 0).mean() < 0.25
    assert (effect[:, :60] != 0).any(axis=1).mean() > 0.5


@pytest.mark.parametrize("family", [*FAMILIES, economic])
@pytest.mark.parametrize(("rows", "season"), [(5, 1), (9, 4), (60, 12), (900, 24)])
@pytest.mark.parametrize("moving", [True, False])
def test_every_family_draws_series_of_every_length(rng, family, rows, season, moving):
    paths = family(rng, 7, rows, season, moving)

    assert paths.shape == (7, rows)
    assert np.isfinite(paths).all()
    assert (paths.std(axis=1) > 0).all()


@pytest.mark.parametrize("family", [*FAMILIES, economic])
def test_series_that_move_go_farther_than_those_that_stay(rng, family):
    def far(moving):
        paths = family(rng, 400, 105, 7, moving).reshape(400, -1, 7).mean(axis=2)
        return np.median(np.abs(paths[:, -1] - paths[:, 0]) / np.abs(np.diff(paths)).mean(1))

    assert far(moving=True) > far(moving=False)


@pytest.mark.parametrize("link", [counted, seldom])
def test_counts_are_whole_and_not_negative(rng, link):
    values = link(rng, rng.normal(size=(50, 40)))

    assert (values >= 0).all()
    assert np.array_equal(values, np.round(values))


def test_seldom_demand_is_mostly_zero(rng):
    assert 0.5 < (seldom(rng, rng.normal(size=(500, 40))) == 0).mean() < 0.9


def test_rectified_series_stay_at_their_bound(rng):
    values = rectified(rng, rng.normal(size=(50, 40)))

    bound = np.where(values.min(axis=1) == 0, 0, values.max(axis=1))[:, None]
    assert ((values == bound).sum(axis=1) > 1).mean() > 0.9


def test_the_first_row_is_never_missing(rng):
    values = thinned(rng, np.ones((3000, 10)))

    assert np.isfinite(values[:, 0]).all()
    assert np.isnan(values).any()
