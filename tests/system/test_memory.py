"""What is freed is kept within a stage of the work, and goes back to the system at its end."""

import os
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
from forecast_rnn.system.memory import set_allocators, stage

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

def use():
    before = resident()
    blocks = [np.ones(2**17) for _ in range(200)]
    assert resident() - before > 180

before = resident()
"""


def printed(code: str) -> list[float]:
    """Run code after `USE`; return the numbers that it prints."""
    command = [sys.executable, "-c", USE + code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def test_what_is_freed_stays_until_the_stage_ends():
    code = "set_allocators()\nwith stage():\n    use()\n    print(resident() - before)\n"
    inside, after = printed(f"{code}print(resident() - before)")

    assert inside > 150
    assert after < 20


def test_a_stage_that_fails_gives_memory_back_and_passes_the_error_on():
    code = """
set_allocators()
try:
    with stage():
        use()
        raise ValueError
except ValueError:
    print(resident() - before)
"""
    (after,) = printed(code)

    assert after < 20


def test_what_a_user_has_set_in_the_environment_stays(monkeypatch):
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "narenas:8")
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    names = ("_RJEM_MALLOC_CONF", "ARROW_DEFAULT_MEMORY_POOL")
    program = f"import os\nset_allocators()\nprint(*map(os.environ.get, {names}))"
    done = subprocess.run(
        [sys.executable, "-c", USE + program],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )

    assert done.stdout.split() == ["narenas:8", "system"]
