"""Columns beside the target as they are read."""

import math

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.files.table import Rows, row_number
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel, panel_from_table, panel_tables
from forecast_rnn.data.read import panel_from_frame
from forecast_rnn.data.series.covariates import MOST_NAMES, Column, Covariates, parse_columns
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read
from tests.shops import shop_frame

HINTS = Hints(static=("region",), past=("degrees", "sky"), known=("promotion", "slogan"))
PAST = Hints(past=("x",))


def covariates_of(panel: Panel) -> Covariates:
    assert panel.covariates is not None
    return panel.covariates


def column(cells: list[object], hints: Hints = PAST) -> Column:
    """Read cells of a column x."""
    rows = Rows("data.csv", pl.DataFrame({"x": cells}), lambda row: f"line {row + 2}")
    return parse_columns(rows, ["x"], hints)[0]["x"]


def with_cells(cells: list[str]) -> list[str]:
    """Return CSV lines of one series with a column x."""
    days = [f"a,2024-01-{day:02},{day * day}" for day in range(1, len(cells) + 1)]
    return [f"{day},{cell}" for day, cell in zip(days, cells, strict=True)]


def text(cells: list[str]) -> str:
    return "\n".join(["unique_id,ds,y,x", *with_cells(cells)]) + "\n"


def test_numbers_are_numbers_and_text_is_names() -> None:
    numbers, names = column(["1", "", "2.5"]), column(["sun", "", "fog"])

    assert numbers.names is None
    np.testing.assert_array_equal(numbers.values, [1, math.nan, 2.5])
    assert names.names == ("fog", "sun")
    np.testing.assert_array_equal(names.values, [1, math.nan, 0])


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["007", "12"], ("007", "12")),
        (["true", "false"], ("false", "true")),
        (["2024-01-01", "2024-01-02"], ("2024-01-01", "2024-01-02")),
        ([" sun", "sun "], ("sun",)),
    ],
)
def test_what_only_looks_like_a_number_is_a_name(cells: list[object], names: tuple) -> None:
    assert column(cells).names == names


def test_a_column_is_what_it_is_in_whatever_order_its_rows_come() -> None:
    cells: list[object] = ["", *["12"] * 10_000, *["sun"] * 12_000]

    assert column(cells).names == column(cells[::-1]).names == ("12", "sun")


def test_numbers_are_names_by_the_word_of_the_user_however_they_are_typed() -> None:
    hints = Hints(past=("x",), categorical=("x",))

    assert column(["10", "9"], hints).names == ("10", "9")
    assert column([10, 9], hints).names == ("10", "9")
    assert column([10.0, None, 9.0], hints).names == ("10", "9")
    assert column([10.5, None, 9.0], hints).names == ("10.5", "9.0")
    assert column([True, False], hints).names == ("false", "true")


def test_truth_values_of_a_typed_file_are_numbers() -> None:
    found = column([True, None, False])

    assert found.names is None
    np.testing.assert_array_equal(found.values, [1, math.nan, 0])


def test_a_column_without_any_name_holds_nothing() -> None:
    found = column(["", None], Hints(past=("x",), categorical=("x",)))

    assert found.names == ()
    assert found.series(found.values).to_list() == [None, None]


@pytest.mark.parametrize("kind", [pl.Date, pl.List(pl.Int64), pl.Binary])
def test_what_is_neither_number_nor_name_is_refused_with_its_type(kind: pl.DataType) -> None:
    rows = Rows("data.parquet", pl.DataFrame({"x": [None]}, schema={"x": kind}), row_number)

    with pytest.raises(DataError, match=r"data\.parquet: column 'x' is of type .* numbers or name"):
        parse_columns(rows, ["x"], PAST)


def test_a_cell_that_is_no_number_is_refused_with_its_line_and_both_ways_out(read: Read) -> None:
    with pytest.raises(DataError) as error:
        read(text(["1", "2", "cold", "4"]), PAST)

    assert str(error.value) == (
        "data.csv line 4, column x: 'cold' is not a number; correct it, or leave the cell empty if "
        "the value is not known; or pass --categorical x if it holds names."
    )
    assert error.value.counts == {"x": 1}


def test_faults_of_several_columns_come_in_one_error() -> None:
    frame = pl.DataFrame({"a": ["1", "2", "no"], "b": ["5", "$3", "4"]})
    rows = Rows("data.csv", frame, row_number)

    with pytest.raises(DataError) as error:
        parse_columns(rows, ["a", "b"], PAST)

    assert error.value.counts == {"a": 1, "b": 1}


def test_more_names_than_are_categories_are_refused() -> None:
    assert len(column([f"name {n}" for n in range(MOST_NAMES)]).names or ()) == MOST_NAMES
    with pytest.raises(DataError, match=r"'x' holds 1,001 different names .*leave the column out"):
        column([f"name {n}" for n in range(MOST_NAMES + 1)])


def test_columns_lie_on_the_grid_and_gaps_hold_nothing(read: Read) -> None:
    lines = with_cells(["5", "6", "7", "8", "9"])
    panel, _ = read("\n".join(["unique_id,ds,y,x", *lines[:2], *lines[3:]]) + "\n", PAST)

    np.testing.assert_array_equal(covariates_of(panel).frame["x"], [5, 6, math.nan, 8, 9])


def test_rows_in_another_order_give_the_same_columns() -> None:
    frame = shop_frame(20, ahead=4)

    one, _ = panel_from_frame(frame, HINTS)
    two, _ = panel_from_frame(frame.sample(fraction=1, shuffle=True, seed=2), HINTS)

    assert covariates_of(one).frame.equals(covariates_of(two).frame)
    assert covariates_of(one).static.equals(covariates_of(two).static)
    assert covariates_of(one).lengths.tolist() == covariates_of(two).lengths.tolist() == [24, 24]


def test_missing_cells_are_counted_with_the_first_line(read: Read) -> None:
    cells = ["1", "2", "", "4", "na", "6"]

    _, findings = read(text(cells), PAST)

    assert findings.warnings == (
        "column x has 2 missing values (first: line 4), taken as not known.",
    )


def test_past_and_static_columns_may_be_empty_in_rows_about_the_future() -> None:
    frame = shop_frame(20, ahead=4)
    last = pl.col("sales").is_null()

    panel, findings = panel_from_frame(
        frame.with_columns(region=pl.when(~last).then("region")), HINTS
    )

    assert findings.warnings == ()
    assert covariates_of(panel).static["region"].to_list() == ["hills", "coast"]


def test_a_static_column_is_what_any_row_of_the_series_says(read: Read) -> None:
    panel, findings = read(text(["", "hills", "", "hills"]), Hints(static=("x",)))

    assert covariates_of(panel).static["x"].to_list() == ["hills"]
    assert findings.warnings == ()


def test_a_series_without_its_static_value_is_named(read: Read) -> None:
    rows = [*with_cells(["hills"] * 5), *(f"b,2024-01-0{day},1," for day in range(1, 6))]

    panel, findings = read("\n".join(["unique_id,ds,y,x", *rows]) + "\n", Hints(static=("x",)))

    assert covariates_of(panel).static["x"].to_list() == ["hills", None]
    assert "column x has no value in 1 series (first: series 'b'), taken as not known." in (
        findings.warnings
    )


@pytest.mark.parametrize(
    ("cells", "seen"), [(["3", "3", "4"], ("3", "4")), (["rot", "rot", "blau"], ("rot", "blau"))]
)
def test_a_static_column_that_varies_is_refused_with_both_lines(
    read: Read, cells: list[str], seen: tuple[str, str]
) -> None:
    with pytest.raises(DataError) as error:
        read(text(cells), Hints(static=("x",)))

    for part in ("series 'a'", "line 2", "line 4", "column 'x'", "--past or --known", *seen):
        assert part in str(error.value)


def test_rows_of_one_time_must_have_the_same_covariates(read: Read) -> None:
    rows = [*with_cells(["1", "2", "3"]), "a,2024-01-03,9,4"]

    with pytest.raises(DataError, match=r"at 2024-01-03: x in line 4 is not that in line 5"):
        read("\n".join(["unique_id,ds,y,x", *rows]) + "\n", PAST)


@pytest.mark.parametrize("rule", ["sum", "mean", "last"])
def test_rows_that_are_combined_have_the_covariates_of_the_last(read: Read, rule: str) -> None:
    rows = [*with_cells(["1", "2", "3"]), "a,2024-01-03,9,4"]

    panel, _ = read(
        "\n".join(["unique_id,ds,y,x", *rows]) + "\n",
        Hints(past=("x",), duplicates=rule),  # type: ignore[arg-type]
    )

    assert covariates_of(panel).frame["x"].to_list() == [1, 2, 4]


def test_a_copy_of_the_target_is_warned_of(read: Read) -> None:
    _, findings = read(text(["1", "4", "9", "16"]), PAST)

    assert "covariate 'x' is identical to target" in findings.warnings[0]


def test_a_column_has_one_role() -> None:
    with pytest.raises(ConfigError, match="'x' is given two roles"):
        Hints(past=("x",), known=("x",))
    with pytest.raises(ConfigError, match="categorical column 'z' is not among"):
        Hints(past=("x",), categorical=("z",))


def test_a_column_that_is_not_there_is_refused_with_a_way_out(read: Read) -> None:
    with pytest.raises(DataError, match=r"no column 'sky'; there are .*'x'\. Add it, or name ano"):
        read(text(["1", "2"]), Hints(past=("sky",)))


def test_columns_of_several_targets_belong_to_each(read: Read) -> None:
    frame = shop_frame(12, ahead=3).with_columns(returns=pl.col("sales") / 10)
    hints = Hints(target=("sales", "returns"), known=("promotion",), static=("region",))

    panel, _ = panel_from_frame(frame, hints)

    columns = covariates_of(panel).compact()
    assert panel.items.height == 4
    assert columns.static["region"].to_list() == ["hills", "hills", "coast", "coast"]
    parts = columns.frame["promotion"].to_numpy().reshape(4, 15)
    np.testing.assert_array_equal(parts[[0, 2]], parts[[1, 3]])


def test_columns_of_a_wide_file_belong_to_each_series_from_its_first_value(read: Read) -> None:
    rows = [f"2024-01-0{day},{day},{'' if day < 4 else day},{10 * day}" for day in range(1, 9)]

    panel, _ = read(
        "\n".join(["ds,a,b,x", *rows]) + "\n", Hints(wide=True, known=("x",)), name="wide.csv"
    )

    assert panel.items["series"].to_list() == ["a", "b"]
    assert covariates_of(panel).compact().frame["x"].to_list() == [
        *(10, 20, 30, 40, 50, 60, 70, 80),
        *(40, 50, 60, 70, 80),
    ]


@pytest.mark.parametrize("roles", ["static", "past", "known", "static past known"])
def test_covariates_come_back_from_the_table_of_a_panel(roles: str) -> None:
    given = {role: getattr(HINTS, role) for role in roles.split()}
    hints = Hints(target=("sales",), item_id=("shop",), **given)
    panel, _ = panel_from_frame(shop_frame(10, ahead=3), hints)

    again = panel_from_table(pl.concat(panel_tables(panel, 1)), panel.schema, panel.frequency)

    one, two = covariates_of(panel).compact(), covariates_of(again)
    assert two.static.cast({pl.Enum: pl.String}).equals(one.static.cast({pl.Enum: pl.String}))
    assert two.frame.cast({pl.Enum: pl.String}).equals(one.frame.cast({pl.Enum: pl.String}))
    if one.frame.width:
        assert two.lengths.tolist() == one.lengths.tolist()
        assert two.first.tolist() == one.first.tolist()


def test_new_data_are_read_as_numbers_where_training_had_numbers(read: Read) -> None:
    panel, _ = read(text(["1", "2", "3", "4"]), PAST)

    with pytest.raises(DataError, match=r"line 2, column x: 'sun' is not a number; correct it"):
        read(text(["sun", "fog", "sun", "fog"]), panel.schema.hints())


def test_new_data_are_read_as_names_where_training_had_names(read: Read) -> None:
    panel, _ = read(text(["sun", "fog", "sun", "fog"]), PAST)

    again, _ = read(text(["1", "2", "3", "4"]), panel.schema.hints())

    assert covariates_of(again).frame["x"].to_list() == ["1", "2", "3", "4"]


@pytest.mark.parametrize("frequency", ["months", "whole numbers"])
def test_holidays_that_have_no_use_are_said_and_left_out(read: Read, frequency: str) -> None:
    times = {"months": "2023-{:02}-01", "whole numbers": "{}"}[frequency]
    rows = [f"{times.format(step)},{step % 5}" for step in range(1, 13)]

    panel, findings = read("\n".join(["ds,y", *rows]) + "\n", Hints(holidays=("DE",)))

    assert panel.schema.holidays == ()
    assert any("--holidays has no use" in warning for warning in findings.warnings)


@pytest.mark.parametrize("word", ["none", "NA", "null", "n/a"])
def test_words_for_a_missing_value_are_names_in_a_column_of_names(read: Read, word: str) -> None:
    rows = [f"2024-01-{day:02},{day},{word if day % 3 else 'salary'}" for day in range(1, 21)]

    panel, findings = read(
        "\n".join(["ds,y,event", *rows, "2024-01-21,3,"]) + "\n", Hints(past=("event",))
    )

    assert panel.covariates is not None
    assert set(panel.covariates.frame["event"]) == {word, "salary", None}
    assert "column event has 1 missing value" in findings.warnings[0]
