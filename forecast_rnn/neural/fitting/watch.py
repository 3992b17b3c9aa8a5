"""What several trainings side by side report, added up."""

import threading
from typing import final

from forecast_rnn.neural.fitting.training import Epoch
from forecast_rnn.progress import OnProgress, Progress


@final
class Watch:
    """Adds up the steps that several threads report.

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
        self.lock = threading.Lock()

    def count(self, epoch: Epoch) -> None:
        """Take note of an epoch and pass the sum on."""
        with self.lock:
            self.done += epoch.taken
            self.on_progress(Progress(self.stage, self.done, self.total, epoch.loss))
