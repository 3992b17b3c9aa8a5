"""Files and standard input as bytes."""

import gzip
import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from forecast_rnn.data.source import open_source
from forecast_rnn.errors import DataError, InputError

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
