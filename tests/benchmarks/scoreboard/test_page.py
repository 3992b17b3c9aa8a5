from tests.benchmarks.scoreboard.cost import Cost
from tests.benchmarks.scoreboard.known import HERE, Known, before, best_known
from tests.benchmarks.scoreboard.made import record
from tests.benchmarks.scoreboard.page import page
from tests.benchmarks.scoreboard.records import load
from tests.benchmarks.scoreboard.simple import BESIDE
from tests.benchmarks.scoreboard.tables import WIDTH, markdown, number, seconds

BEST = {"one": Known(2.0, "Theta", "a paper")}


def text_of(*records, old=None) -> str:
    return page({one.key: one for one in records}, BEST, old or {})


def row_of(text: str, begin: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {begin} "))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_page_that_is_kept_is_that_of_the_lines_that_are_kept():
    records = load(HERE / "results.jsonl")

    kept = (HERE / "results.md").read_text(encoding="utf-8")

    assert kept == page(records, best_known(), before())


def test_a_row_has_scores_costs_and_the_ratio_to_the_best_known():
    one = record("official", "train", "one", mase=1.5, smape=12.345, coverage_80=0.804)

    text = text_of(one)

    expected = ["one", "1.500", "12.35", "", "", "80", "20.0", "10.0", "300", "2.000", "0.750"]
    assert row_of(text, "one") == expected
    assert row_of(text, "geometric mean, sum")[-1] == "0.750"
    assert "1 by version 1.2.3 at commit abc1234 with 2 cores, 2026-12-01" in text


def test_rows_before_the_test_are_held_against_the_seasonal_naive():
    text = text_of(record("rolling-2", "forecast", "one", mase=1.5, seasonal_naive=3.0))

    assert "## Before the test rows, 2 horizons back, `forecast`" in text
    assert row_of(text, "one")[-2:] == ["3.000", "0.500"]


def test_own_sets_are_held_against_the_best_baseline_and_ridge():
    baselines = dict.fromkeys(BESIDE, 3.0) | {"auto_ets": 2.0, "ridge": 4.0}
    one = record("own", "train", "one", mase=1.0, best=2.0, cutoffs=6.0, **baselines)

    row = row_of(text_of(one), "one")

    assert row == ["one", "6", "1.000", "", "ETS", "2.000", "4.000", "0.500", "0.250", "20.0"]


def test_a_variant_is_held_against_the_default_on_the_sets_of_both():
    usual = [record("official", "train", name, mase=2.0) for name in ("one", "two")]
    other = record("official", "train", "one", mase=1.5, variant="wide")

    row = row_of(text_of(*usual, other), "wide")

    assert row == ["wide", "official", "train", "-25.0 %", "0 of 1"]


def test_both_commands_stand_beside_the_release_before():
    old = {("official", "one"): ("mase", 2.0), ("official", "two"): ("owa", 1.0)}

    text = text_of(record("official", "train", "one", mase=1.0), old=old)

    assert row_of(text, "geometric mean of now / before") == [
        "geometric mean of now / before", "", "", "", "0.500",
    ]  # fmt: skip
    assert "| two " not in text


def test_no_line_is_wider_than_a_terminal():
    scores = {"mase": 12.345, "smape": 183.502, "owa": 1.035, "wql": 0.123}
    scores |= {"coverage_80": 0.801, "coverage_90": 0.912, "seasonal_naive": 11.607}
    own = scores | dict.fromkeys(BESIDE, 12.34) | {"best": 12.34, "cutoffs": 10.0}
    cost = Cost(2345.6, 1234.5, 1234.0)

    text = text_of(
        record("official", "forecast", "bike_sharing_hourly", cost=cost, **scores),
        record("rolling-1", "forecast", "bike_sharing_hourly", cost=cost, **scores),
        record("own", "forecast", "aus_tourism_state_purpose", cost=cost, **own),
    )

    assert max(map(len, text.splitlines())) <= WIDTH


def test_columns_of_a_table_are_aligned():
    lines = markdown(("set", "MASE"), [["one", "1.0"], ["eleven", "10.25"]])

    assert lines == [
        "| set    |  MASE |",
        "| :----- | ----: |",
        "| one    |   1.0 |",
        "| eleven | 10.25 |",
    ]


def test_numbers_keep_four_digits():
    written = [number(value) for value in (0.0123, 1.23456, 12.3456, 123.456, 12345.6, None)]

    assert written == ["0.012", "1.235", "12.35", "123.5", "12346", ""]


def test_seconds_below_a_hundred_have_a_tenth():
    assert [seconds(value) for value in (0.84, 99.94, 99.96, 1234.5)] == [
        "0.8", "99.9", "100", "1234",
    ]  # fmt: skip
