"""Write files and folders whole: what is under a name is all old or all new.

New content grows under a temporary name in the same folder, is forced to the disk, and
takes the place of the old one by a rename. What a killed process left behind is locked by
nobody, and the next write to the same place removes it.
"""

import contextlib
import errno
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from forecast_rnn.errors import OutputError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears, or replaces the one there, when the block ends well.

    A link is followed. A device or a pipe takes the bytes as they come.

    Raises:
        OutputError: The folder does not exist, or the path is a folder.
        OSError: The system refuses, as it says; nothing is left behind.
    """
    if path.is_dir():
        raise OutputError(f"'{path}' is a folder; give the name of a file in it.")
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    target = Path(os.path.realpath(path))
    check_place(target)
    _sweep(target)
    temporary, descriptor = _create(target, _create_file)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            _keep_mode(target, descriptor)
            os.fsync(descriptor)
            if sys.platform == "win32":
                stream.close()
            os.replace(temporary, target)
        sync_folder(target.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_folder(path: Path, *, names: frozenset[str]) -> Iterator[Path]:
    """Give an empty folder that takes the place of `path` when the block ends well.

    Files in it must be written through `write_file` or `file_of_folder`, or be synced
    otherwise.

    Args:
        path: Where the folder shall be; a link is followed.
        names: A folder with other files than these is not replaced, so that no file of
            a user is ever lost.

    Raises:
        OutputError: The folder above does not exist, or `path` holds something else.
        OSError: The system refuses, as it says; nothing is left behind.
    """
    target = Path(os.path.realpath(path))
    check_place(target)
    _restore(target)
    _check_replaceable(target, names)
    _sweep(target)
    temporary, descriptor = _create(target, _create_folder)
    try:
        yield temporary
        sync_folder(temporary)
        _check_replaceable(target, names)
        _swap(temporary, target)
        sync_folder(target.parent)
    finally:
        # By now this is the old folder, or a new one that failed.
        shutil.rmtree(temporary, ignore_errors=True)
        if descriptor >= 0:
            os.close(descriptor)


def write_file(path: Path, content: bytes) -> None:
    """Write a file of a new folder, and force it to the disk."""
    with file_of_folder(path) as stream:
        stream.write(content)


@contextlib.contextmanager
def file_of_folder(path: Path) -> Iterator[BinaryIO]:
    """Open a file of a new folder, and force it to the disk when the block ends."""
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def check_place(path: Path) -> None:
    """Check that something can be created at `path`, before work is spent on it.

    Raises:
        OutputError: The folder above does not exist.
        PermissionError: It cannot be written to.
    """
    folder = path.parent
    if not folder.is_dir():
        raise OutputError(f"the folder '{folder}' does not exist; create it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _create(target: Path, create: Callable[[Path], int]) -> tuple[Path, int]:
    """Make and lock a temporary file or folder; the lock ends with the process."""
    while True:
        unique = f"{os.getpid()}-{secrets.token_hex(4)}"
        temporary = target.with_name(_prefix(target, "tmp") + unique)
        descriptor = create(temporary)
        _lock(descriptor)
        if temporary.exists():  # otherwise another process swept it before it was locked
            return temporary, descriptor
        os.close(descriptor)


def _create_file(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)


def _create_folder(path: Path) -> int:
    path.mkdir()
    if sys.platform == "win32":
        return -1
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        path.rmdir()
        raise


def _lock(descriptor: int) -> bool:
    """Lock a file or folder unless another process holds the lock; return whether it is ours."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _prefix(target: Path, kind: str) -> str:
    return f".{target.name[:50]}.{kind}-"


def _leftovers(target: Path, kind: str) -> list[Path]:
    prefix = _prefix(target, kind)
    with contextlib.suppress(PermissionError):  # a folder may be writable but not listable
        return [entry for entry in target.parent.iterdir() if entry.name.startswith(prefix)]
    return []


def _sweep(target: Path) -> None:
    """Remove what killed processes left of earlier attempts; live ones hold a lock."""
    if sys.platform == "win32":
        return
    for entry in _leftovers(target, "tmp") + _leftovers(target, "old"):
        with contextlib.suppress(OSError):
            descriptor = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if _lock(descriptor):
                    _remove(entry)
            finally:
                os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _keep_mode(target: Path, descriptor: int) -> None:
    """Give the new file the permissions of the one it replaces."""
    if target.exists() and sys.platform != "win32":
        os.fchmod(descriptor, stat.S_IMODE(target.stat().st_mode))


def _check_replaceable(target: Path, names: frozenset[str]) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"'{target}' is a file; a folder shall be written there.")
    strange = sorted({entry.name for entry in target.iterdir()} - names)
    if strange:
        raise OutputError(
            f"the folder '{target}' holds '{strange[0]}', which is not ours to remove; "
            "choose another place, or move it away."
        )


def _swap(temporary: Path, target: Path) -> None:
    """Put the new folder in place; the old one is gone or has the temporary name."""
    if not target.exists():
        os.rename(temporary, target)
        return
    if _exchange(temporary, target):
        return
    retired = target.with_name(_prefix(target, "old") + secrets.token_hex(4))
    os.rename(target, retired)
    try:
        os.rename(temporary, target)
    except BaseException:
        os.rename(retired, target)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names atomically, where Linux and the file system can."""
    if sys.platform != "linux":
        return False
    import ctypes

    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(first), os.fsencode(second)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _restore(target: Path) -> None:
    """Take the old folder back if a process died between the two renames of `_swap`."""
    if not target.exists():
        for retired in _leftovers(target, "old")[:1]:
            os.rename(retired, target)
