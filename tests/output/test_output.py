import errno
from pathlib import Path

import polars as pl
import pytest

from forecast_rnn.errors import ConfigError, OutputError
from forecast_rnn.output import WRITERS, format_of, write

TABLE = pl.DataFrame({"id": ["a", "b"], "forecast": [1.5, -2.0]})
READERS = {
    "csv": pl.read_csv,
    "tsv": lambda path: pl.read_csv(path, separator="\t"),
    "parquet": pl.read_parquet,
    "xlsx": pl.read_excel,
    "json": pl.read_json,
    "ndjson": pl.read_ndjson,
}


@pytest.mark.parametrize("format", WRITERS)
def test_what_is_written_reads_back(format, tmp_path):
    path = tmp_path / f"table.{format}"

    warnings = write(TABLE, path)

    assert READERS[format](path).equals(TABLE)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert warnings == ()


@pytest.mark.parametrize("format", WRITERS)
def test_the_same_table_gives_the_same_bytes(format, tmp_path):
    write(TABLE, tmp_path / "one", format)
    write(TABLE, tmp_path / "two", format)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_suffix_may_be_in_capitals():
    assert format_of(Path("A.CSV")) == "csv"


def test_unknown_formats_are_refused_with_the_choices(tmp_path):
    with pytest.raises(ConfigError, match="csv, tsv, parquet, xlsx, json, ndjson"):
        write(TABLE, tmp_path / "table.doc")
    with pytest.raises(ConfigError, match="no format 'doc'"):
        write(TABLE, tmp_path / "table.csv", "doc")


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        write(TABLE, tmp_path / "none" / "table.csv")


@pytest.mark.parametrize("format", WRITERS)
def test_a_full_disk_is_told_as_the_system_tells_it(format):
    with pytest.raises(OSError, match="No space left") as caught:
        write(TABLE, Path("/dev/full"), format)

    assert caught.value.errno == errno.ENOSPC
