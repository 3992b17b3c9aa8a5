"""Work on several cores: jobs side by side, one thread each."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import torch

from forecast_rnn.memory import memory_kept
from forecast_rnn.neural.runtime import WIDE
from forecast_rnn.neural.training import Epoch

Result = TypeVar("Result")
Job = Callable[[Event], Result]


def side_by_side(
    jobs: Sequence[Job[Result]], threads: int, *, hidden_size: int = 1
) -> list[Result]:
    """Run jobs in as many threads as there are, and return their results in order.

    Torch lets go of the interpreter while it computes, so jobs side by side make use of all
    cores. Only wide networks share out their products as well: those of narrow ones are done
    before a second thread has begun, and where a core is busy with something else the threads
    wait for each other at every single one. Each job's arithmetic is the same whatever runs
    beside it. When one fails, or the user interrupts, the others are told by the event.

    Args:
        jobs: What to run; each is given the event.
        threads: How many threads there are.
        hidden_size: Of the widest network in a job.
    """
    workers = min(threads, len(jobs))
    torch.set_num_threads(max(1, threads // workers) if hidden_size >= WIDE else 1)
    stop = Event()
    with memory_kept(), ThreadPoolExecutor(workers) as pool:
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
