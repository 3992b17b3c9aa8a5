"""How columns write numbers."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecast_rnn.data.columns.numbers import parse_numbers
from forecast_rnn.data.files.table import Rows
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read

Column = Callable[[list[str]], Rows]
WRITTEN = {
    "german": (["1.495,61", "12,5", "-3.000.000,25"], [1495.61, 12.5, -3000000.25]),
    "american": (["1,104.51", "999.5", "1,000,000"], [1104.51, 999.5, 1e6]),
    "indian": (["12,34,567.5", "1,000.5", "5.5"], [1234567.5, 1000.5, 5.5]),
    "spaces": (["1 234,5", "12,25", "1 000 000"], [1234.5, 12.25, 1e6]),
    "narrow spaces": (["1\u202f234,5", "12,25", "1\u00a0000"], [1234.5, 12.25, 1000.0]),
    "whole with spaces": (["12 345", "1 000", "7"], [12345.0, 1000.0, 7.0]),
    "swiss": (["1'234.50", "9.5", "1\u2019000"], [1234.5, 9.5, 1000.0]),
    "repeated points": (["1.234.567", "1.516", "2.000"], [1234567.0, 1516.0, 2000.0]),
    "repeated commas": (["1,234,567", "1,516", "20"], [1234567.0, 1516.0, 20.0]),
    "settled by another cell": (["1.516", "12,5", "2.000"], [1516.0, 12.5, 2000.0]),
    "decimal points": (["1.516", "0.251", "2.000"], [1.516, 0.251, 2.0]),
    "dollars": (["$677.44", "$1,101.56", "-$5", "$-6"], [677.44, 1101.56, -5.0, -6.0]),
    "euros": (["12,50 €", "1.000,00 €", "-3,00€"], [12.5, 1000.0, -3.0]),
    "codes": (["EUR 12.50", "EUR 1,000.00", "EUR -3.00"], [12.5, 1000.0, -3.0]),
    "crowns": (["12,50 kr", "1 000,00 kr", "3,00 kr"], [12.5, 1000.0, 3.0]),
    "accounts": (["($342.85)", "$677.44", "$1,101.56"], [-342.85, 677.44, 1101.56]),
    "plain accounts": (["(3.5)", "2.5", "(4.25)", "(7.75)"], [-3.5, 2.5, -4.25, -7.75]),
    "minus at the end": (["1.495,61-", "12,50", "3,00-"], [-1495.61, 12.5, -3.0]),
    "shares": (["12%", "7.5 %", "-3%"], [12.0, 7.5, -3.0]),
}


@pytest.mark.parametrize("manner", WRITTEN)
def test_numbers_are_read_as_people_write_them(column: Column, manner: str) -> None:
    cells, wanted = WRITTEN[manner]

    values, warnings = parse_numbers(column([*cells, "", "NA"]), "y")

    assert values.to_list() == [*wanted, None, None]
    assert bool(warnings) == (manner != "decimal points")


def test_what_was_understood_is_said_once_a_column(column: Column) -> None:
    _, warnings = parse_numbers(column(["($1.342,85)", "$677,44", "$7.101,56"]), "y")

    assert warnings == (
        "column y is read with decimal ',', thousands '.', '$' left out and (12) as -12.",
    )


@pytest.mark.parametrize(
    ("cells", "readings"),
    [
        (["1.516", "12.250"], "'1.516' may be 1516 ('.' parts thousands) or 1.516"),
        (["7", "1.516", "NA"], "'1.516' may be 1516 ('.' parts thousands) or 1.516"),
        (["-1,516", "700"], "'-1,516' may be -1516 (',' parts thousands) or -1.516"),
        (["$1,516", "$2,400"], "'$1,516' may be"),
    ],
)
def test_a_column_that_can_be_read_in_two_ways_is_refused_with_both_and_the_options(
    column: Column, cells: list[str], readings: str
) -> None:
    with pytest.raises(DataError) as caught:
        parse_numbers(column(cells), "y")

    mark = "," if "," in "".join(cells) else "."
    assert readings in str(caught.value)
    assert f"pass --thousands '{mark}' or --decimal '{mark}'" in str(caught.value)


@pytest.mark.parametrize(
    ("hints", "wanted"),
    [
        (Hints(decimal="."), [1.516, 12.25]),
        (Hints(thousands="."), [1516.0, 12250.0]),
        (Hints(decimal=","), [1516.0, 12250.0]),
        (Hints(thousands=","), [1.516, 12.25]),
        (Hints(thousands="space"), [1.516, 12.25]),
    ],
)
def test_the_word_of_the_user_decides_what_cells_leave_open(
    column: Column, hints: Hints, wanted: list[float]
) -> None:
    assert parse_numbers(column(["1.516", "12.250"]), "y", hints)[0].to_list() == wanted


def test_cells_that_settle_it_overrule_the_word_of_the_user(column: Column) -> None:
    # As in newer data, which need not be written as those of training.
    values, _ = parse_numbers(column(["1.516", "12,5"]), "y", Hints(decimal="."))

    assert values.to_list() == [1516.0, 12.5]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["20,5", "3.5", "4.5"], "'20,5' has a decimal ',' where other cells have '.'"),
        (["$5", "$6", "€7"], "'€7' has a currency sign"),
        (["5", "6", "$7"], "'$7' has a currency sign"),
        (["5", "6", "7%"], "'7%' is a percentage"),
        (["5.5", "6.5", "(7.5)"], "is in parentheses"),
        (["1,104.51", "9.5", "(7.5"], "'(7.5' is not a number"),
    ],
)
def test_what_one_cell_does_and_others_do_not_is_refused(
    column: Column, cells: list[str], reason: str
) -> None:
    with pytest.raises(DataError) as caught:
        parse_numbers(column(cells), "y")

    assert reason in str(caught.value)


@pytest.mark.parametrize("hints", [{"decimal": "x"}, {"thousands": "_"}])
def test_marks_that_are_none_are_refused_with_the_choices(hints: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="choose from"):
        Hints(**hints)  # type: ignore[arg-type]


def test_one_mark_cannot_be_both() -> None:
    with pytest.raises(ConfigError, match="cannot be the decimal sign"):
        Hints(decimal=",", thousands=",")


def german(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(-(10**9), 10**9).map(lambda cents: cents / 100), min_size=1))
def test_a_column_is_read_as_it_was_written(column: Column, numbers: list[float]) -> None:
    for written in ([german(number) for number in numbers], [f"{n:,.2f} USD" for n in numbers]):
        assert parse_numbers(column(written), "y")[0].to_list() == pytest.approx(numbers, rel=0)


def test_a_file_of_amounts_is_read_and_its_columns_are_numbers(read: Read) -> None:
    rows = [f'2024-01-{day:02},"${1000 + day:,}.50",Main Street' for day in range(1, 29)]

    panel, findings = read("\n".join(["day,paid,where", *rows]) + "\n")

    assert panel.values[:2].tolist() == [1001.5, 1002.5]
    assert findings.facts["target"] == "paid"
    assert panel.schema.decimal == "."


@pytest.mark.parametrize("late", ["1.516", "2.000"])
def test_a_point_that_comes_late_is_looked_at_as_well(read: Read, late: str) -> None:
    # The first rows, by which columns are known, hold whole numbers alone.
    text = "t,y\n" + "".join(f"{place},7\n" for place in range(6000)) + f"6000,{late}\n"

    with pytest.raises(DataError, match=f"'{late}' may be"):
        read(text)


def test_numbers_in_text_and_in_a_frame_go_by_the_same_rules() -> None:
    cells = pl.DataFrame({"y": ["1.495,61", "2.000,00"]})

    values, _ = parse_numbers(Rows("the data frame", cells, str, typed=True), "y")

    assert values.to_list() == [1495.61, 2000.0]
