"""Jobs side by side."""

import signal
import subprocess
import sys
import threading
from functools import partial

import pytest
import torch

from forecast_rnn.neural.fitting.training import Epoch, follow
from forecast_rnn.neural.parallel import side_by_side
from forecast_rnn.neural.runtime import WIDE


def test_results_come_in_the_order_of_the_jobs():
    jobs = [lambda _, number=number: number**2 for number in range(5)]

    assert side_by_side(jobs, threads=2) == [0, 1, 4, 9, 16]


def test_jobs_really_run_side_by_side():
    meeting = threading.Barrier(2, timeout=10)

    assert sorted(side_by_side([lambda _: meeting.wait()] * 2, threads=2)) == [0, 1]


def test_a_failure_tells_the_others_to_stop_whichever_comes_first_and_is_passed_on():
    stopped, both = [], threading.Barrier(2, timeout=10)

    def fail(_):
        both.wait()
        raise ValueError("broken")

    def wait(stop):
        both.wait()
        stopped.append(stop.wait(10))

    for jobs in ([fail, wait], [wait, fail]):
        with pytest.raises(ValueError, match="broken"):
            side_by_side(jobs, threads=2)

    assert stopped == [True, True]


@pytest.mark.parametrize("threads", [1, 2])
def test_after_a_failure_no_other_job_begins(threads):
    begun = []

    def fail(_):
        raise ValueError("broken")

    def begin(stop):
        begun.append(stop.wait(10))

    with pytest.raises(ValueError, match="broken"):
        side_by_side([fail, *[begin] * 20], threads)

    # Other threads may have taken up one each before the failure was noticed.
    assert all(begun)
    assert len(begun) <= 2 * (threads - 1)


def test_in_one_thread_jobs_are_done_where_they_are_asked_for():
    result = side_by_side([lambda _: threading.current_thread()] * 2, threads=1)

    assert result == [threading.current_thread()] * 2


@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_is_noticed_while_jobs_run(threads):
    program = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import polars\n"  # which has the system go on with a wait that a signal interrupts
        "from forecast_rnn.neural.parallel import side_by_side\n"
        "def job(stop):\n"
        "    os.write(1, b'begun\\n')\n"
        "    end = time.monotonic() + 10\n"
        "    while not stop.is_set() and time.monotonic() < end:\n"
        "        time.sleep(0.01)\n"  # as a training takes its steps
        "    os.write(1, b'stopped\\n' if stop.is_set() else b'not stopped\\n')\n"
        "try:\n"
        "    side_by_side([job] * 2, int(sys.argv[1]))\n"
        "except KeyboardInterrupt:\n"
        "    os.write(1, b'interrupted\\n')\n"
    )
    command = [sys.executable, "-c", program, str(threads)]

    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        begun = [process.stdout.readline() for _ in range(threads)]
        process.send_signal(signal.SIGINT)
        printed = process.communicate()[0].split()

    assert begun == [b"begun\n"] * threads
    assert printed == [b"stopped"] * (2 if threads == 2 else 0) + [b"interrupted"]


def test_the_thread_count_of_torch_is_what_it_was_afterwards():
    before = torch.get_num_threads()

    side_by_side([lambda _: None] * 2, threads=before)

    assert torch.get_num_threads() == before


@pytest.mark.parametrize(("hidden_size", "each"), [(WIDE - 1, 1), (WIDE, 2)])
def test_only_wide_networks_share_out_their_products(hidden_size, each):
    before = torch.get_num_threads()

    result = side_by_side([lambda _: torch.get_num_threads()] * 2, 4, hidden_size=hidden_size)

    torch.set_num_threads(before)
    assert result == [each, each]


def test_a_followed_training_is_left_once_another_has_failed():
    stop = threading.Event()
    seen = []

    def report(epoch):
        seen.append(epoch.steps)
        stop.set()

    reported = follow(iter([Epoch(25, 25, 0.1, 1.0), Epoch(50, 25, 0.1, 1.0)]), stop, report)

    assert seen == [epoch.steps for epoch in reported] == [25]


def test_a_followed_training_is_reported_to_its_end():
    seen, records = [], [Epoch(steps, 25, 0.1, 1.0) for steps in (25, 50, 75)]

    reported = follow(iter(records), threading.Event(), partial(seen.append))

    assert seen == reported == records
