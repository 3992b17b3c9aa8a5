import numpy as np
import pytest

from forecast_rnn.prior.bases import FAR, NAMES, base_forecasts
from forecast_rnn.prior.places import places
from forecast_rnn.prior.trials import LEAST, past_errors
from forecast_rnn.prior.units import units
from tests.prior.examples import every_row, history, walks

SEASON = 6


def errors_by_hand(of, row):
    """Return mean errors in sizes over four origins, one to four seasons before."""
    values = of.values[0]
    size = units(places(of, np.array([0]), np.array([row]))).size[0]
    found = []
    for origin in (row - k * SEASON for k in (1, 2, 3, 4)):
        past = places(of, np.array([0]), np.array([origin]))
        unit = units(past)
        bases = base_forecasts(past, unit, np.array([[1, 3, 6]]))
        forecast = bases.reference[0][:, None] + unit.size[0] * bases.ahead[0]
        actual = values[origin + np.array([1, 3, 6])][:, None]
        found += list(np.minimum(np.abs(forecast - actual) / size, FAR))
    return np.mean(found, axis=0)


def test_trials_are_those_of_the_plain_loop():
    of = history(walks(series=1, rows=90), SEASON)
    at = places(of, np.array([0, 0]), np.array([60, 89]))

    told = past_errors(at, units(at))

    for place, row in enumerate((60, 89)):
        error = np.log(errors_by_hand(of, row) + LEAST)
        usable = np.array(["second" not in name for name in NAMES])
        expected = np.where(usable, error - error[0], 0)
        assert told[place, 0] == pytest.approx(error[0], abs=1e-6)  # float32
        assert told[place, 1:-1] == pytest.approx(expected[1:], abs=1e-6)
        assert told[place, -1] == 1


def test_trials_see_nothing_after_the_origin():
    values = walks(rows=90, missing=0.1)
    other = values.copy()
    other[:, 51:] = -1e7

    told = []
    for each in (values, other):
        at = every_row(history(each, SEASON, second=20))
        told.append(past_errors(at, units(at)).reshape(*values.shape, -1)[:, :51])

    assert np.array_equal(*told)


def test_a_base_that_was_right_is_told_to_be_so():
    line = np.arange(60.0)[None]
    at = every_row(history(line, season=1), begin=59)

    told = past_errors(at, units(at))[0]

    # The fourth step of "last change" and of the line is right, the last value four off.
    ratio = dict(zip(NAMES[1:], told[1:-1], strict=True))
    assert ratio["line"] == ratio["last change"] < -1 < ratio["last value"] == 0


def test_where_nothing_could_be_tried_nothing_is_told():
    at = every_row(history(walks(rows=6), SEASON))

    assert (past_errors(at, units(at)) == 0).all()
