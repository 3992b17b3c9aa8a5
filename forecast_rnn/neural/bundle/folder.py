"""The model folder: three files that hold all a forecast takes, and that run no code.

manifest.json        what the model is, and the checksums of the other two
weights.safetensors  the tensors
series.parquet       the series

A bundle is written whole or not at all. It is read strictly: the names in the folder must
be exactly these, and the very bytes that are parsed are the ones whose checksum was taken.
"""

import contextlib
import errno
import os
import platform
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as parse_tensors
from safetensors.numpy import save as compose_tensors

from forecast_rnn import __version__
from forecast_rnn.errors import BundleError, InputError
from forecast_rnn.neural.bundle.manifest import compose, fingerprint, parse_manifest, parse_object
from forecast_rnn.neural.bundle.series import GROUP, Series, reread_series, unpack_series
from forecast_rnn.system.atomic import file_of_folder, new_folder, write_file
from forecast_rnn.system.parquet import write_parts

MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
SERIES = "series.parquet"
MOST_BYTES = {MANIFEST: 2**20, WEIGHTS: 2**31, SERIES: 2**31}
MOST_HEADER_BYTES = 2**20
NAMES = frozenset(MOST_BYTES)
Tensor = NDArray[np.float32]
Tensors = dict[str, Tensor]
_Found = tuple[dict[str, Any], Tensors, Iterator[pl.DataFrame]]
_Unpack = Callable[[Path, bytes], Iterator[pl.DataFrame]]
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_KINDS = (
    ((".pt", ".pth", ".ckpt", ".bin"), b"", "a PyTorch checkpoint"),
    ((".pkl", ".joblib"), b"", "a dumped Python object"),
    ((), b"PK\x03\x04", "a ZIP archive"),
    ((), b"\x80", "a dumped Python object"),
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a model folder holds.

    Attributes:
        description: What the manifest says of the model, as JSON.
        tensors: float32, finite, by name in alphabetical order.
        series: The series.
    """

    description: dict[str, Any]
    tensors: Tensors
    series: pl.DataFrame


def write_bundle(
    folder: Path,
    description: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    series: Series,
) -> None:
    """Write a model folder, read it back to verify it, and put it in place of an older one.

    Equal contents give equal files, byte for byte.

    Args:
        folder: Where; replaced if it is a bundle, or empty.
        description: What JSON can hold.
        tensors: float32 and finite.
        series: Yields them anew, `GROUP` rows at a time: any columns that Parquet can hold.

    Raises:
        BundleError: A tensor is not float32 or not finite, or a file would be too large.
        OutputError: The folder above does not exist, or something else is in its place.
        OSError: The system refuses, as it says; an older bundle stays as it was.
    """
    with new_folder(folder, names=NAMES) as temporary:
        write_file(temporary / WEIGHTS, _pack_tensors(tensors))
        with file_of_folder(temporary / SERIES) as stream:
            write_parts(series, stream, groups=GROUP)
        files = {name: (temporary / name).read_bytes() for name in (WEIGHTS, SERIES)}
        write_file(temporary / MANIFEST, compose(description, files, created_by=_programs()))
        del files
        _check_same(_read(temporary, lambda path, _: reread_series(path)), tensors, series)


def read_bundle(folder: Path) -> Bundle:
    """Read and verify a model folder.

    Raises:
        InputError: There is nothing at the path.
        BundleError: It is not a bundle, damaged, altered, or of another version.
        PermissionError: It may not be read.
    """
    before = _identity(folder)
    try:
        return _read_whole(folder)
    except BundleError:
        if _identity(folder) == before:
            raise
        return _read_whole(folder)  # another process put a new bundle in place meanwhile


def read_description(folder: Path) -> dict[str, Any]:
    """Read what the manifest says of the model; raises as `read_bundle`, of the manifest alone."""
    _identity(folder)
    _check_names(folder)
    with _opened(folder, MANIFEST) as stream:
        description: dict[str, Any] = _manifest(folder, stream)["description"]
    return description


def _manifest(folder: Path, stream: BinaryIO) -> dict[str, Any]:
    with _blame(folder, MANIFEST):
        content = stream.read(MOST_BYTES[MANIFEST] + 1)
        return parse_manifest(content, NAMES - {MANIFEST}, version=__version__)


def _read_whole(folder: Path) -> Bundle:
    description, tensors, groups = _read(folder, lambda _, content: unpack_series(content))
    series = list(groups)
    return Bundle(description, tensors, pl.concat(series) if series else pl.DataFrame())


def _read(folder: Path, unpack: _Unpack) -> _Found:
    _check_names(folder)
    with contextlib.ExitStack() as stack:
        streams = {name: stack.enter_context(_opened(folder, name)) for name in sorted(NAMES)}
        manifest = _manifest(folder, streams[MANIFEST])
        with _blame(folder, WEIGHTS):
            content = _verified(streams[WEIGHTS], manifest["files"][WEIGHTS])
            tensors = _unpack_tensors(content)
        with _blame(folder, SERIES):
            content = _verified(streams[SERIES], manifest["files"][SERIES])
    return manifest["description"], tensors, _blamed(folder, unpack(folder / SERIES, content))


def _blamed(folder: Path, groups: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    with _blame(folder, SERIES):
        yield from groups


def _programs() -> dict[str, str]:
    from importlib.metadata import version

    return {
        "forecast-rnn": __version__,
        "python": platform.python_version(),
        "torch": version("torch"),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def _identity(folder: Path) -> tuple[int, int]:
    try:
        status = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"there is no model at '{folder}'.") from None
    return status.st_dev, status.st_ino


def _check_names(folder: Path) -> None:
    if not folder.is_dir():
        kind = _kind_of(folder)
        raise BundleError(
            f"'{folder}' is not a forecast-rnn bundle{kind}; it will not be opened. "
            "Give the folder that train wrote."
        )
    names = set(os.listdir(folder))
    if MANIFEST not in names:
        raise BundleError(f"'{folder}' is not a forecast-rnn bundle: it has no {MANIFEST}.")
    for missing in sorted(NAMES - names):
        _refuse(folder, missing, "is missing")
    for strange in sorted(names - NAMES):
        _refuse(folder, strange, "does not belong there")


def _kind_of(path: Path) -> str:
    start = b""
    if path.is_file():
        with path.open("rb") as stream:
            start = stream.read(4)
    for suffixes, magic, kind in _KINDS:
        if path.suffix.lower() in suffixes or (magic and start.startswith(magic)):
            return f" (it looks like {kind})"
    return ""


def _refuse(folder: Path, name: str, fault: str) -> NoReturn:
    raise BundleError(
        f"the bundle '{folder}' cannot be used: {name!r} {fault}. "
        "Restore the bundle from a copy, or train again."
    )


@contextlib.contextmanager
def _blame(folder: Path, name: str) -> Iterator[None]:
    """Turn a fault into a message that names the bundle and the file."""
    try:
        yield
    except BundleError as error:
        _refuse(folder, name, str(error))


def _opened(folder: Path, name: str) -> BinaryIO:
    """Open a regular file of sane size; never follow a link, never wait on a pipe."""
    try:
        descriptor = os.open(folder / name, _OPEN)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOENT, errno.ENXIO):
            raise
        _refuse(folder, name, "is not a regular file")
    fault = _fault(os.fstat(descriptor), MOST_BYTES[name])
    if fault:
        os.close(descriptor)
        _refuse(folder, name, fault)
    return os.fdopen(descriptor, "rb")


def _fault(status: os.stat_result, most_bytes: int) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    if status.st_nlink > 1:
        return "is linked from elsewhere"
    if status.st_size > most_bytes:
        return f"has {status.st_size:,} bytes, more than {most_bytes:,}"
    return None


def _verified(stream: BinaryIO, expected: Mapping[str, Any]) -> bytes:
    size = os.fstat(stream.fileno()).st_size
    if size != expected["bytes"]:
        raise BundleError(f"has {size:,} bytes and should have {expected['bytes']:,}")
    content = stream.read(size)
    digest, should = str(fingerprint(content)["sha256"]), expected["sha256"]
    if digest != should:
        raise BundleError(f"is damaged: its SHA-256 is {digest[:8]}… and should be {should[:8]}…")
    return content


def _pack_tensors(tensors: Mapping[str, Tensor]) -> bytes:
    for name, tensor in tensors.items():
        _check_tensor(name, tensor)
    plain = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    return bytes(compose_tensors(plain))


def _unpack_tensors(content: bytes) -> Tensors:
    # The library keeps the last of two tensors of one name and says nothing; this refuses.
    length = int.from_bytes(content[:8], "little")
    if not 2 <= length <= min(MOST_HEADER_BYTES, len(content) - 8):
        raise BundleError("has no proper header")
    header = parse_object(content[8 : 8 + length])
    if any(type(entry) is not dict or entry.get("dtype") != "F32" for entry in header.values()):
        raise BundleError("holds something else than float32 tensors")
    try:
        tensors = parse_tensors(content)
    except SafetensorError as error:
        raise BundleError(f"cannot be read: {error}") from None
    for name, tensor in tensors.items():
        _check_tensor(name, tensor)
    return dict(sorted(tensors.items()))


def _check_tensor(name: str, tensor: Tensor) -> None:
    if tensor.dtype != np.float32:
        raise BundleError(f"the tensor {name!r} is {tensor.dtype}, not float32")
    if not bool(np.isfinite(tensor).all()):
        raise BundleError(f"the tensor {name!r} holds values that are not finite")


def _check_same(written: _Found, tensors: Mapping[str, Tensor], series: Series) -> None:
    _, read_tensors, groups = written
    same = set(read_tensors) == set(tensors)
    same = same and all(np.array_equal(read_tensors[name], tensors[name]) for name in read_tensors)
    same = same and all(
        one is not None and one.equals(other)
        for one, other in zip_longest(groups, filter(len, series()))
    )
    if not same:
        raise BundleError("the bundle reads back otherwise than it was written.")
