"""Work on several cores: jobs side by side, one thread each."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

import torch

from forecast_rnn.neural.runtime import WIDE

Result = TypeVar("Result")
Job = Callable[[Event], Result]

PATIENCE = 0.5
"""Seconds after which the main thread looks for signals: Polars has the system restart calls that
Ctrl-C interrupts, so that a wait without a timeout would never notice it."""


def side_by_side(
    jobs: Sequence[Job[Result]], threads: int, *, hidden_size: int = 1
) -> list[Result]:
    """Run jobs in as many threads as there are, and return their results in order.

    A single thread is the one that asks. Torch releases the interpreter lock while it computes, so
    jobs side by side use all cores. Only products of wide networks are split among threads as
    well: those of narrow ones are done before a second thread has begun, and where a core is busy
    with something else the threads wait for each other at every product. Each job's arithmetic is
    the same whatever runs beside it. When one fails, or the user interrupts, the event
    is set, by which the others know to stop.

    Args:
        jobs: What to run; each is given the event.
        threads: How many threads there are.
        hidden_size: Of the widest network in a job.
    """
    if not jobs:
        return []
    workers, before = min(threads, len(jobs)), torch.get_num_threads()
    torch.set_num_threads(max(1, threads // workers) if hidden_size >= WIDE else 1)
    try:
        if workers == 1:  # to begin a thread would cost more than little work does
            return [job(Event()) for job in jobs]
        return _in_threads(jobs, workers)
    finally:
        torch.set_num_threads(before)


def _in_threads(jobs: Sequence[Job[Result]], workers: int) -> list[Result]:
    stop = Event()
    # A thread takes over torch's thread count when it first asks for it. Until then its matrix
    # products may use all cores, and the last digit depends on how many there are.
    with ThreadPoolExecutor(workers, initializer=torch.get_num_threads) as pool:
        try:
            futures = [pool.submit(job, stop) for job in jobs]
            pending = set(futures)
            while pending:
                done, pending = wait(pending, PATIENCE, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [future.result() for future in futures]
