"""Jobs on several processes come to what they come to on one."""

import os

import pytest

from forecast_rnn.system.processes import HERE, Processes


def square(number: int) -> int:
    return number**2


def process_of(_: int) -> int:
    return os.getpid()


def refuse(number: int) -> int:
    raise ValueError(f"{number} is refused")


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_results_are_in_the_order_of_jobs_however_many_processes_there_are(count, backend):
    processes = Processes(count, backend)

    assert list(processes.map(square, range(7))) == [0, 1, 4, 9, 16, 25, 36]


@pytest.mark.parametrize(
    ("processes", "jobs", "most"),
    [(HERE, 9, None), (Processes(4), 1, None), (Processes(4), 9, 1), (Processes(4), 0, None)],
)
def test_what_is_not_worth_a_process_is_done_here(processes, jobs, most):
    assert set(processes.map(process_of, range(jobs), most=most)) <= {os.getpid()}


@pytest.mark.slow
def test_jobs_are_done_by_other_processes():
    found = set(Processes(2).map(process_of, range(4)))

    assert os.getpid() not in found


@pytest.mark.parametrize("processes", [HERE, Processes(2, "threading")])
def test_an_error_of_a_job_is_raised(processes):
    with pytest.raises(ValueError, match="is refused"):
        list(processes.map(refuse, range(2)))
