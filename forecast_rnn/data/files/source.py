"""A file or standard input as bytes: decompressed within limits, and told apart by content.

A file that changes while it is read is no file to forecast from: what was read may be neither
the old nor the new. Its size, time and inode are compared before and after.
"""

import difflib
import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from forecast_rnn.errors import BusyError, DataError, InputError

STDIN_NAME = "standard input"
MAX_RATIO = 200
FREE_BYTES = 16 * 2**20
_CHUNK = 4 * 2**20
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_WORKBOOK = b"xl/workbook.xml"
_TEXT_SUFFIXES = {".csv", ".tsv", ".txt"}
_BINARY = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an Excel workbook of another kind than .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document (save the sheet as CSV)",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF": "an HDF5 file",
    b"ARROW1": "an Arrow or Feather file (write it as Parquet)",
    b"ORC": "an ORC file (write it as Parquet)",
    b"BZh": "bzip2 data (use gzip or zstd)",
    b"\xfd7zXZ": "xz data (use gzip or zstd)",
    b"\x80\x04\x95": "a dumped Python object (it will not be opened)",
    b"\x80\x05\x95": "a dumped Python object (it will not be opened)",
}
_MARKUP = {b"<": "HTML or XML", b"{": "JSON", b"[": "JSON"}


Kind = Literal["parquet", "xlsx", "text"]


@dataclass(frozen=True, slots=True)
class Source:
    """The content of an input.

    Attributes:
        name: What messages call it.
        data: The decompressed content; nothing if it is to be read from `path`.
        kind: What it is, by content.
        path: Where a Parquet file lies, of which only the columns in use are read.
        check_unchanged: Raises BusyError if the file is not as it was when it was opened.
    """

    name: str
    data: bytes
    kind: Kind
    path: Path | None = None
    check_unchanged: Callable[[], None] = lambda: None


def open_source(source: Path | Literal["-"]) -> Source:
    """Read an input whole, unless it is a Parquet file.

    Raises:
        InputError: it is absent or is not a file.
        DataError: it is empty, a compression bomb, or of a kind that is not read.
        BusyError: it changed while it was read.
    """
    if source == "-":
        return _of_bytes(STDIN_NAME, "", _read_stdin())
    path = Path(source)
    name, before = path.name, _state(path)
    if not stat.S_ISREG(before.st_mode):
        return _of_bytes(name, _suffix(path), path.read_bytes())
    # Unbuffered, for a buffer would hold a second copy for a moment.
    with path.open("rb", buffering=0) as file:
        head = file.read(len(_PARQUET))
        check = partial(_check_unchanged, path, before)
        if head == _PARQUET:
            _check_kind(name, _suffix(path), "parquet", head)
            return Source(name, b"", "parquet", path, check)
        file.seek(0)
        raw = file.readall()
    check()
    return _of_bytes(name, _suffix(path), raw)


def _of_bytes(name: str, suffix: str, raw: bytes) -> Source:
    data = _decompressed(raw, name)
    if not data[:4096].strip() and not data.strip():
        raise DataError(f"{name} is empty.")
    kind = _kind(data)
    _check_kind(name, suffix, kind, data)
    return Source(name, data, kind)


def _kind(data: bytes) -> Kind:
    if data[:4] == _PARQUET:
        return "parquet"
    # The names of the parts of an archive stand in it as they are.
    return "xlsx" if data[:4] == _ZIP and data.find(_WORKBOOK) >= 0 else "text"


def _suffix(path: Path) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in {".gz", ".zst"}:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _read_stdin() -> bytes:
    return sys.stdin.buffer.read()


def _state(path: Path) -> os.stat_result:
    try:
        state = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(_absent(path)) from None
    mode = state.st_mode
    if stat.S_ISDIR(mode):
        raise InputError(f"{path} is a directory; name a file in it.")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        raise InputError(f"{path} is not a file.")
    return state


def _check_unchanged(path: Path, before: os.stat_result) -> None:
    try:
        after = path.stat()
    except FileNotFoundError:
        raise BusyError(f"{path.name} was removed while being read; try again later.") from None
    if _identity(after) == _identity(before):
        return
    sizes = (
        f" (from {before.st_size:,} to {after.st_size:,} bytes)"
        if after.st_size != before.st_size
        else ""
    )
    raise BusyError(
        f"{path.name} changed while being read{sizes}; try again when it is written, or let its "
        "writer put it in place whole, by renaming."
    )


def _identity(state: os.stat_result) -> tuple[int, int, int, int]:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns


def _absent(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder {folder} (in {Path.cwd()})."
    names = [entry.name for entry in folder.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=1)
    hint = f" Did you mean {folder / near[0]}?" if near else ""
    return f"there is no file {path} (in {Path.cwd()}).{hint}"


def _decompressed(data: bytes, name: str) -> bytes:
    if data[:2] == _GZIP:
        return _inflate(name, data, _open_gzip)
    if data[:4] == _ZSTD:
        return _inflate(name, data, _open_zstd)
    return data


def _open_gzip(raw: bytes) -> BinaryIO:
    stream: BinaryIO = gzip.GzipFile(fileobj=io.BytesIO(raw))  # type: ignore[assignment]
    return stream


def _open_zstd(raw: bytes) -> BinaryIO:
    import pyarrow as pa

    stream: BinaryIO = pa.CompressedInputStream(pa.BufferReader(raw), "zstd")
    return stream


def _inflate(name: str, raw: bytes, opened: Callable[[bytes], BinaryIO]) -> bytes:
    limit = max(FREE_BYTES, MAX_RATIO * len(raw))
    parts, size = [], 0
    try:
        with opened(raw) as stream:
            while part := stream.read(_CHUNK):
                size += len(part)
                if size > limit:
                    raise DataError(
                        f"{name}: compression ratio above {MAX_RATIO}:1 ({len(raw):,} bytes hold "
                        f"more than {limit:,}); decompress it first if that is right."
                    )
                parts.append(part)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} is damaged: it cannot be decompressed ({error}).") from None
    return b"".join(parts)


def _check_kind(name: str, suffix: str, kind: Kind, data: bytes) -> None:
    if kind != "text":
        if suffix in _TEXT_SUFFIXES:
            what = "Parquet" if kind == "parquet" else "an Excel workbook"
            raise DataError(f"{name} looks like {what}, not {suffix[1:]}; rename it to .{kind}.")
        return
    head = data[:64]
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            raise DataError(f"{name} looks like {what}, not CSV, Parquet or xlsx.")
    if suffix in {".parquet", ".pq"}:
        raise DataError(
            f"{name} is damaged or not Parquet: it does not begin with PAR1. "
            "If it is CSV, rename it to .csv."
        )
    if suffix == ".xlsx":
        raise DataError(
            f"{name} is damaged or not an Excel workbook. If it is CSV, rename it to .csv."
        )
    what = _MARKUP.get(head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1], "")
    if what:
        raise DataError(f"{name} looks like {what}, not CSV.")
