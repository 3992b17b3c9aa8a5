"""What is freed is kept, or goes back to the system, as each part of the work needs it."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="the thresholds are those of glibc"
)

# In a process of its own: here, there are holes that blocks would fall into.
USE = """
from pathlib import Path
import numpy as np
from forecast_rnn.system.memory import keep_freed, memory_given_back, memory_kept

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

def left():
    before = resident()
    blocks = [np.ones(2**19) for _ in range(50)]
    assert resident() - before > 180
    del blocks
    return resident() - before

keep_freed()
"""


def left_of_200_megabytes(code: str) -> list[float]:
    """Use memory as the code says; return what it prints."""
    command = [sys.executable, "-c", USE + code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def test_what_is_freed_stays():
    (left,) = left_of_200_megabytes("print(left())")

    assert left > 150


def test_what_is_freed_goes_back_at_once_where_that_is_asked_for():
    code = "with memory_given_back():\n    keep_freed()\n    print(left())"
    (left,) = left_of_200_megabytes(code)

    assert left < 20


def test_a_part_that_needs_it_again_and_again_keeps_it_and_then_gives_it_back():
    code = """
before = resident()
with memory_given_back():
    with memory_kept():
        print(left())
    print(resident() - before)
"""
    inside, after = left_of_200_megabytes(code)

    assert inside > 150
    assert after < 20


def test_afterwards_it_is_kept_as_before():
    (left,) = left_of_200_megabytes("with memory_given_back():\n    pass\nprint(left())")

    assert left > 150
