"""Tables with a column a time."""

import re
from datetime import date

import numpy as np
import pytest

from forecast_rnn.data.columns.headtimes import head_times
from forecast_rnn.data.hints import Hints
from forecast_rnn.errors import DataError
from tests.data.conftest import Read

YEARS = [str(year) for year in range(2000, 2010)]


def office(*rows: str, header: str = "Country,Code," + ",".join(YEARS)) -> str:
    return "\n".join([header, *rows]) + "\n"


def numbers(first: int, count: int = 10) -> str:
    return ",".join(str(first + place) for place in range(count))


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["1960", "1961", "1962", "1963"], "1960"),
        (["1960 [YR1960]", "1961 [YR1961]", "1962 [YR1962]", "1963 [YR1963]"], "1960"),
        (["X1960", "X1961", "X1962", "X1963"], "1960"),
        (["2000-Q1 ", "2000-Q2 ", "2000-Q3 ", "2000-Q4 "], "2000-Q1"),
        (["2000M01", "2000M02", "2000M03", "2000M04"], "2000M01"),
        (["2000-01", "2000-02", "2000-03", "2000-04"], "2000-01"),
        (["Jan 2000", "Feb 2000", "Mar 2000", "Apr 2000"], "Jan 2000"),
        (["Jan-20", "Feb-20", "Mar-20", "Apr-20"], "2020-01-01"),
        (["1/30/20", "1/31/20", "2/1/20", "2/2/20"], "2020-01-30"),
        (["1/2/20", "2/2/20", "3/2/20", "4/2/20", "5/2/20", "6/2/20"], "2020-02-01"),
        (["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"], "2020-01-01"),
    ],
)
def test_names_of_columns_are_times(names: list[str], first: str) -> None:
    times = head_times(["Country", *names, "remark"])

    assert list(times) == names
    assert times[names[0]] == first


@pytest.mark.parametrize(
    "names",
    [
        ["2000", "2001", "2002"],
        ["2000", "2003", "2001", "2002"],
        ["2000", "y", "2001", "2002", "2003"],
        ["a1", "a2", "a3", "a4"],
        ["10", "20", "30", "40", "50"],
    ],
)
def test_other_names_are_none(names: list[str]) -> None:
    assert head_times(names) == {}


def test_each_row_is_a_series_and_this_is_said(read: Read) -> None:
    panel, findings = read(office(f"Aland,AL,{numbers(5)}", f"Bland,BL,{numbers(30)}"))

    assert panel.names() == ["Aland", "Bland"]
    assert panel.values.tolist() == [*range(5, 15), *range(30, 40)]
    assert panel.frequency.every == "1y"
    assert findings.facts["target"] == "value"
    assert findings.warnings[0].startswith("10 columns (2000 to 2009) are times: each cell is read")


def test_it_is_what_the_same_numbers_in_rows_are(read: Read) -> None:
    turned, _ = read(office(f"Aland,AL,{numbers(5)}", f"Bland,BL,{numbers(30)}"))
    firsts = {"Aland": 5, "Bland": 30}
    rows = [f"{name},{2000 + k},{firsts[name] + k}" for name in firsts for k in range(10)]

    panel, _ = read("\n".join(["Country,time,value", *rows]) + "\n")

    assert panel.values.tolist() == turned.values.tolist()
    assert panel.items.equals(turned.items)
    assert panel.starts.equals(turned.starts)


def test_a_series_begins_at_its_first_value_and_empty_columns_at_the_end_are_no_rows(
    read: Read,
) -> None:
    rows = [f"Aland,AL,{numbers(5, 9)},", f"Bland,BL,,,3,,{numbers(5, 5)},", "Cland,CL" + 10 * ","]

    panel, findings = read(office(*rows))

    np.testing.assert_array_equal(panel.lengths(), [9, 7])
    assert np.isnan(panel.values[10])
    assert "1 row without any value left out (first: line 4)." in findings.warnings


def test_parts_of_an_id_that_are_left_empty_are_a_dash(read: Read) -> None:
    header = "Province,Country," + ",".join(f"{month}/1/20" for month in range(1, 11))
    rows = [f",Aland,{numbers(1)}", f"North,Bland,{numbers(2)}", f"South,Bland,{numbers(3)}"]

    panel, _ = read(office(*rows, header=header))

    assert panel.names() == ["-/Aland", "North/Bland", "South/Bland"]
    assert panel.starts.to_list() == 3 * [date(2020, 1, 1)]


def test_ids_packed_in_one_cell_and_remarks_beside_numbers_are_read(read: Read) -> None:
    quarters = [f"{2010 + place // 4}-Q{place % 4 + 1} " for place in range(8)]
    header = "\t".join(["freq,geo\\TIME_PERIOD", *quarters])
    rows = [
        "Q,AT\t: \t" + "\t".join(f"{k}.5 p" for k in range(7)),
        "Q,BE" + "\t1 " * 3 + "\t: z" + "\t2 " * 4,
    ]

    panel, _ = read("\n".join([header, *rows]) + "\n", name="data.tsv")

    assert panel.schema.timestamp == "TIME_PERIOD"
    assert panel.names() == ["AT", "BE"]
    np.testing.assert_array_equal(panel.values[:7], np.arange(7) + 0.5)
    np.testing.assert_array_equal(panel.values[7:], [1, 1, 1, np.nan, 2, 2, 2, 2])


def test_newer_data_are_turned_round_as_those_of_training_were(read: Read) -> None:
    text = office(f"Aland,AL,{numbers(5)}", f"Bland,BL,{numbers(30)}")
    schema = read(text)[0].schema

    assert read(text, schema.hints())[0].values.tolist() == read(text)[0].values.tolist()


def test_columns_beside_may_be_covariates(read: Read) -> None:
    panel, _ = read(
        office(f"Aland,AL,{numbers(5)}", f"Bland,BL,{numbers(30)}"), Hints(static=("Code",))
    )

    assert panel.covariates is not None
    assert panel.covariates.static["Code"].to_list() == ["AL", "BL"]


def test_a_table_with_a_column_of_times_stays_as_it_is(read: Read) -> None:
    rows = [f"2024-01-{day:02},{numbers(day, 5)}" for day in range(1, 10)]

    panel, _ = read("\n".join(["ds,2001,2002,2003,2004,2005", *rows]) + "\n", Hints(wide=True))

    assert panel.names() == ["2001", "2002", "2003", "2004", "2005"]


def test_a_fault_is_told_with_its_line(read: Read) -> None:
    with pytest.raises(DataError, match=re.escape("line 3, column value: 'x' is not a number")):
        read(office(f"Aland,AL,{numbers(5)}", f"Bland,BL,{numbers(30, 9)},x"))
