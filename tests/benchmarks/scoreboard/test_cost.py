import sys

import numpy as np
import pytest

from tests.benchmarks.scoreboard.cost import RunFailed, run

MEBIBYTES = 200


def python(program: str) -> list[str]:
    return [sys.executable, "-S", "-c", program]


def test_the_peak_is_that_of_the_command(tmp_path):
    small = run(python("pass"), tmp_path / "small")
    large = run(python(f"b'1' * ({MEBIBYTES} << 20)"), tmp_path / "large")

    assert large.peak - small.peak > 0.9 * MEBIBYTES


def test_what_the_caller_holds_does_not_count(tmp_path):
    held = np.ones(MEBIBYTES << 17)

    cost = run(python("pass"), tmp_path / "log")

    assert cost.peak < held.nbytes / 2**20


def test_waiting_takes_no_processor(tmp_path):
    cost = run(python("import time; time.sleep(0.2)"), tmp_path / "log")

    assert 0 < cost.cpu < cost.wall


def test_a_failure_says_the_last_words_of_the_command(tmp_path):
    with pytest.raises(RunFailed, match=r"(?s)ended with 3:.*no such column"):
        run(python("import sys; print('no such column'); sys.exit(3)"), tmp_path / "log")
