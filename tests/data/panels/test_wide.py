"""One column a series."""

import io
from datetime import date

import numpy as np
import polars as pl
import pytest

from forecast_rnn.data.hints import Hints
from forecast_rnn.data.read import panel_from_frame
from forecast_rnn.errors import ConfigError, DataError
from tests.data.conftest import Read

WIDE = Hints(wide=True)
TEXT = """\
ds,north,10,south
2024-01-01,1,,100
2024-01-02,2,,
2024-01-03,3,30,300
2024-01-04,4,40,400
2024-01-05,5,,500
"""


def test_each_column_is_a_series_from_its_first_value_on(read: Read) -> None:
    panel, findings = read(TEXT, WIDE)

    assert panel.items.to_dict(as_series=False) == {"series": ["10", "north", "south"]}
    assert panel.order.tolist() == [1, 0, 2]
    assert panel.starts.to_list() == [date(2024, 1, 3), date(2024, 1, 1), date(2024, 1, 1)]
    assert panel.starts.name == "ds"
    assert panel.lengths().tolist() == [3, 5, 5]
    assert panel.values[:8].tolist()[:2] == [30, 40]
    assert np.isnan(panel.values[[2, 9]]).all()
    assert findings.facts["id"] == "series (3 series)"
    assert findings.facts["target"] == "one column a series (north, 10, south)"
    assert findings.warnings == (
        "2 missing values in 2 of 3 columns (first: line 3), kept as missing.",
    )


def test_it_is_the_panel_of_the_same_rows_in_the_long_form(read: Read) -> None:
    frame = pl.read_csv(io.StringIO(TEXT), try_parse_dates=True)
    long = frame.unpivot(index="ds", variable_name="series").drop_nulls()

    wide, _ = read(TEXT, Hints(wide=True, missing="zero"))
    same, _ = panel_from_frame(long, Hints(missing="zero"))

    assert wide.items.equals(same.items)
    assert wide.starts.equals(same.starts)
    assert wide.order.tolist() == same.order.tolist()
    # A series ends where its rows do, and a column where the file does.
    assert wide.values.tolist() == [30, 40, 0, *same.values[2:].tolist()]


def test_gaps_and_duplicates_are_those_of_all_columns(read: Read) -> None:
    text = (
        "ds,a,b\n2024-01-01,1,2\n2024-01-02,3,4\n2024-01-02,5,6\n2024-01-03,1,1\n2024-01-05,7,8\n"
    )

    panel, _ = read(text, Hints(wide=True, duplicates="sum", missing="previous"))

    assert panel.values.tolist() == [1, 8, 1, 1, 7, 2, 10, 1, 1, 8]


def test_a_time_column_called_series_leaves_another_name(read: Read) -> None:
    panel, _ = read("series,a\n2024-01-01,1\n2024-01-02,2\n", WIDE)

    assert panel.items.columns == ["series_"]
    assert panel.names() == ["a"]


def test_columns_without_numbers_are_left_out_and_said(read: Read) -> None:
    rows = "".join(f"2024-01-0{day},{day},rain\n" for day in range(1, 8))

    panel, findings = read("ds,a,weather\n" + rows, WIDE)

    assert panel.names() == ["a"]
    assert findings.warnings == ("column 'weather' without numbers left out.",)


def test_a_column_without_any_value_is_named(read: Read) -> None:
    rows = "".join(f"2024-01-0{day},{day},\n" for day in range(1, 8))

    panel, findings = read("ds,a,b\n" + rows, WIDE)

    assert panel.lengths().tolist() == [7, 7]
    assert "1 series ('b') without any value" in " ".join(findings.warnings)


def test_no_values_at_all_are_refused(read: Read) -> None:
    with pytest.raises(DataError, match="no column has values"):
        read("ds,a,b\n2024-01-01,,\n2024-01-02,,\n", WIDE)


def test_only_text_is_refused(read: Read) -> None:
    with pytest.raises(DataError, match="no column besides the time holds numbers"):
        read("ds,a\n2024-01-01,x\n2024-01-02,z\n", WIDE)


def test_a_file_without_a_header_is_refused_still(read: Read) -> None:
    with pytest.raises(DataError, match="looks like data"):
        read("2024-01-01,1\n2024-01-02,2\n", WIDE)


def test_warnings_of_many_columns_are_cut(read: Read) -> None:
    names = [f"c{number}" for number in range(9)]
    rows = ["ds;" + ";".join(names)]
    rows += [f"2024-01-0{day}" + f";{day},5" * len(names) for day in range(1, 8)]

    _, findings = read("\n".join(rows), WIDE)

    assert len(findings.warnings) == 6
    assert findings.warnings[-1] == "4 more warnings such as these, of other columns."


def test_newer_data_may_have_other_columns_unless_some_were_named(read: Read) -> None:
    newer = TEXT.replace("south", "east")
    everything, _ = read(TEXT, WIDE)
    some, _ = read(TEXT, Hints(wide=True, target=("north", "10")))

    assert read(newer, everything.schema.hints())[0].names() == ["10", "east", "north"]
    assert read(newer, some.schema.hints())[0].names() == ["10", "north"]
    assert some.schema.hints().target == ("north", "10")


@pytest.mark.parametrize("text", [TEXT, "ds,a,b\n2024-01-01,1,5\n2024-01-02,2,6\n"])
def test_an_error_names_the_option_where_columns_may_be_series(read: Read, text: str) -> None:
    with pytest.raises(DataError, match="pass --wide if each"):
        read(text)


def test_ids_do_not_go_with_it() -> None:
    with pytest.raises(ConfigError, match="does not go with id"):
        Hints(wide=True, item_id=("shop",))
