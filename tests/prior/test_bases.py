import numpy as np
import pytest

from forecast_rnn.prior.bases import FAR, NAMES, base_forecasts
from forecast_rnn.prior.places import places
from forecast_rnn.prior.units import units
from tests.prior.examples import history, walks

SEASON, SECOND, STEPS = 4, 20, 9


def forecasts(values, rows, season=SEASON, second=SECOND):
    """Return base forecasts in units of the data, [R, H, K], of rows of the first series."""
    of = history(values, season, second)
    at = places(of, np.zeros(len(rows), int), np.array(rows))
    unit = units(at)
    steps = np.broadcast_to(np.arange(1, STEPS + 1), (len(rows), STEPS))
    bases = base_forecasts(at, unit, steps)
    return bases.reference[..., None] + unit.size[:, None, None] * bases.ahead


def by_hand(y, row, h):
    """Return the base forecasts of a series of which many seasons are there."""
    past = y[: row + 1]
    ahead = 1 + (h - 1) // SEASON
    seasons = [past[len(past) - (k + 1) * SEASON :][:SEASON] for k in range(8)]
    phase = (h - 1) % SEASON
    same = [season[phase] for season in seasons]
    levels = [season.mean() for season in seasons]

    def effect(p, count=3):
        return np.mean([seasons[k][p] - levels[k] for k in range(count)])

    def smoothed(rate, width):
        weights = rate * (1 - rate) ** np.arange(width)
        parts = [past[-1 - i] - effect((SEASON - 1 - i) % SEASON) for i in range(width)]
        return np.dot(weights, parts) / weights.sum()

    slow = smoothed(0.15, 32)
    trend = np.polyfit(-np.arange(5), levels[:5], 1)
    whole = (len(past) - SEASON) // SEASON
    first = past[len(past) - (whole + 1) * SEASON :][:SEASON].mean()
    ratio = np.mean([same[k] / levels[k] for k in range(3)])
    turns = -(-h // SECOND)
    second = [past[len(past) - 1 - k * SECOND + h] for k in range(turns, turns + 3)]
    back = past[: len(past) - turns * SECOND][-SEASON:].mean()
    moved = second[0] + levels[0] - back
    source = (SEASON - 1 - (turns * SECOND - h)) % SEASON
    growth = np.clip(np.log(levels[0] / levels[3]) / 3, -np.log(2), np.log(2))
    return {
        "seasonal naive": same[0],
        "last value": past[-1],
        "mean of two seasons": np.mean(same[:2]),
        "mean of three seasons": np.mean(same[:3]),
        "mean of five seasons": np.mean(same[:5]),
        "level and phase": levels[0] + effect(phase),
        "last value and phase": past[-1]
        + np.mean([same[k] - past[-1 - (k + 1) * SEASON] for k in range(3)]),
        "last change": same[0] + ahead * (levels[0] - levels[1]),
        "last change, damped": same[0]
        + sum(0.8**k for k in range(1, ahead + 1)) * (levels[0] - levels[1]),
        "drift of some seasons": levels[0] + effect(phase) + ahead * (levels[0] - levels[3]) / 3,
        "drift since the beginning": same[0] + ahead * (levels[0] - first) / whole,
        "line": np.polyval(trend, ahead) + effect(phase),
        "level smoothed fast": smoothed(0.5, 12) + effect(phase),
        "level smoothed slowly": slow + effect(phase),
        "mean since the beginning": past.mean() + effect(phase),
        "level and average phase": slow + effect(phase, 8),
        "level of four seasons and average phase": np.mean(levels[:4]) + effect(phase, 8),
        "last value, going on": past[-1]
        + sum(0.9**k for k in range(1, h + 1)) * (past[-1] - past[-5]) / 4,
        "level times phase": levels[0] * ratio,
        "level times phase, growing": levels[0] * ratio * np.exp(growth * ahead),
        "second season": second[0],
        "mean of second seasons": np.mean(second),
        "second season and level": moved,
        "second season, level and phase": moved + effect(phase) - effect(source),
    }


def test_base_forecasts_are_those_of_the_plain_loop():
    values, rows = walks(series=1, rows=120), [85, 100, 119]

    found = forecasts(values, rows)

    for place, row in enumerate(rows):
        for h in range(1, STEPS + 1):
            expected = by_hand(values[0], row, h)
            got = dict(zip(NAMES, found[place, h - 1], strict=True))
            assert got == pytest.approx(expected, rel=1e-9)  # running sums lose some digits


def test_base_forecasts_see_nothing_after_the_origin():
    values = walks(series=1, rows=120, missing=0.1)
    other = values.copy()
    other[0, 81:] = 1e9

    assert np.array_equal(forecasts(values, [80, 40, 3]), forecasts(other, [80, 40, 3]))


def test_base_forecasts_follow_a_factor_and_all_but_the_multiplied_ones_a_shift():
    values = walks(series=1, rows=120)
    plain = forecasts(values, [90])

    assert forecasts(values * 1024, [90]) == pytest.approx(plain * 1024, rel=1e-12)
    kept = [place for place, name in enumerate(NAMES) if "times" not in name]
    moved = forecasts(values + 500, [90])[..., kept]
    assert moved == pytest.approx(plain[..., kept] + 500, rel=1e-9)


@pytest.mark.parametrize("row", range(6))
def test_a_base_is_there_from_the_first_row_on(row):
    assert np.isfinite(forecasts(walks(series=1, rows=8), [row])).all()


@pytest.mark.parametrize(
    ("values", "second", "missing"),
    [
        (walks(series=1, rows=30), 20, set()),
        (walks(series=1, rows=30), 0, {20, 21, 22, 23}),
        (walks(series=1, rows=30), 40, {20, 21, 22, 23}),
        (walks(series=1, rows=30) - 200, 20, {18, 19}),
    ],
    ids=["all", "no second season", "a second season that is not over", "not positive"],
)
def test_a_base_without_what_it_needs_is_not_used(values, second, missing):
    at = places(history(values, 4, second), np.array([0]), np.array([29]))

    usable = base_forecasts(at, units(at), np.array([[1]])).usable

    assert set(np.flatnonzero(~usable[0, 0])) == missing


def test_no_base_lies_farther_off_than_thirty_sizes():
    values = walks(series=1, rows=60)
    values[0, 59] = 1e12
    at = places(history(values), np.array([0]), np.array([59]))

    assert np.abs(base_forecasts(at, units(at), np.array([[1, 2]])).ahead).max() <= FAR
