"""What is freed is kept, or goes back to the system, as each part of the work needs it."""

import platform
from pathlib import Path

import numpy as np
import pytest

from forecast_rnn.memory import keep_freed, memory_given_back, memory_kept, release_memory

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="the thresholds are those of glibc"
)


def left_of(megabytes: int) -> float:
    """Use so much memory in blocks of 4 MB; return how much of it stays once it is free."""
    before = resident()
    blocks = [np.ones(2**19) for _ in range(megabytes // 4)]
    assert resident() - before > 0.9 * megabytes
    del blocks
    return resident() - before


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.fixture(autouse=True)
def _released():
    keep_freed()
    release_memory()
    yield
    release_memory()


def test_what_is_freed_stays_until_it_is_released():
    assert left_of(200) > 150


def test_what_is_freed_goes_back_at_once_where_that_is_asked_for():
    with memory_given_back():
        keep_freed()  # as other parts of the work do: it says otherwise

        assert left_of(200) < 20


def test_a_part_that_needs_it_again_and_again_keeps_it_and_then_gives_it_back():
    with memory_given_back():
        before = resident()
        with memory_kept():
            assert left_of(200) > 150

        assert resident() - before < 20
        assert left_of(200) < 20


def test_afterwards_it_is_kept_as_before():
    with memory_given_back():
        pass

    assert left_of(200) > 150
