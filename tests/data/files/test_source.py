"""Files and standard input as bytes."""

import gzip
import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forecast_rnn.cli import main
from forecast_rnn.data.files.source import open_source
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.read import read_panel
from forecast_rnn.errors import BusyError, DataError, InputError

TEXT = b"ds,y\n2024-01-01,1\n"


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT)

    source = open_source(tmp_path / "a.csv")

    assert (source.name, bytes(source.data), source.kind) == ("a.csv", TEXT, "text")


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT)))

    assert open_source("-").data == TEXT


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_compressed_files_are_told_by_their_content(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.csv.{suffix}"
    packed = gzip.compress(TEXT) if suffix == "gz" else pa.compress(TEXT, "zstd", asbytes=True)
    path.write_bytes(packed)

    assert open_source(path).data == TEXT


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_compressed_file_that_is_cut_is_refused(tmp_path: Path, suffix: str) -> None:
    text = os.urandom(1000).hex().encode()
    packed = gzip.compress(text) if suffix == "gz" else pa.compress(text, "zstd", asbytes=True)
    (tmp_path / "a").write_bytes(packed[:-100])

    with pytest.raises(DataError, match="damaged"):
        open_source(tmp_path / "a")


def test_a_compression_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * 20_000_000))

    with pytest.raises(DataError, match="compression ratio above 200:1"):
        open_source(tmp_path / "bomb.csv.gz")


def test_a_file_that_is_absent_is_named_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(TEXT)

    with pytest.raises(InputError, match=r"no file .*sale\.csv.*Did you mean .*sales\.csv"):
        open_source(tmp_path / "sale.csv")


def test_a_directory_is_no_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        open_source(tmp_path)


@pytest.mark.parametrize("content", [b"", b" \n\n \r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(DataError, match=r"a\.csv is empty"):
        open_source(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.csv", b"\x89PNG\r\n\x1a\n", "PNG"),
        ("a.csv", b"PK\x03\x04rest", "Excel"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", b"<!DOCTYPE html><html>", "HTML"),
        ("a.csv", b'{"y": [1, 2]}', "JSON"),
        ("a.csv", b"PAR1" + bytes(20) + b"PAR1", "looks like Parquet"),
        ("a.parquet", TEXT, "not Parquet"),
        ("a.xlsx", TEXT, "not an Excel workbook"),
    ],
)
def test_what_a_file_looks_like_is_said(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=what):
        open_source(tmp_path / name)


Change = Callable[[Path], None]


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"2024-01-02,2\n")


def shorten(path: Path) -> None:
    os.truncate(path, 8)


def write_again(path: Path) -> None:
    later = path.stat().st_mtime_ns + 1
    os.utime(path, ns=(later, later))


def replace(path: Path) -> None:
    newer, state = path.with_suffix(".new"), path.stat()
    newer.write_bytes(path.read_bytes())
    os.utime(newer, ns=(state.st_atime_ns, state.st_mtime_ns))
    newer.rename(path)


def remove(path: Path) -> None:
    path.unlink()


CHANGES = (grow, shorten, write_again, replace, remove)


@pytest.fixture
def changed_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], Path]:
    """Write a CSV file to which something happens while it is read."""

    def run(change: Change) -> Path:
        path = tmp_path / "a.csv"
        path.write_bytes(TEXT)
        bare_open = Path.open

        class Changing(io.FileIO):
            def readall(self) -> bytes:
                content = super().readall()
                monkeypatch.setattr(Path, "open", bare_open)
                change(path)
                return content

        monkeypatch.setattr(Path, "open", lambda path, *_, **__: Changing(str(path)))
        return path

    return run


@pytest.mark.parametrize("change", CHANGES)
def test_a_text_file_that_changes_while_it_is_read_is_refused(
    changed_csv: Callable[[Change], Path], change: Change
) -> None:
    path = changed_csv(change)

    with pytest.raises(BusyError, match=r"a\.csv (changed|was removed) while being read"):
        open_source(path)


def test_a_file_that_grew_is_told_with_both_sizes_and_exit_code_75(
    changed_csv: Callable[[Change], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed_csv(grow)

    code = main(["inspect", str(path)])

    assert code == 75
    said = capsys.readouterr().err
    assert "a.csv changed while being read (from 18 to 31 bytes); try again" in said


@pytest.mark.parametrize("change", CHANGES)
def test_a_parquet_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    path = tmp_path / "a.parquet"
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 20), eager=True)
    pl.DataFrame({"ds": days, "y": range(20)}).write_parquet(path)
    batches = pq.ParquetFile.iter_batches

    def changing(file: pq.ParquetFile, *_: object, **options: object) -> Iterator[pa.RecordBatch]:
        if "columns" in options:
            change(path)
        return batches(file, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", changing)

    with pytest.raises(BusyError, match=r"a\.parquet (changed|was removed) while being read"):
        read_panel(path, Hints())


def test_a_change_after_reading_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT)

    source = open_source(tmp_path / "a.csv")
    grow(tmp_path / "a.csv")

    assert source.data == TEXT
