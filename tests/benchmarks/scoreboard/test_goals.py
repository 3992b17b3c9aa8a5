import pytest

from tests.benchmarks.scoreboard.cost import Cost
from tests.benchmarks.scoreboard.goals import BARS, Goal, official_goals, own_goals
from tests.benchmarks.scoreboard.known import Known, best_known
from tests.benchmarks.scoreboard.made import record

BEST = {name: Known(1.0, "Theta", "a paper") for name in ("one", "two")}


def values(goals: list[Goal]) -> dict[str, float | None]:
    return {goal.words: goal.value for goal in goals}


def by_key(*records):
    return {one.key: one for one in records}


def test_nothing_run_is_nothing_known():
    goals = [*official_goals({}, BEST), *own_goals({}, "train")]

    assert {goal.value for goal in goals} == {None}
    assert {goal.met for goal in goals} == {None}


def test_official_goals_are_means_and_largest_of_ratios_to_the_best_known():
    records = by_key(
        record("official", "train", "one", mase=0.5),
        record("official", "train", "two", mase=2.0),
        record("official", "train", "unknown", mase=9.0),
        record("official", "forecast", "one", mase=0.5, cost=Cost(1.0, 0.1, 80.0)),
    )

    found = values(official_goals(records, BEST))

    assert found["`train`: geometric mean of MASE / best known"] == pytest.approx(1.0, rel=1e-15)
    assert found["`train`: largest MASE / best known"] == 2.0
    assert found["`forecast`: geometric mean of MASE / best known"] == pytest.approx(0.5, rel=1e-15)
    assert found["`forecast`: processor seconds / those of `train`"] == 0.01


def test_variants_and_rows_before_the_test_count_for_no_goal():
    records = by_key(
        record("official", "train", "one", mase=0.5, variant="wide"),
        record("rolling-1", "train", "two", mase=0.5),
    )

    assert {goal.value for goal in official_goals(records, BEST)} == {None}


def test_own_goals_hold_against_the_best_baseline_and_ridge():
    scores = [
        {"mase": 1.0, "best": 2.0, "ridge": 2.0, "coverage_80": 0.7, "cutoffs": 9.0},
        {"mase": 4.0, "best": 2.0, "ridge": 3.0, "coverage_80": 0.95, "cutoffs": 5.0},
        {"mase": 1.0, "best": 1.0, "ridge": 1.0, "coverage_80": 0.2, "cutoffs": 4.0},
    ]
    records = by_key(*(record("own", "train", str(n), **one) for n, one in enumerate(scores)))

    mean, worse, held, astray = (goal.value for goal in own_goals(records, "train"))

    assert mean == pytest.approx(1.0, rel=1e-15)
    assert worse == 1 / 3
    assert held == pytest.approx((0.7 + 0.95 + 0.2) / 3, rel=1e-15)
    assert astray == 1.0


@pytest.mark.parametrize(("value", "met"), [(0.75, False), (0.76, True), (0.84, True), (1, False)])
def test_a_goal_is_met_inside_its_range_with_the_ends(value, met):
    assert Goal("coverage", value, 0.84, 0.76).met is met


def test_bars_are_of_sets_with_a_best_known_value():
    assert BARS.keys() <= best_known().keys()
