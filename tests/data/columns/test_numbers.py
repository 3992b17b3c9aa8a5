"""Text to numbers by strict rules."""

import math
import operator
import re
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast_rnn.data.columns.numbers import MISSING, parse_numbers
from forecast_rnn.data.files.table import Rows, row_number
from forecast_rnn.errors import DataError

Column = Callable[[list[str]], Rows]
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
MARKS = re.compile(r"(?<=[0-9])[, ](?=[0-9]{2,3}(?![0-9]))")
MINUS_LAST = re.compile(r"^(.*)-$")
LIKE_NUMBERS = st.text(alphabet="0123456789+-.eE_xinfa ,", max_size=8)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LIKE_NUMBERS, min_size=1, max_size=3).map(lambda cells: ["1.5", *cells]))
def test_a_cell_is_read_as_the_standard_library_reads_it_or_refused(
    column: Column, cells: list[str]
) -> None:
    stripped = [cell.strip() for cell in cells]
    missing = [cell.lower() in MISSING for cell in stripped]
    plain = [NUMBER.fullmatch(cell) is not None for cell in stripped]
    finite = all(abs(float(cell)) <= 1e100 for cell in stripped if NUMBER.fullmatch(cell))

    try:
        values, _ = parse_numbers(column(cells), "y")
    except DataError:
        assert not (finite and all(map(operator.or_, plain, missing)))
    else:
        # Marks may part thousands, by rules of their own; a minus sign may stand at the end.
        bare = [MINUS_LAST.sub(r"-\1", MARKS.sub("", cell)) for cell in stripped]
        wanted = [
            None if gone else float(cell) if NUMBER.fullmatch(cell) else math.nan
            for cell, gone in zip(bare, missing, strict=True)
        ]
        assert values.to_list() == wanted


@pytest.mark.parametrize("cell", ["+2.1e1", "21", "21.", " 21.0", "0.21E2"])
def test_signs_exponents_and_spaces_are_numbers(column: Column, cell: str) -> None:
    values, warnings = parse_numbers(column(["1.5", cell]), "y")

    assert values.to_list() == [1.5, 21.0]
    assert warnings == ()


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "nan", "NaN", "null", "None", "-", "?", "..."])
def test_spellings_of_missing_are_missing(column: Column, cell: str) -> None:
    values, _ = parse_numbers(column(["1", cell, "2"]), "y")

    assert values.to_list() == [1.0, None, 2.0]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("1e400", "beyond"),
        ("1e101", "beyond"),
        ("$21.50", "currency"),
        ("21.50 €", "currency"),
        ("12%", "percentage"),
        ("0x15", "hexadecimal"),
        ("1_000", "underscores"),
        ("(21.5)", "parentheses"),
        ("\u22125", "minus sign"),
        ("12,34.5", "not a number"),
        ("true", "truth value"),
        ("abc", "not a number"),
        ("1 2", "not a number"),
    ],
)
def test_what_is_no_number_is_refused_with_line_text_and_reason(
    column: Column, cell: str, reason: str
) -> None:
    with pytest.raises(DataError, match=rf"data\.csv line 3, column y: .*{reason}") as caught:
        parse_numbers(column(["1.5", cell]), "y")

    assert cell in str(caught.value)


def test_up_to_ten_faults_are_listed_with_their_lines_and_the_others_counted(
    column: Column,
) -> None:
    with pytest.raises(DataError) as caught:
        parse_numbers(column(["1", "$5", *(f"x{number}" for number in range(12))]), "y")

    lines = str(caught.value).splitlines()
    assert lines[0] == "data.csv has 13 faults:"
    assert lines[1] == "  line 3, column y: '$5' has a currency sign; write the number alone"
    assert lines[2].startswith("  line 4, column y: 'x0' is not a number; correct it")
    assert lines[3] == "  line 5, column y: 'x1' is not a number"
    assert lines[-1] == "  and 3 more"
    assert len(lines) == 12
    assert [(fault.place, fault.text) for fault in caught.value.faults[:2]] == [
        ("line 3", "$5"),
        ("line 4", "x0"),
    ]
    assert caught.value.counts == {"y": 13}


@pytest.mark.parametrize("dtype", [pl.Float32, pl.Float64])
def test_typed_numbers_beyond_the_largest_are_all_named(dtype: pl.DataType) -> None:
    values = pl.Series("y", [1.0, float("inf"), 2.0, -float("inf")], dtype=dtype)
    rows = Rows("data.parquet", pl.DataFrame({"y": values}), row_number, typed=True)

    with pytest.raises(DataError) as caught:
        parse_numbers(rows, "y")

    assert [(fault.place, fault.text) for fault in caught.value.faults] == [
        ("row 2", "inf"),
        ("row 4", "-inf"),
    ]


def test_a_decimal_comma_is_read_and_said(column: Column) -> None:
    values, warnings = parse_numbers(column(["20,5", "3", "-0,25"]), "y")

    assert values.to_list() == [20.5, 3.0, -0.25]
    assert "decimal ','" in warnings[0]


@pytest.mark.parametrize("cells", [["20,5", "3.5"], ["1,234", "2,500"]])
def test_a_comma_that_may_be_a_thousands_mark_is_refused(column: Column, cells: list[str]) -> None:
    with pytest.raises(DataError, match=re.escape(next(cell for cell in cells if "," in cell))):
        parse_numbers(column(cells), "y")


def test_whole_numbers_beyond_exact_ones_are_said(column: Column) -> None:
    values, warnings = parse_numbers(column(["1", "9007199254740993"]), "y")

    assert math.isclose(values[1], 9007199254740993)
    assert "beyond exact" in warnings[0]
    assert "line 3" in warnings[0]
