import io
import zipfile
from datetime import date, datetime

import fastexcel
import polars as pl
import pytest

from forecast_rnn.errors import OutputError
from forecast_rnn.output import xlsx
from forecast_rnn.output.xlsx import write_xlsx

ODD = ["=1+1", "@SUM(A1)", "-x", "+x", "007", "http://example.org", "{=1}", "12", "é\nü", ""]


def book_of(table):
    stream = io.BytesIO()
    write_xlsx(table, stream)
    return stream.getvalue()


def read_back(book):
    sheet = fastexcel.read_excel(book).load_sheet("forecast", dtypes=None)
    return sheet.to_polars()


def part(book, name):
    return zipfile.ZipFile(io.BytesIO(book)).read(name).decode()


def test_values_read_back_exactly():
    table = pl.DataFrame(
        {
            "id": ["a", "b"],
            "day": [date(2024, 2, 29), date(2025, 1, 1)],
            "time": [datetime(2024, 2, 29, 13, 30), datetime(1999, 1, 1)],
            "step": [1, 2],
            "forecast": [-605.123456789012, None],
        }
    )

    back = read_back(book_of(table))

    assert back.cast(dict(table.schema)).equals(table)


def test_text_stays_text_and_nothing_runs():
    book = book_of(pl.DataFrame({"=id": ODD}))

    sheet = part(book, "xl/worksheets/sheet1.xml")
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert read_back(book)["=id"].to_list() == ODD[:-1]  # an empty text is an empty cell


def test_the_header_stays_in_view():
    sheet = part(book_of(pl.DataFrame({"a": [1]})), "xl/worksheets/sheet1.xml")

    assert '<pane ySplit="1"' in sheet
    assert 'state="frozen"' in sheet


def test_what_a_cell_cannot_hold_becomes_text():
    zoned = pl.Series([datetime(2024, 3, 31, 1, 30)]).dt.replace_time_zone("Europe/Berlin")
    table = pl.DataFrame({"id": [12345678901234567], "old": [date(1850, 1, 1)], "zoned": zoned})

    back = read_back(book_of(table))

    assert back.row(0) == ("12345678901234567", "1850-01-01", "2024-03-31T01:30:00+01:00")


def test_headers_that_differ_by_case_only_are_told_apart():
    back = read_back(book_of(pl.DataFrame({"Forecast": ["a"], "forecast": [1.5]})))

    assert back.columns == ["Forecast", "forecast_"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([605.3, 12.0, 700.0], "0.00"),
        ([0.02], "0.000000"),
        ([2e6], "0"),
        ([0.0, None], "0.00"),
    ],
)
def test_numbers_show_five_digits(numbers, expected):
    book = book_of(pl.DataFrame({"forecast": numbers}, schema={"forecast": pl.Float64}))

    assert f'formatCode="{expected}"' in part(book, "xl/styles.xml")


def test_a_table_without_rows_is_written():
    book = book_of(pl.DataFrame(schema={"id": pl.String, "forecast": pl.Float64}))

    assert read_back(book).columns == ["id", "forecast"]


def test_tables_larger_than_a_sheet_are_refused(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)

    with pytest.raises(OutputError, match="3 rows and a sheet holds 2"):
        book_of(pl.DataFrame({"a": [1, 2, 3]}))


def test_text_longer_than_a_cell_is_refused():
    with pytest.raises(OutputError, match="32,768 characters"):
        book_of(pl.DataFrame({"a": ["x" * 32_768]}))
