"""What a run of a command costs: seconds and the peak of its memory."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""Unit of `ru_maxrss` in bytes."""


@dataclass(frozen=True)
class Cost:
    """What a run took.

    Attributes:
        wall: Seconds on the clock.
        cpu: Seconds of processors, of all its threads and finished children.
        peak: Most resident memory of its largest process, in MiB.
    """

    wall: float
    cpu: float
    peak: float


class RunFailed(Exception):
    """A command ended with another exit code than 0; the message has its last words."""


def run(command: list[str], log: Path) -> Cost:
    """Run a command and say what it cost.

    Args:
        command: Program and arguments.
        log: File that its output and errors are written to.

    Raises:
        RunFailed: It did not end well.
    """
    usage = log.with_suffix(".cost")
    # The peak of a child is never below what its parent held when it was started, so a bare
    # interpreter starts it, and not this process with its tables.
    launcher = [sys.executable, "-I", "-S", __file__, str(usage), *command]
    with log.open("wb") as stream:
        done = subprocess.run(launcher, stdout=stream, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
        raise RunFailed("\n".join([f"{' '.join(command)} ended with {done.returncode}:", *words]))
    return Cost(**json.loads(usage.read_text()))


def _launch(usage: str, command: list[str]) -> int:
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = {
        "wall": round(time.perf_counter() - began, 3),
        "cpu": round(used.ru_utime + used.ru_stime, 3),
        "peak": round(used.ru_maxrss * KILOBYTE / 2**20, 1),
    }
    Path(usage).write_text(json.dumps(cost))
    return process.returncode if process.returncode >= 0 else 128 - process.returncode


if __name__ == "__main__":
    sys.exit(_launch(sys.argv[1], sys.argv[2:]))
