"""What is odd about values that can be read."""

import pytest

from forecast_rnn.errors import DataError
from tests.data.conftest import Read, lines


def test_a_sound_file_gives_no_warning(read: Read) -> None:
    assert read(lines(40, items=("a", "b")))[1].warnings == ()


def test_nothing_but_missing_values_is_refused(read: Read) -> None:
    with pytest.raises(DataError, match="column y has no values"):
        read([f"a,2024-01-0{day}," for day in range(1, 9)])


def test_missing_values_are_counted_with_their_series_and_first_line(read: Read) -> None:
    rows = lines(20, items=("b", "a"))
    rows[3], rows[30] = "b,2024-01-04,NA", "a,2024-01-11,"

    assert read(rows)[1].warnings == (
        "column y has 2 missing values in 2 series (first: line 5), kept as missing.",
    )


def test_odd_series_are_named(read: Read) -> None:
    empty = [f"b,2024-01-{day:02}," for day in range(1, 41 - 10)]
    flat = [f"c,2024-01-{day:02},0" for day in range(1, 31)]

    _, findings = read([*lines(40), *empty, *flat, *lines(4, items=("d",))])
    said = " ".join(findings.warnings)

    assert "1 series ('b') without any value" in said
    assert "1 series ('c') with one value throughout" in said
    assert "1 series ('d') far shorter than the others (least: 4 rows)" in said


def test_an_outlier_is_named_with_its_time(read: Read) -> None:
    rows = lines(40)
    rows[30] = "a,2024-01-31,20000000"

    assert "outlier: 2e+07 at 2024-01-31 in 'a'" in read(rows)[1].warnings[0]


def test_rare_small_sales_are_no_outliers(read: Read) -> None:
    rows = [f"a,2024-01-{day:02},{int(day % 9 == 0)}" for day in range(1, 32)]

    assert read(rows)[1].warnings == ()


def test_ids_that_look_alike_are_said_and_kept_apart(read: Read) -> None:
    panel, findings = read(lines(20, items=("\u00e9", "e\u0301")))

    assert len(panel.order) == 2
    assert "differ only by Unicode normalisation" in findings.warnings[0]


def test_series_that_ended_long_before_the_newest_row_are_named(read: Read) -> None:
    rows = [*lines(60, items=("a", "b", "c")), *lines(25, items=("d",)), *lines(40, items=("e",))]

    assert read(rows)[1].warnings == (
        "2 series ('d', 'e') ended long before the newest row (first: 2024-01-25, 35 steps before "
        "it); their forecasts begin there. Leave out what does not go on.",
    )


def test_series_whose_ends_have_nothing_to_do_with_each_other_are_not(read: Read) -> None:
    rows = [*lines(60, items=("a",)), *lines(40, items=("b",)), *lines(20, items=("c",))]

    assert "ended long before" not in "".join(read(rows)[1].warnings)
