"""Rows to series."""

import math
import random

import numpy as np
import pytest

from forecast_rnn.data.hints import Duplicates, Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read, lines


def test_rows_in_any_order_make_the_same_panel(read: Read) -> None:
    rows = lines(20, items=("b", "a", "c"))
    shuffled = random.Random(0).sample(rows, len(rows))

    one, two = read(rows)[0], read(shuffled)[0]

    assert one.items.equals(two.items)
    assert np.array_equal(one.values, two.values)
    assert one.starts.equals(two.starts)


def test_items_are_canonical_and_output_keeps_the_order_of_the_input(read: Read) -> None:
    blocks = lines(5, items=("b", "a"))
    by_time = sorted(blocks, key=lambda row: row.split(",")[1])
    mixed = [*blocks[3:], *blocks[:3]]

    panels = [read(rows)[0] for rows in (blocks, by_time, mixed)]

    assert [panel.names() for panel in panels] == [["a", "b"]] * 3
    assert [panel.order.tolist() for panel in panels] == [[1, 0], [1, 0], [0, 1]]


def test_blocks_that_run_backwards_are_sorted(read: Read) -> None:
    panel, _ = read(lines(6, items=("b", "a"))[::-1])

    assert panel.values.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5] * 2
    assert panel.order.tolist() == [0, 1]


def test_several_id_columns_name_a_series_together(read: Read) -> None:
    text = "shop,item,ds,y\n" + "".join(
        f"{shop},{item},2024-01-0{day},{day}\n"
        for shop in ("y", "x")
        for item in ("1a", "2b")
        for day in range(1, 6)
    )

    panel, _ = read(text)

    assert panel.names() == ["x/1a", "x/2b", "y/1a", "y/2b"]
    assert panel.order.tolist() == [2, 3, 0, 1]


def test_exact_duplicates_are_left_out_and_said(read: Read) -> None:
    rows = lines(10)

    panel, findings = read([*rows[:4], rows[3], *rows[4:]])

    assert panel.values.tolist() == read(rows)[0].values.tolist()
    assert findings.warnings == ("1 exact duplicate row left out (first: line 6).",)


def test_a_conflict_is_an_error_with_time_values_and_lines(read: Read) -> None:
    rows = lines(10)

    with pytest.raises(
        DataError,
        match=r"series 'a' has two rows at 2024-01-04: y is 3\.5 in line 5 and 9 in line 12",
    ):
        read([*rows, "a,2024-01-04,9"])


def test_ids_stay_as_they_are_written(read: Read) -> None:
    panel, _ = read(lines(5, items=("007", "07", "7", " x")))

    assert panel.items["unique_id"].to_list() == [" x", "007", "07", "7"]


def test_a_file_of_doubles_is_no_slip(read: Read) -> None:
    with pytest.raises(DataError, match=r"10 of 20 rows have the time and value.*--id"):
        read(lines(10) * 2)


def test_conflicting_rows_are_listed_by_line(read: Read) -> None:
    rows = lines(20, items=("a", "b"))
    again = [row.rpartition(",")[0] + ",99" for row in reversed(rows[:12])]

    with pytest.raises(DataError) as caught:
        read([*rows, *again])

    text = str(caught.value).splitlines()
    assert text[0].endswith("data.csv has 12 faults:")
    assert text[1].startswith(
        "  line 42, column y: series 'a' has two rows at 2024-01-12: y is 11.5 in line 13 and 99 "
        "in line 42; remove one of them, or pass --duplicates"
    )
    assert "name it with --id (time is ds, id is unique_id)" in text[1]
    assert text[2].endswith("y is 10.5 in line 12 and 99 in line 43")
    assert [fault.place for fault in caught.value.faults] == [f"line {n}" for n in range(42, 52)]
    assert text[-1] == "  and 2 more"


def test_a_missing_id_is_an_error(read: Read) -> None:
    with pytest.raises(DataError, match="line 7, column unique_id: the id is missing"):
        read([*lines(5), ",2024-01-06,1"])


def test_the_user_may_name_a_numeric_id(read: Read) -> None:
    text = "shop,ds,y\n1,2024-01-01,5\n1,2024-01-02,6\n2,2024-01-01,7\n2,2024-01-02,8\n"

    with pytest.raises(DataError, match=r"two rows at 2024-01-01.*--id"):
        read(text)
    assert read(text, Hints(item_id=("shop",)))[0].names() == ["1", "2"]


DOUBLE = [
    *("b,2024-01-03,7", "a,2024-01-01,1", "a,2024-01-02,2", "a,2024-01-02,", "a,2024-01-03,3"),
    *("b,2024-01-01,4", "b,2024-01-02,5", "b,2024-01-02,5", "a,2024-01-02,6", "b,2024-01-02,8"),
    *("a,2024-01-04,", "a,2024-01-04,"),
]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("sum", [1, 8, 3, math.nan, 4, 18, 7]),
        ("mean", [1, 4, 3, math.nan, 4, 6, 7]),
        ("last", [1, 6, 3, math.nan, 4, 8, 7]),
    ],
)
def test_rows_of_equal_id_and_time_are_combined_by_the_rule(
    read: Read, rule: Duplicates, values: list[float]
) -> None:
    panel, findings = read(DOUBLE, Hints(duplicates=rule))

    assert np.array_equal(panel.values, values, equal_nan=True)
    assert findings.warnings[0] == (
        "8 rows that share id and time with another are combined into 3 by "
        f"--duplicates {rule} (first: line 4)."
    )


def test_the_last_row_counts_even_if_its_value_is_missing(read: Read) -> None:
    panel, findings = read([*lines(5), "a,2024-01-02,"], Hints(duplicates="last"))

    assert np.isnan(panel.values).tolist() == [False, True, False, False, False]
    assert "first: line 7" in findings.warnings[1]


def test_all_targets_are_combined(read: Read) -> None:
    text = "ds,a,b\n2024-01-01,1,2\n2024-01-02,3,4\n2024-01-02,5,\n2024-01-03,7,8\n"

    panel, _ = read(text, Hints(target=("a", "b"), duplicates="sum"))

    assert panel.values.tolist() == [1, 8, 7, 2, 4, 8]


@pytest.mark.parametrize("rule", ["sum", "mean", "last"])
def test_without_duplicates_a_rule_changes_nothing(read: Read, rule: Duplicates) -> None:
    panel, findings = read(lines(9), Hints(duplicates=rule))

    assert panel.values.tolist() == read(lines(9))[0].values.tolist()
    assert findings.warnings == ()


def test_a_conflict_names_the_option_and_newer_data_go_by_it(read: Read) -> None:
    with pytest.raises(DataError, match="pass --duplicates sum, mean, last or max"):
        read(DOUBLE)

    panel, _ = read(DOUBLE, Hints(duplicates="sum"))

    assert read(DOUBLE, panel.schema.hints())[0].values.tolist()[:3] == [1, 8, 3]
