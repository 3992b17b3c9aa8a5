import numpy as np
import pytest

from forecast_rnn.neural.pretraining import crops, samples
from forecast_rnn.neural.pretraining.crops import Material
from forecast_rnn.neural.pretraining.own import Own, draw_batch, joined
from forecast_rnn.prior.zeroshot import Flat
from tests.prior.examples import walks

MATERIAL = Material.of(Flat(walks(2, 30).ravel(), np.array([0, 30, 60]), season=4))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(samples, "ROWS", 300)
    monkeypatch.setattr(samples, "ORIGINS", 60)
    monkeypatch.setattr(crops, "ORIGINS", 60)


def is_own(sample):
    """Tell whether windows are those of the two own series, which are all within 29 rows."""
    return len(sample.read) == 4 and sample.read.shape[1] == 29


def test_series_of_several_files_keep_their_seasons():
    short = Flat(np.array([1.0, 2, 3, 4, 5]), np.array([0, 5]), season=7, second=364)
    pair = Flat(walks(2, 6).ravel(), np.array([0, 6, 12]), season=1)

    material = joined([short, pair])

    assert material.season.tolist() == [7, 1, 1]
    assert material.second.tolist() == [364, 0, 0]
    assert material.first.tolist() == [0, 5, 11]
    assert material.length.tolist() == [5, 6, 6]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_own_series_make_their_share_of_the_batches(share):
    own = [is_own(draw_batch(0, step, Own(MATERIAL, share))) for step in range(60)]

    # Binomial of 60: three standard deviations.
    assert np.mean(own) == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / 60))


def test_the_other_batches_are_those_that_there_are_without_own_series():
    for step in range(8):
        drawn = draw_batch(5, step, Own(MATERIAL, 0.5))
        assert is_own(drawn) or np.array_equal(drawn.read, draw_batch(5, step, None).read)


def test_other_series_have_another_sum():
    other = Material.of(Flat(walks(2, 30, seed=1).ravel(), np.array([0, 30, 60]), season=4))
    seasonal = Material.of(Flat(walks(2, 30).ravel(), np.array([0, 30, 60]), season=5))

    sums = {Own(material, 0.5).sha256() for material in (MATERIAL, other, seasonal)}

    assert len(sums) == 3
    assert Own(MATERIAL, 0.1).sha256() in sums
