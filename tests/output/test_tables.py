import io
import json
from datetime import date, datetime

import polars as pl
import pytest

from forecast_rnn.output import write_stream
from forecast_rnn.tables import quantile_columns

ODD = [
    "=1+1",
    "@SUM(A1)",
    "-x",
    "+x",
    "\tx",
    "\rx",
    "plain",
    "-5",
    "+1.5e3",
    "007",
    "a,b",
    'q"q',
    "é\nü",
]


def text_of(table, format="csv"):
    stream = io.BytesIO()
    write_stream(table, format, stream)
    return stream.getvalue().decode()


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (20.000000000000004, "20.0"),
        (605.31237812, "605.3124"),
        (0.00012345678912, "0.0001234568"),
        (1_000_000_000.1254, "1000000000.125"),
        (-0.0, "0.0"),
        (1e15, "1000000000000000.0"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_forecasts_are_rounded_to_be_read(number, shown):
    table = pl.DataFrame({"forecast": [number, 1.0]})

    assert text_of(table).splitlines()[1] == shown


def test_only_our_own_numbers_are_rounded():
    number = 0.1234567890123456
    names = ["forecast", "forecast_", "q0.1", "q0.975", "value", "actual", "price"]

    lines = text_of(pl.DataFrame({name: [number] for name in names})).splitlines()

    assert lines[1] == ",".join(["0.1234568"] * 5 + [str(number)] * 2)


def test_quantiles_of_every_level_are_rounded():
    number = 0.1234567890123456
    names = quantile_columns((1e-07, 5e-05, 0.1, 0.5, 1 / 3, 0.99999))

    lines = text_of(pl.DataFrame({name: [number] for name in names})).splitlines()

    assert lines[1] == ",".join(["0.1234568"] * len(names))


def test_text_that_a_spreadsheet_would_run_is_escaped_and_numbers_are_not():
    table = pl.DataFrame({"id": ODD, "forecast": [-5.0] * len(ODD)})

    back = pl.read_csv(io.StringIO(text_of(table)), infer_schema=False)

    assert back["id"].to_list() == [f"'{text}" for text in ODD[:6]] + ODD[6:]
    assert set(back["forecast"]) == {"-5.0"}


def test_headers_are_escaped_too():
    assert text_of(pl.DataFrame({"=y": [1]})).startswith("'=y\n")


def test_escaping_is_told_once():
    warned = write_stream(pl.DataFrame({"id": ODD}), "csv", io.BytesIO())
    silent = write_stream(pl.DataFrame({"id": ["a", None, "-5"]}), "tsv", io.BytesIO())

    assert len(warned) == 1
    assert "spreadsheet" in warned[0]
    assert silent == ()


@pytest.mark.parametrize("format", ["json", "ndjson", "parquet"])
def test_formats_for_programs_keep_text_and_numbers_exact(format):
    table = pl.DataFrame({"id": ODD, "forecast": [20.000000000000004] * len(ODD)})
    stream = io.BytesIO()

    warned = write_stream(table, format, stream)

    readers = {"json": pl.read_json, "ndjson": pl.read_ndjson, "parquet": pl.read_parquet}
    assert readers[format](io.BytesIO(stream.getvalue())).equals(table)
    assert warned == ()


def test_tabs_separate_tsv():
    assert text_of(pl.DataFrame({"a": ["x\ty"], "b": [1]}), "tsv") == 'a\tb\n"x\ty"\t1\n'


def test_times_are_iso_8601():
    moment = datetime(2024, 3, 31, 1, 30)
    table = pl.DataFrame({"day": [date(2024, 3, 31)], "naive": [moment], "zoned": [moment]})
    table = table.with_columns(pl.col("zoned").dt.replace_time_zone("Europe/Berlin"))

    assert text_of(table).splitlines()[1] == (
        "2024-03-31,2024-03-31T01:30:00,2024-03-31T01:30:00+01:00"
    )
    assert json.loads(text_of(table, "json"))[0]["zoned"] == "2024-03-31T01:30:00+01:00"


def test_json_is_an_array_with_one_object_a_line():
    table = pl.DataFrame({"a": [1, 2], "b": [float("nan"), None]})

    text = text_of(table, "json")

    assert json.loads(text) == [{"a": 1, "b": None}, {"a": 2, "b": None}]
    assert text.count("\n") == 4


@pytest.mark.parametrize(
    ("format", "expected"),
    [("csv", "a,b\n"), ("tsv", "a\tb\n"), ("json", "[]\n"), ("ndjson", "")],
)
def test_a_table_without_rows_is_written(format, expected):
    table = pl.DataFrame(schema={"a": pl.String, "b": pl.Float64})

    assert text_of(table, format) == expected


def test_more_rows_than_one_slice_are_written_once_each():
    table = pl.DataFrame({"a": range(120_001)})

    assert text_of(table).splitlines() == ["a", *map(str, range(120_001))]
    assert len(json.loads(text_of(table, "json"))) == 120_001


def test_a_reader_that_has_enough_is_noticed():
    class Closed(io.BytesIO):
        def write(self, content):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        write_stream(pl.DataFrame({"a": [1]}), "csv", Closed())
