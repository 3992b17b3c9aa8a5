import sys

import polars as pl
import pytest

from tests.benchmarks.scoreboard import official
from tests.benchmarks.scoreboard.made import board, dated, program

FACTS = {"h": 2, "m": 1, "freq": "D"}
VALUES = {"a": [1.0, 2.0, 4.0, 8.0, 9.0, 7.0, 5.0], "b": [5.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.0]}


@pytest.fixture
def source(tmp_path):
    """Two series of five training rows and two test rows."""
    return board(tmp_path, {"small": (VALUES, 5)}) / "small"


def series(rows: pl.DataFrame) -> dict[str, list[float]]:
    return {name[0]: part["y"].to_list() for name, part in rows.group_by("unique_id")}


def test_the_official_split_is_that_of_the_files(source):
    cut = official.split(source, FACTS)

    assert series(cut.history) == {name: values[:5] for name, values in VALUES.items()}
    assert series(cut.target) == {name: values[5:] for name, values in VALUES.items()}


def test_no_more_than_a_horizon_is_asked_of_a_longer_test(source):
    cut = official.split(source, {**FACTS, "h": 1})

    assert series(cut.target) == {name: values[5:6] for name, values in VALUES.items()}


def test_validation_rows_are_given_too(source):
    dated({"a": [0.5], "b": [0.5]}, begin=5).write_parquet(source / "val.parquet")

    cut = official.split(source, FACTS)

    assert series(cut.history) == {name: [*values[:5], 0.5] for name, values in VALUES.items()}


def test_a_rolling_split_asks_the_rows_after_what_is_given_and_no_test_row(source):
    cut = official.split(source, FACTS, back=1)

    assert series(cut.history) == {name: values[:3] for name, values in VALUES.items()}
    assert series(cut.target) == {name: values[3:5] for name, values in VALUES.items()}


def test_horizons_further_back_are_asked_one_at_a_time(tmp_path):
    values = {"a": [float(number) for number in range(9)]}
    source = board(tmp_path, {"small": (values, 9)}) / "small"

    cut = official.split(source, FACTS, back=3)

    assert series(cut.history) == {"a": [0.0, 1.0, 2.0]}
    assert series(cut.target) == {"a": [3.0, 4.0]}


def test_changing_test_rows_changes_nothing_of_a_rolling_split(source):
    before = official.split(source, FACTS, back=1)
    dated({"a": [99.0, 98.0], "b": [97.0, 96.0]}, begin=5).write_parquet(source / "test.parquet")

    after = official.split(source, FACTS, back=1)

    assert after.history.equals(before.history)
    assert after.target.equals(before.target)


def test_series_that_would_keep_less_than_a_horizon_are_left_out(tmp_path):
    values = {"long": [1.0, 2.0, 3.0, 4.0, 9.0], "short": [1.0, 2.0, 3.0]}
    source = board(tmp_path, {"small": (values, 4)}) / "small"

    cut = official.split(source, FACTS, back=1)

    assert series(cut.history) == {"long": [1.0, 2.0]}
    assert series(cut.target) == {"long": [3.0, 4.0]}


@pytest.mark.parametrize(("letter", "offset"), [("H", "h"), ("W", "w"), ("M", "mo"), ("Q", "q")])
def test_integer_times_need_their_frequency(source, letter, offset):
    for path in source.glob("*.parquet"):
        rows = pl.read_parquet(path)
        rows.with_columns(ds=pl.int_range(pl.len())).write_parquet(path)

    assert official.split(source, {**FACTS, "freq": letter}).frequency == offset


def test_dates_need_no_frequency(source):
    assert official.split(source, FACTS).frequency is None


def test_a_command_is_scored_against_the_test_rows(source, tmp_path):
    words = [sys.executable, str(program(tmp_path)), "train"]

    cost, scores = official.measure(words, official.split(source, FACTS), [])

    # a: last value 9, then 7 and 5, scale (1 + 2 + 4 + 1) / 4; b: 8, then 9 and 9, scale 3 / 4
    assert scores["mase"] == pytest.approx(((2 + 4) / 2 / 2 + 1 / (3 / 4)) / 2, rel=1e-15)
    assert scores["coverage_80"] == 2 / 4
    assert cost.cpu > 0


def test_a_forecast_without_a_series_is_refused(source):
    cut = official.split(source, FACTS)
    forecast = pl.DataFrame({"unique_id": ["a", "a"], "step": [1, 2], "forecast": [1.0, 1.0]})

    with pytest.raises(AssertionError, match="a series has no forecast"):
        official.beside(cut, forecast)


def test_the_seasonal_naive_is_scored_as_the_command_is(source, tmp_path):
    cut = official.split(source, FACTS)
    words = [sys.executable, str(program(tmp_path)), "train"]
    _, scores = official.measure(words, cut, [])

    naive = official.baseline_scores(cut, "seasonal_naive")

    # Of a season of one row it repeats the last value, as the program does.
    assert (naive["mase"], naive["smape"]) == (scores["mase"], scores["smape"])


def test_owa_is_by_the_organisers_figures_of_naive2(source):
    facts = {**FACTS, "bench": {"naive2": {"mase": 2.0, "smape": 10.0}}}
    cut = official.split(source, facts)
    scores = {"mase": 1.0, "smape": 8.0}

    found = official.with_references("m4_small", cut, scores, facts, 0)

    assert found["owa"] == 0.65
    assert official.with_references("small", cut, scores, facts, 0)["owa"] is None


def test_owa_before_the_official_rows_is_by_naive2_on_the_same_rows(source):
    cut = official.split(source, FACTS, back=1)
    naive2 = official.baseline_scores(cut, "naive2")

    found = official.with_references("m4_small", cut, naive2, FACTS, 1)

    assert found["owa"] == 1.0
