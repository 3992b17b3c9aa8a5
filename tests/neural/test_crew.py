"""Jobs side by side."""

import threading
from functools import partial

import pytest
import torch

from forecast_rnn.neural.crew import follow, side_by_side
from forecast_rnn.neural.runtime import WIDE
from forecast_rnn.neural.training import Epoch


def test_results_come_in_the_order_of_the_jobs():
    jobs = [lambda _, number=number: number**2 for number in range(5)]

    assert side_by_side(jobs, threads=2) == [0, 1, 4, 9, 16]


def test_jobs_really_run_side_by_side():
    meeting = threading.Barrier(2, timeout=10)

    assert sorted(side_by_side([lambda _: meeting.wait()] * 2, threads=2)) == [0, 1]


def test_a_failure_tells_the_others_to_stop_and_is_passed_on():
    told = []

    def fail(_):
        raise ValueError("broken")

    def wait(stop):
        told.append(stop.wait(10))

    with pytest.raises(ValueError, match="broken"):
        side_by_side([fail, wait], threads=2)

    assert told == [True]


def test_the_thread_count_of_torch_is_what_it_was_afterwards():
    before = torch.get_num_threads()

    side_by_side([lambda _: None] * 2, threads=before)

    assert torch.get_num_threads() == before


@pytest.mark.parametrize(("hidden_size", "each"), [(WIDE - 1, 1), (WIDE, 2)])
def test_only_wide_networks_share_out_their_products(hidden_size, each):
    before = torch.get_num_threads()

    found = side_by_side([lambda _: torch.get_num_threads()] * 2, 4, hidden_size=hidden_size)

    torch.set_num_threads(before)
    assert found == [each, each]


def test_a_followed_training_is_left_once_another_has_failed():
    stop = threading.Event()
    seen = []

    def report(epoch):
        seen.append(epoch.steps)
        stop.set()

    follow(iter([Epoch(25, 25, 0.1, 1.0), Epoch(50, 25, 0.1, 1.0)]), stop, report)

    assert seen == [25]


def test_a_followed_training_is_reported_to_its_end():
    seen = []

    follow(iter([Epoch(25, 25, 0.1, 1.0)] * 3), threading.Event(), partial(seen.append))

    assert len(seen) == 3
