import numpy as np
import pytest

from forecast_rnn.prior.design import QUANTILE_LEVELS, Design
from forecast_rnn.prior.passes import BLOCK, LEAD, dense, plan_passes
from forecast_rnn.prior.zeroshot import Flat, forecast_quantiles
from tests.prior.examples import random_prior

PRIOR = random_prior()
LENGTHS = (3, 40, 500, 1, 260)
SAME = 2e-5
"""Float32 sums of a few hundred products, in another order; values are about two hundred."""


def flat(factor=1.0, missing=0.05):
    rng = np.random.default_rng(1)
    indptr = np.concatenate([[0], np.cumsum(LENGTHS)])
    values = 200 + rng.normal(size=indptr[-1]).cumsum()
    values[rng.random(len(values)) < missing] = np.nan
    season = np.array([1, 4, 12, 7, 7])
    return Flat(factor * values, indptr, season, np.array([0, 0, 0, 0, 60]))


ORIGINS = np.array([2, 20, 42, 100, 101, 230, 542, 600, 803])


def test_a_forecast_has_the_shape_that_was_asked_for_and_ordered_quantiles():
    found = forecast_quantiles(PRIOR, flat(), ORIGINS, horizon=9)

    assert found.shape == (len(ORIGINS), 9, len(QUANTILE_LEVELS))
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()


def test_nothing_after_an_origin_changes_its_forecast():
    known, series = forecast_quantiles(PRIOR, flat(), ORIGINS, horizon=5), flat()
    for place, origin in enumerate(ORIGINS):
        values = series.values.copy()
        values[origin + 1 :] = 7e5
        other = Flat(values, series.indptr, series.season, series.second)

        found = forecast_quantiles(PRIOR, other, ORIGINS[place : place + 1], horizon=5)[0]

        assert found == pytest.approx(known[place], rel=SAME)


def test_an_origin_alone_is_forecast_as_among_others():
    rng = np.random.default_rng(0)
    origins = rng.permutation(np.arange(sum(LENGTHS)))[:300]
    together = forecast_quantiles(PRIOR, flat(), origins, horizon=3)

    for place in (0, 100, 299):
        alone = forecast_quantiles(PRIOR, flat(), origins[place : place + 1], horizon=3)
        assert alone[0] == pytest.approx(together[place], rel=SAME, nan_ok=True)


def test_steps_are_the_same_whatever_the_horizon():
    long = forecast_quantiles(PRIOR, flat(), ORIGINS, horizon=50)

    assert forecast_quantiles(PRIOR, flat(), ORIGINS, horizon=4) == pytest.approx(
        long[:, :4], rel=SAME
    )


@pytest.mark.parametrize("factor", [2.0**-900, 2.0**40, 1e-5, 3e300])
def test_a_factor_of_the_series_is_a_factor_of_the_forecast(factor):
    plain = forecast_quantiles(PRIOR, flat(), ORIGINS, horizon=5)

    found = forecast_quantiles(PRIOR, flat(factor), ORIGINS, horizon=5)

    assert found / factor == pytest.approx(plain, rel=SAME)


def test_both_signs_together_know_no_up_and_down():
    series = flat()
    turned = Flat(-series.values, series.indptr, series.season, series.second)
    up, down = (
        forecast_quantiles(PRIOR, each, ORIGINS, horizon=5, both_signs=True)
        for each in (series, turned)
    )

    assert up == pytest.approx(-down[..., ::-1], rel=1e-12)  # the same sums, halved


def test_before_the_first_value_there_is_no_forecast():
    values = np.array([np.nan, np.nan, 5.0, 6.0, np.nan, np.nan])

    found = forecast_quantiles(
        PRIOR, Flat(values, np.array([0, 4, 6])), np.array([0, 1, 2, 3, 5]), horizon=2
    )

    assert np.isnan(found).all(axis=(1, 2)).tolist() == [True, True, False, False, True]


def test_leading_gaps_change_nothing():
    values = 50 + np.random.default_rng(0).normal(size=40)
    late = np.concatenate([np.full(13, np.nan), values])
    origin = np.array([39])

    plain = forecast_quantiles(PRIOR, Flat(values, np.array([0, 40]), 4), origin, horizon=6)
    found = forecast_quantiles(PRIOR, Flat(late, np.array([0, 53]), 4), origin + 13, horizon=6)

    assert np.array_equal(found, plain)


def test_a_series_that_never_changes_is_forecast_near_to_it():
    found = forecast_quantiles(
        PRIOR, Flat(np.full(30, 1e6), np.array([0, 30])), np.array([29]), horizon=3
    )

    assert found == pytest.approx(1e6, rel=1e-3)


def test_no_origins_give_no_forecasts():
    found = forecast_quantiles(PRIOR, flat(), np.array([], int), horizon=3)

    assert found.shape == (0, 3, len(QUANTILE_LEVELS))


@pytest.mark.parametrize("cell", ["lstm", "mingru"])
def test_every_cell_forecasts(cell):
    prior = random_prior(Design(cell=cell, hidden_size=8, head_size=8))

    assert np.isfinite(forecast_quantiles(prior, flat(), ORIGINS, horizon=3)).all()


def test_origins_of_a_block_share_a_pass_that_begins_before_it():
    origins = np.array([BLOCK - 1, BLOCK, BLOCK + 5, 3 * BLOCK])

    found = plan_passes(np.array([0]), np.array([2 * BLOCK]), np.zeros(4, int), origins)

    assert found.owner.tolist() == [0, 1, 1, 2]
    assert found.begin.tolist() == [0, 0, BLOCK]
    assert (found.begin + found.start).tolist() == [0, 0, 3 * BLOCK - LEAD]
    assert (found.begin + found.end).tolist() == [BLOCK, BLOCK + 6, 3 * BLOCK + 1]
    assert (found.begin[found.owner] + found.row).tolist() == origins.tolist()


def test_passes_lie_side_by_side_and_padded():
    found = dense(np.arange(6.0), np.array([0, 4]), np.array([3, 2]))

    assert found == pytest.approx(np.array([[0, 1, 2], [4, 5, np.nan]]), nan_ok=True)


@pytest.mark.parametrize("later", [0.0, 1000.0, 1e6])
def test_zeros_are_forecast_alike_whatever_comes_after_them(later):
    values = np.array([0.0] * 20 + [later] * 5)
    alone = Flat(values[:20], np.array([0, 20]))
    origin = np.array([19])

    found = forecast_quantiles(PRIOR, Flat(values, np.array([0, 25])), origin, horizon=3)

    assert np.array_equal(found, forecast_quantiles(PRIOR, alone, origin, horizon=3))


def test_a_later_value_changes_no_digit():
    values = np.random.default_rng(0).normal(5, 1, 60)
    other = np.append(values[:40], 1e9 * values[40:])
    origins = np.array([10, 39])

    found = [
        forecast_quantiles(PRIOR, Flat(each, np.array([0, 60]), 4), origins, horizon=5)
        for each in (values, other)
    ]

    assert np.array_equal(*found)
