"""Independent work on several processes, by joblib."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

BACKEND = "loky"


@dataclass(frozen=True, slots=True)
class Processes:
    """By how many processes independent work is done.

    Jobs and results travel between processes as pickles, which never touch a file; each job's
    arithmetic is the same whichever process does it.

    Attributes:
        count: Processes; None for as many as this one may use cores.
        backend: Name of a backend of joblib. `loky` starts processes on this machine; others,
            such as those of Dask or Ray, are there once they are registered with joblib.
    """

    count: int | None = None
    backend: str = BACKEND

    def map(
        self, work: Callable[[Job], Result], jobs: Sequence[Job], *, most: int | None = None
    ) -> Iterator[Result]:
        """Do jobs, and yield their results in order as they come.

        Args:
            work: Does a job; it and the jobs can be pickled.
            jobs: In order.
            most: Processes that are worth starting, which takes seconds; None for one a job. With
                one, jobs are done here, one after the other.
        """
        most = min(len(jobs), len(jobs) if most is None else most)
        if most < 2 or self.count == 1:
            return map(work, jobs)
        from joblib import Parallel, delayed, effective_n_jobs

        count = min(most, effective_n_jobs(-1) if self.count is None else self.count)
        if count < 2:
            return map(work, jobs)
        # Large arrays are not shared as files, for those cannot be written to.
        parallel = Parallel(
            n_jobs=count, backend=self.backend, max_nbytes=None, return_as="generator"
        )
        results: Iterator[Result] = parallel(delayed(work)(job) for job in jobs)
        return results


HERE = Processes(count=1)
"""All work is done in this process."""
