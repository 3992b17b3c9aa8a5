import numpy as np
import pytest

from forecast_rnn.prior.simulator.blocks import SECONDS, Block, simulate
from forecast_rnn.prior.simulator.shapes import (
    LEAST_ROWS,
    MOST_ROWS,
    SEASONS,
    draw_block,
    draw_rows,
    draw_season,
)


def drawn(block, seed=0):
    return simulate(np.random.default_rng(seed), block)


@pytest.mark.parametrize("rows", [5, 17, 300])
@pytest.mark.parametrize(("season", "second"), [(1, 0), (4, 0), (7, 30), (24, 168)])
def test_a_block_has_its_size_and_finite_values(rows, season, second):
    values, told = drawn(Block(40, rows, season, second))

    assert values.shape == (40, rows)
    assert np.isfinite(values[:, 0]).all()
    assert not np.isinf(values).any()
    assert set(told) <= {0, second}


def test_the_same_seed_gives_the_same_series_and_another_gives_others():
    block = Block(20, 60, 12)

    assert np.array_equal(drawn(block)[0], drawn(block)[0], equal_nan=True)
    assert not np.array_equal(drawn(block)[0], drawn(block, 1)[0], equal_nan=True)


@pytest.mark.parametrize("season", [4, 7, 12, 24])
def test_most_series_have_the_season_they_are_said_to_have(season):
    values, _ = drawn(Block(400, 12 * season, season))
    values = values[np.isfinite(values).all(axis=1)]
    changes = np.diff(values, axis=1)

    def alike(lag):
        ahead, behind = changes[:, lag:], changes[:, :-lag]
        scale = np.sqrt((ahead**2).sum(1) * (behind**2).sum(1)) + 1e-12
        return (ahead * behind).sum(1) / scale

    assert np.median(alike(season)) > 0.2
    assert np.median(alike(season + max(1, season // 3))) < 0.1


def test_all_kinds_of_values_are_there():
    values, _ = drawn(Block(1000, 80, 7))
    there = np.isfinite(values)
    whole = np.where(there, values, 1)

    counts = (whole == np.round(whole)).all(axis=1)
    assert 0.1 < counts.mean() < 0.35
    assert 0.02 < (there & (values == 0)).any(axis=1).mean() < 0.5
    assert 0.03 < (~there).any(axis=1).mean() < 0.12
    assert 0.1 < (values < 0).any(axis=1).mean() < 0.5


def test_most_that_have_a_second_season_are_told_of_it_and_some_others():
    _, told = drawn(Block(1000, 400, 24, 168))

    assert 0.7 < (told > 0).mean() < 0.9


def test_lengths_lie_in_their_range_and_seasons_fit_them():
    rng = np.random.default_rng(0)
    rows = [draw_rows(rng) for _ in range(3000)]

    assert LEAST_ROWS <= min(rows) < 8
    assert 3000 < max(rows) <= MOST_ROWS
    for length in rows[:300]:
        assert draw_season(rng, length) <= max(1.4 * length, 2) * 3


def test_every_season_is_drawn_where_it_fits():
    rng = np.random.default_rng(0)

    assert set(SEASONS) <= {draw_season(rng, 1000) for _ in range(3000)}


def test_a_second_season_is_one_of_its_season_and_is_over_once():
    rng = np.random.default_rng(0)
    blocks = [draw_block(rng, 5, rows=500, ahead=10) for _ in range(400)]
    with_second = [block for block in blocks if block.second]

    assert len(with_second) > 40
    for block in with_second:
        assert block.second in SECONDS[block.season]
        assert block.rows == 510 >= block.second
