"""What several trainings side by side report, added up."""

import math
import threading
from typing import final

from forecast_rnn.neural.training import Epoch
from forecast_rnn.progress import OnProgress, Progress


@final
class Watch:
    """Adds up the steps that several threads report, and keeps their losses.

    Args:
        stage: What goes on, as `Progress` names it.
        on_progress: Told of the sum after every epoch.
        total: Optimisation steps that there will be, of all networks; 0 if not known yet.
    """

    def __init__(self, stage: str, on_progress: OnProgress, total: int = 0) -> None:
        self.stage = stage
        self.total = total
        self.on_progress = on_progress
        self.done = 0
        self.losses: dict[int, list[float]] = {}
        self.lock = threading.Lock()

    def count(self, epoch: Epoch) -> None:
        """Take note of an epoch and pass the sum on."""
        with self.lock:
            self.done += epoch.taken
            self.losses.setdefault(epoch.steps, []).append(epoch.loss)
            self.on_progress(Progress(self.stage, self.done, self.total, epoch.loss))

    def curve(self) -> tuple[tuple[int, float], ...]:
        """Return the mean loss of all networks by the steps that they had taken."""
        # Sums that are exact do not depend on which thread came first.
        return tuple(
            (steps, math.fsum(losses) / len(losses))
            for steps, losses in sorted(self.losses.items())
        )
