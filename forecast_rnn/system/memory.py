"""Memory that is not in use goes back to the system."""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 2**20
"""A block of so many bytes goes back to the system as soon as it is free."""
_sparing = Event()
"""How glibc is set, which is of the whole process, and which it does not tell."""


def keep_little() -> None:
    """Hold little memory that is not in use; to be called before Polars and threads are there.

    Polars gives back at once what it frees, and not after ten seconds; Arrow has no memory of its
    own. What one thread frees another can use, as all share one heap of glibc and two of Polars.
    None of it costs time that can be measured.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0,narenas:2")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _set_glibc(_M_ARENA_MAX, 1)


def keep_freed() -> None:
    """Keep what is freed for what comes next, unless `memory_given_back` says otherwise.

    glibc hands large buffers back to the kernel after each step and pays page faults to get them
    again, which costs recurrent training up to half its time; two thresholds stop that. What is
    freed then stays until `release_memory`.
    """
    if not _sparing.is_set():
        _set_thresholds(2**30, 2**31 - 1)


@contextmanager
def memory_given_back() -> Iterator[None]:
    """Give large blocks back as soon as they are free, but within `memory_kept`."""
    _sparing.set()
    _set_thresholds(_LARGE, _LARGE)
    try:
        yield
    finally:
        _sparing.clear()
        keep_freed()


@contextmanager
def memory_kept() -> Iterator[None]:
    """Keep what is freed until the block ends, as `keep_freed` does, in any case."""
    _set_thresholds(2**30, 2**31 - 1)
    try:
        yield
    finally:
        if _sparing.is_set():
            _set_thresholds(_LARGE, _LARGE)
            release_memory()


def release_memory() -> None:
    """Give back what NumPy and torch freed: large blocks and small alike."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)


def _set_thresholds(mapped: int, trimmed: int) -> None:
    _set_glibc(_M_MMAP_THRESHOLD, mapped)
    _set_glibc(_M_TRIM_THRESHOLD, trimmed)


def _set_glibc(parameter: int, value: int) -> None:
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(parameter, value)
