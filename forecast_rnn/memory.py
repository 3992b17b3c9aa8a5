"""Memory that is not in use goes back to the system."""

import ctypes
import os
import platform

_M_ARENA_MAX = -8


def keep_little() -> None:
    """Hold little memory that is not in use; to be called before Polars and threads are there.

    Polars gives back at once what it frees, and not after ten seconds; Arrow has no memory of its
    own. What one thread frees another can use, as all share two heaps of glibc. None of it costs
    time that can be measured.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def release_memory() -> None:
    """Give back what NumPy and torch freed: large blocks and small alike."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
