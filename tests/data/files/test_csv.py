"""CSV as text, with the line numbers of the file."""

import csv as standard
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rnn.data.columns.numbers import PLAIN_NUMBERS
from forecast_rnn.data.files import csv, parts, records
from forecast_rnn.data.files.csv import csv_table
from forecast_rnn.data.files.table import Rows
from forecast_rnn.errors import DataError


def load(text: str | bytes, *columns: str) -> Rows:
    table = csv_table("data.csv", text if isinstance(text, bytes) else text.encode())
    return table.load(columns or table.sample.columns, {})


CELL = st.text(alphabet='ab1,;"\n\r é', max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, st.just("x")), min_size=1, max_size=5))
def test_quoted_cells_are_read_as_the_standard_library_reads_them(rows: list[tuple[str]]) -> None:
    stream = io.StringIO()
    writer = standard.writer(stream, quoting=standard.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("one", "two", "three"), *rows])

    assert load(stream.getvalue()).frame.rows() == rows


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_separators_and_line_ends_are_found(separator: str, end: str, quote: str) -> None:
    rows = ([quote + cell + quote for cell in row] for row in ("abc", "123", "456"))
    text = end.join(separator.join(row) for row in rows)

    assert load(text).frame.rows() == [("1", "2", "3"), ("4", "5", "6")]


def test_a_byte_order_mark_and_spaces_are_no_part_of_a_name() -> None:
    assert load(b"\xef\xbb\xbf ds , y\n1,2\n").frame.columns == ["ds", "y"]


def test_only_columns_in_use_are_read() -> None:
    assert load("a,b,c\n1,2,3\n", "c", "a").frame.rows(named=True) == [{"a": "1", "c": "3"}]


def test_a_row_knows_its_line_over_blank_lines_and_breaks_in_quotes() -> None:
    rows = load('\na,b\n\n"x\ny",2\n\n3,4\n')

    assert [rows.where(row) for row in range(2)] == ["line 4", "line 7"]
    assert rows.place(1, "b") == "data.csv line 7, column b"


def test_blank_lines_are_left_out_and_said_unless_they_end_the_file() -> None:
    inside, after = load("a,b\n1,2\n\n3,4\n"), load("a,b\n1,2\n3,4\n\n\n")

    assert inside.frame.rows() == after.frame.rows() == [("1", "2"), ("3", "4")]
    assert inside.warnings == ("1 blank line left out (first: line 3).",)
    assert after.warnings == ()


def test_rows_of_separators_alone_are_left_out() -> None:
    rows = load("a,b\n1,2\n3,4\n,\n,\n")

    assert rows.frame.rows() == [("1", "2"), ("3", "4")]


def test_a_separator_at_the_end_of_every_row_is_ignored() -> None:
    rows = load("a,b\n1,2,\n3,4,\n")

    assert rows.frame.rows() == [("1", "2"), ("3", "4")]
    assert "ends in a separator" in rows.warnings[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n", "line 3 has 1 fields where the header has 2"),
        ("a,b\n1,2\n3,4,5\n", "line 3 has 3 fields where the header has 2"),
        ("Report\nSite\na,b,c\n1,2,3\n4,5,6\n7,8,9\n", "line 3 has 3 fields .*title above"),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote is opened here"),
        ('a,b\n1,2\n"3,4\n"5",6\n', "line 3: a quote is opened here"),
        ('a,b\n1,x"y"\n', "line 2: a quote stands in the midst"),
        ('a,b\n1,"x"y\n', "line 2: a quote is opened here and not closed rightly"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 are both named 'a'"),
        ("a,b\n", "no data rows"),
        ("a,b\n,\n\n", "no data rows"),
        (b"a,b\n1,\0\n", "line 2 holds a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n3,\xe9\n", "line 3 is not UTF-8 .*Latin-1"),
        ("a,b\r1,2\r", "old Mac"),
    ],
)
def test_a_text_in_disorder_is_refused_with_its_line(text: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(text)


def test_rows_of_another_length_are_listed_as_they_stand() -> None:
    rows = "".join(f"{row},x\n" for row in range(30))

    with pytest.raises(DataError) as caught:
        load("a,b\n" + rows + "1,2,3\n\n" + rows + "4\n5,6,7\n8,9,10\n")

    assert str(caught.value).splitlines() == [
        "data.csv has 4 faults:",
        "  line 32 has 3 fields where the header has 2: '1,2,3'; a field that holds the separator "
        "must be in quotes",
        "  line 64 has 1 fields where the header has 2: '4'; write all fields, also the empty "
        "ones, or copy the file again if it is cut off there",
        "  line 65 has 3 fields where the header has 2: '5,6,7'",
        "  line 66 has 3 fields where the header has 2: '8,9,10'",
    ]
    assert [(fault.column, fault.text) for fault in caught.value.faults[1:3]] == [
        (None, "4"),
        (None, "5,6,7"),
    ]


def test_plain_columns_are_converted_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MOST_BYTES", 70)
    monkeypatch.setattr(parts, "_LEAST_BYTES", 70)
    text = "a,b\n" + "".join(f"x{row},{row}.5\n" for row in range(100)) + "y,\n"
    plain = {"b": PLAIN_NUMBERS}

    frame = csv_table("data.csv", text.encode()).load(["a", "b"], plain).frame
    spelled = csv_table("data.csv", (text + "z,NA\n").encode()).load(["a", "b"], plain).frame
    blank = csv_table("data.csv", (text + "\nz,1\n").encode()).load(["a", "b"], plain)

    assert frame["a"].to_list() == [f"x{row}" for row in range(100)] + ["y"]
    assert frame["b"].to_list() == [row + 0.5 for row in range(100)] + [None]
    assert spelled["b"].to_list()[-2:] == ["", "NA"]
    assert blank.frame["b"].to_list()[-2:] == ["", "1"]
    assert blank.where(101) == "line 104"
    with pytest.raises(DataError, match="line 103 has 3 fields"):
        csv_table("data.csv", (text + "z,1,2\n").encode()).load(["a", "b"], plain)


def test_a_file_longer_than_the_sample_and_a_block_is_read_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(csv, "_SAMPLE_BYTES", 64)
    monkeypatch.setattr(parts, "_MOST_BYTES", 70)
    monkeypatch.setattr(parts, "_LEAST_BYTES", 70)
    monkeypatch.setattr(records, "_BLOCK", 50)
    plain = "a,b\n" + "".join(f"{row},{row * row}\n" for row in range(200))
    quoted = "a,b\n" + "".join(f'"{row}","x\n{row}"\n' for row in range(200))

    assert load(plain).frame.rows() == [(str(row), str(row * row)) for row in range(200)]
    assert load(quoted).frame.rows() == [(str(row), f"x\n{row}") for row in range(200)]
    assert load(quoted).where(199) == "line 400"
    with pytest.raises(DataError, match="line 202 has 3 fields"):
        load(plain + "1,2,3\n")
