"""Several networks trained side by side, one thread each."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import torch

from forecast_rnn.neural.training import Epoch

Result = TypeVar("Result")
Job = Callable[[Event], Result]


def side_by_side(jobs: Sequence[Job[Result]], threads: int) -> list[Result]:
    """Run jobs in as many threads as there are, and return their results in order.

    Torch lets go of the interpreter while it computes, and a small network leaves
    a second core idle, so networks side by side are the better use of cores. Each
    job's arithmetic is the same whatever runs beside it. When one fails, or the
    user interrupts, the others are told by the event.
    """
    workers = min(threads, len(jobs))
    torch.set_num_threads(max(1, threads // workers))
    stop = Event()
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(job, stop) for job in jobs]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            raise
        finally:
            torch.set_num_threads(threads)


def follow(records: Iterable[Epoch], stop: Event, report: Callable[[Epoch], None]) -> None:
    """Consume a training, and leave it where it is once another job has failed."""
    for record in records:
        report(record)
        if stop.is_set():
            return
