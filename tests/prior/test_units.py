import numpy as np
import pytest

from forecast_rnn.prior.outliers import SIZE_ROWS
from forecast_rnn.prior.rows import BOUND, WIDTH, row_inputs
from forecast_rnn.prior.units import LEAST_SHARE, units
from tests.prior.examples import every_row, history, walks

BESIDE_ZERO = [26, 27, 28, WIDTH - 1]
"""What is told of zero, which a shift changes: shares of zeros, no negative ones, the level."""


def size_by_hand(changes):
    changes = np.array(changes)
    return max(np.sqrt(changes).mean() ** 2, changes.mean() / 4) if len(changes) else 0.0


def units_by_hand(values, row, season):
    past = values[: row + 1]
    centre = [past[max(0, k - 7) : k + 1].mean() for k in range(row + 1)]
    last = range(max(0, row + 1 - max(4 * season, SIZE_ROWS)), row + 1)
    seasonal = [abs(past[k] - past[k - season]) for k in last if k >= season]
    steps = [abs(past[k] - past[k - 1]) for k in last if k >= 1]
    off = [abs(past[k] - centre[k]) for k in last if k >= 1]
    size = size_by_hand(off) + size_by_hand(seasonal)
    error = np.abs(past[season:] - past[:-season]).mean() if row >= season else size
    return centre[-1], size, size_by_hand(steps), size_by_hand(seasonal) or size, error


def test_units_are_those_of_the_plain_loop():
    values = walks(series=2, rows=50)
    at = every_row(history(values), begin=5)

    found = units(at)

    for place, (item, row) in enumerate(zip(at.items, at.rows, strict=True)):
        centre, size, step, season, error = units_by_hand(values[item], row, season=4)
        least = LEAST_SHARE * size
        expected = [centre, size, max(step, least), max(season, least), max(error, least)]
        parts = (found.centre, found.size, found.step, found.season, found.error_scale)
        # Running sums lose some of sixteen digits.
        assert [part[place] for part in parts] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("second", [0, 12])
def test_no_row_is_told_of_what_comes_after_it(second):
    values = walks(missing=0.1)
    other = values.copy()
    other[:, 41:] = walks(seed=9)[:, 41:] * 1e6

    told = [
        row_inputs(at, units(at)).reshape(*values.shape, WIDTH)[:, :41]
        for at in (every_row(history(each, second=second)) for each in (values, other))
    ]

    assert np.array_equal(*told)


def test_a_factor_changes_nothing_that_is_told():
    values = walks(missing=0.1)

    first, second = (
        row_inputs(at, units(at)) for at in (every_row(history(k * values)) for k in (1, 1024))
    )

    assert np.array_equal(first, second)  # a power of two rounds nothing


def test_a_shift_changes_only_what_is_told_of_zero():
    values = walks()

    first, second = (
        row_inputs(at, units(at)) for at in (every_row(history(values + k), 1) for k in (0, 4096))
    )

    kept = [column for column in range(WIDTH) if column not in BESIDE_ZERO]
    assert first[:, kept] == pytest.approx(second[:, kept], abs=1e-6)  # float32


def test_whatever_a_value_is_what_is_told_stays_bounded():
    values = walks(series=1)
    values[0, 30] = 1e200

    at = every_row(history(values))

    assert np.abs(row_inputs(at, units(at))).max() <= BOUND


def test_one_large_value_adds_little_to_the_size():
    values = walks(series=1, rows=120)
    calm = units(every_row(history(values)))
    values[0, 60] += 100 * calm.size[60]
    shaken = units(every_row(history(values)))

    # Means of 32 rows would be 13 times as large, were the value not drawn in.
    assert shaken.size[75] < 2 * calm.size[75]


def test_a_series_that_never_changes_has_a_size():
    at = every_row(history(np.zeros((1, 5))))
    assert (units(at).size == 1).all()

    at = every_row(history(np.full((1, 5), 300.0)))
    assert (units(at).size > 0).all()
