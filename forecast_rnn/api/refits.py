"""Networks that are trained anew for each cutoff, each beside the baselines from there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from forecast_rnn.api.evaluate import evaluate
from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.holdout import rows_of_window
from forecast_rnn.neural.fitting.fit import train_before
from forecast_rnn.neural.fitting.fitted import Tested
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.runtime import WIDE, choose_device
from forecast_rnn.progress import OnProgress, Progress, ignore
from forecast_rnn.system.processes import HERE, Processes

_WORTH_A_PROCESS = 2_000
"""Optimisation steps for which one more process is started: it takes as long as some hundred."""


@dataclass(frozen=True, slots=True)
class Refits:
    """What all networks of a backtest have in common.

    Attributes:
        panel: The series.
        task: What is forecast.
        config: The network and its training.
        tested: What was chosen, and the network of the first cutoff.
        baselines: Names in `BASELINES` of what the networks are held against.
    """

    panel: Panel
    task: Task
    config: TrainConfig
    tested: Tested
    baselines: tuple[str, ...]


def evaluate_refits(refits: Refits, processes: Processes, on_progress: OnProgress) -> pl.DataFrame:
    """Forecast from each cutoff with a network trained on all rows before it, and score it.

    The network of the first cutoff is there. The others do not depend on each other, so that they
    are shared out to processes where there is enough to do; the table is the same for any number
    of them.

    Args:
        refits: What is trained.
        processes: What the trainings are shared out to.
        on_progress: Told how far training has come; of other processes once for each network.

    Returns:
        The table of `forecast_rnn.evaluation.backtest`, cutoff by cutoff.
    """
    first, *others = refits.tested.windows
    forecaster = refits.tested.forecaster
    assert forecaster is not None, "rows can be held back"
    tables = [_evaluate(refits, forecaster, first, processes)]
    most = _processes_worth_starting(refits, len(others))
    if most < 2:
        work = partial(_refit, refits, processes, on_progress)
        return pl.concat([*tables, *map(work, others)])
    # What travels to other processes has no network in it, which they do not need.
    small = replace(refits, tested=replace(refits.tested, forecaster=None))
    results = processes.map(partial(_refit, small, HERE, ignore), others, most=most)
    return pl.concat([*tables, *_counted(results, refits, len(others), on_progress)])


def _processes_worth_starting(refits: Refits, count: int) -> int:
    """Return how many processes are of use; those of wide networks or other devices share one."""
    wide = refits.tested.recipe.model.hidden_size >= WIDE
    if wide or choose_device(refits.config.device).type != "cpu":
        return 1
    steps = refits.tested.steps * refits.config.members
    return min(count, count * steps // _WORTH_A_PROCESS)


def _refit(
    refits: Refits, processes: Processes, on_progress: OnProgress, window: int
) -> pl.DataFrame:
    """Train on all rows before a cutoff, one of `Holdout.windows`, and forecast from it."""
    forecaster = train_before(
        refits.panel, refits.task, refits.config, refits.tested, window, on_progress
    )
    return _evaluate(refits, forecaster, window, processes)


def _evaluate(
    refits: Refits, forecaster: Forecaster, window: int, processes: Processes
) -> pl.DataFrame:
    rows = rows_of_window(refits.panel, refits.task, window)
    return evaluate(refits.panel, forecaster, rows, refits.baselines, processes)


def _counted(
    results: Iterator[pl.DataFrame], refits: Refits, count: int, on_progress: OnProgress
) -> Iterator[pl.DataFrame]:
    """Yield results, and tell of each that it is there."""
    steps = refits.tested.steps * refits.config.members
    for done, result in enumerate(results, start=1):
        on_progress(Progress("backtesting", done * steps, count * steps, float("nan")))
        yield result
