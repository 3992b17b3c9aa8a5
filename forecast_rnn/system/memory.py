"""Memory that is not in use goes back to the system: settings of a process, and ends of stages."""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def set_allocators() -> None:
    """Set up the allocators of this process; for a program of its own, before Polars is loaded.

    It cannot be undone, so that no function of the library calls it: the command line does.

    - Polars gives back at once what it frees, and not after ten seconds; Arrow has no memory of
      its own.
    - All threads share one heap of glibc and two of Polars: what one frees another can use.
    - glibc keeps what is freed until `stage` ends. By itself it hands large buffers back to the
      kernel after each training step and pays page faults to get them again, which costs
      recurrent training up to half its time.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0,narenas:2")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    _set_glibc(_M_ARENA_MAX, 1)
    _set_glibc(_M_MMAP_THRESHOLD, 2**30)
    _set_glibc(_M_TRIM_THRESHOLD, 2**31 - 1)


@contextmanager
def stage() -> Iterator[None]:
    """Give what was freed back to the system once the block has ended, however it ends.

    For the borders between large parts of the work, of which each frees what the next has no use
    for: small blocks that are in use would else keep all the pages around them.
    """
    try:
        yield
    finally:
        if _is_glibc():
            ctypes.CDLL(None).malloc_trim(0)


def _set_glibc(parameter: int, value: int) -> None:
    if _is_glibc():
        ctypes.CDLL(None).mallopt(parameter, value)


def _is_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"
