import numpy as np
import pytest

from forecast_rnn.neural.pretraining.crops import ORIGINS, ROWS, Material, draw_crops
from forecast_rnn.prior.zeroshot import Flat
from tests.prior.examples import walks

NAN = np.nan


def flat(*series, season=4, second=0):
    values = np.concatenate([np.asarray(one, float) for one in series])
    return Flat(values, np.cumsum([0, *map(len, series)]), season, second)


def lengths(*rows, seed=0):
    return flat(*(walks(1, count, seed=seed + count)[0] for count in rows))


def parts_of(material):
    return material.first, material.length, material.season, material.second


def same(one, other):
    parts = zip(
        (one.read, one.origins, one.target, one.weight, one.steps.told),
        (other.read, other.origins, other.target, other.weight, other.steps.told),
        strict=True,
    )
    return all(left.shape == right.shape and np.array_equal(left, right) for left, right in parts)


def test_series_begin_at_their_first_value_and_those_of_few_rows_are_left_out():
    series = flat([NAN, 1, 2, 3, 4], [1, 2, 3], [], [NAN, NAN], [5, NAN, 6, 7, NAN])

    material = Material.of(series)

    assert material.first.tolist() == [1, 10]
    assert material.length.tolist() == [4, 5]


def test_a_batch_is_a_function_of_seed_and_step():
    material = Material.of(lengths(50, 400))

    first = draw_crops(material, horizon=6, seed=1, step=3)

    assert same(first, draw_crops(material, horizon=6, seed=1, step=3))
    assert not same(first, draw_crops(material, horizon=6, seed=2, step=3))
    assert not same(first, draw_crops(material, horizon=6, seed=1, step=4))


@pytest.mark.parametrize("horizon", [1, 6, 40])
@pytest.mark.parametrize("rows", [(4,), (5, 9), (30,) * 200, (2600, 14), (5000,) * 40])
def test_batches_are_finite_of_bounded_size_and_never_without_outcomes(rows, horizon):
    material = Material.of(lengths(*rows))

    for step in range(3):
        sample = draw_crops(material, horizon=horizon, seed=0, step=step)
        for part in (sample.read, sample.target, sample.weight, sample.steps.told):
            assert np.isfinite(part).all()
        assert sample.weight.sum() > 0
        assert sample.read.shape[0] * sample.read.shape[1] <= ROWS
        assert sample.origins.size <= max(ORIGINS, 2 * len(sample.origins))


@pytest.mark.parametrize("factor", [1e300, 2.0**-900])
def test_what_is_read_does_not_depend_on_the_size_of_values(factor):
    series = lengths(60, 300)
    scaled = Flat(series.values * factor, series.indptr, series.season)
    drawn = [draw_crops(Material.of(each), horizon=5, seed=0, step=0) for each in (series, scaled)]

    assert drawn[0].read == pytest.approx(drawn[1].read, abs=1e-5)  # float32
    assert drawn[0].target == pytest.approx(drawn[1].target, rel=1e-4, abs=1e-5)


def test_a_missing_outcome_counts_for_nothing():
    holes = walks(3, 80, missing=0.3)
    material = Material.of(flat(*holes))

    sample = draw_crops(material, horizon=8, seed=0, step=0)

    assert 0.2 < (sample.weight == 0).mean() < 0.6
    assert (sample.target[sample.weight == 0] == 0).all()


def test_series_beside_it_change_nothing_of_what_is_read_of_a_series():
    one, before, after = walks(3, 20)
    alone = Material.of(flat(one))
    beside = Material.of(flat(before * 1e6, one, after * 1e6))
    together = Material(beside.values, *(part[1:2] for part in parts_of(beside)))

    drawn = [draw_crops(each, horizon=30, seed=0, step=2) for each in (alone, together)]

    assert same(*drawn)


def test_few_rows_are_not_shown_over_and_over_in_a_batch():
    material = Material.of(lengths(20, 20, 150))

    sample = draw_crops(material, horizon=4, seed=0, step=0)

    assert len(sample.read) <= 2 * (1 + 1 + 8)
