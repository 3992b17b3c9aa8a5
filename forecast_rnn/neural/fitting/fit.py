"""From a panel to a trained forecaster and an honest backtest of its like."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.evaluation.calibration import ConformityScores
from forecast_rnn.evaluation.holdout import Holdout, hold_out, rows_after
from forecast_rnn.neural.fitting.candidates import DEFAULT_STEPS, Race, race_of
from forecast_rnn.neural.fitting.combining import (
    Held,
    Trainer,
    choose_mixture,
    mixed,
    prior_of,
    stands_alone,
)
from forecast_rnn.neural.fitting.ensemble import Ensemble, Plan, train_ensembles
from forecast_rnn.neural.fitting.fitted import Fitted, Tested
from forecast_rnn.neural.fitting.kinds import FITTINGS
from forecast_rnn.neural.fitting.recipe import Recipe, recipes
from forecast_rnn.neural.fitting.selection import Trial, assess, cheapest, choose, slim
from forecast_rnn.neural.fitting.setting import make_setting
from forecast_rnn.neural.fitting.watch import Watch
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.runtime import (
    WIDE,
    Machine,
    choose_device,
    takes_bfloat16,
    torch_set,
    usable_cores,
)
from forecast_rnn.prior.weights import Prior
from forecast_rnn.progress import OnProgress

Unseen = int | NDArray[np.int64]
"""Rows at the end of all items, or of each, [N], that training may not see."""
MOST_COPIED = 20_000_000
"""Values of covariates of which there may be several copies at once."""


def fit(panel: Panel, task: Task, config: TrainConfig, on_progress: OnProgress) -> Fitted:
    """Train for the backtest, and the like of it on everything."""
    watch, holdout = Watch("training", on_progress), hold_out(panel, task)
    with _job(task, config) as job:
        if holdout is not None:
            return _fit_and_calibrate(job, panel, holdout, watch)
        tested = _untested(panel, task, config)
        (whole,) = _train(job, panel, tested, [0], watch)
        return Fitted(whole.forecaster, tested, whole.curve)


def _fit_and_calibrate(job: "_Job", panel: Panel, holdout: Holdout, watch: Watch) -> Fitted:
    """Choose and train, and make the forecasts as unsure as those of held-back rows must be."""
    unseen: list[Unseen] = [rows_after(panel, job.task, holdout.windows[0]), 0]
    choice, (before, whole) = _choose_and_train(job, panel, holdout, unseen, watch)
    forecaster = _calibrated(before.forecaster, *choice.conformity)
    tested = replace(choice, forecaster=forecaster)
    # The forecasts of the backtest count as they were before they were calibrated and rounded.
    _, conformity = assess(replace(before.forecaster, rounded=False), panel, tested.rows)
    dependence = FITTINGS[job.task.kind].dependence(forecaster, panel, tested.rows)
    forecaster = _calibrated(whole.forecaster, *tested.conformity, conformity)
    return Fitted(replace(forecaster, dependence=dependence), tested, whole.curve)


def fit_tested(
    panel: Panel,
    task: Task,
    config: TrainConfig,
    on_progress: OnProgress,
    *,
    windows: int | None = None,
    step: int | None = None,
) -> Tested:
    """Choose width and steps, and train for the backtest.

    The last rows of each series are for the backtest, and the rows before them for choosing
    and calibrating. Choosing sees neither, and the network of the backtest not its rows.

    Args:
        panel: The series.
        task: What is forecast.
        config: What the user wants.
        on_progress: Told of every epoch.
        windows: Forecasts of each series in the backtest; None for what suits the series.
        step: Rows from one of them to the next; None for a horizon.
    """
    holdout = hold_out(panel, task, windows=windows, step=step)
    if holdout is None:
        return _untested(panel, task, config)
    unseen = [rows_after(panel, task, holdout.windows[0])]
    watch = Watch("backtesting", on_progress)
    with _job(task, config) as job:
        choice, (before,) = _choose_and_train(job, panel, holdout, unseen, watch)
    return replace(choice, forecaster=_calibrated(before.forecaster, *choice.conformity))


def _untested(panel: Panel, task: Task, config: TrainConfig) -> Tested:
    return Tested(None, recipes(panel, task, config)[-1], config.steps or DEFAULT_STEPS, ())


def choose_recipe(
    panel: Panel, task: Task, config: TrainConfig, holdout: Holdout, on_progress: OnProgress
) -> Tested:
    """Choose width and steps on the rows before those of the backtest; nothing else is trained."""
    watch = Watch("choosing", on_progress)
    with _job(task, config) as job:
        return _choose_and_train(job, panel, holdout, [], watch)[0]


def train_tested(
    panel: Panel, task: Task, config: TrainConfig, choice: Tested, on_progress: OnProgress
) -> Tested:
    """Train what was chosen for the backtest; the seed may be another than it was chosen with."""
    window = choice.windows[0]
    return replace(
        choice, forecaster=train_before(panel, task, config, choice, window, on_progress)
    )


def train_before(
    panel: Panel,
    task: Task,
    config: TrainConfig,
    choice: Tested,
    window: int,
    on_progress: OnProgress,
) -> Forecaster:
    """Train what was chosen on all rows before one of `Holdout.windows`."""
    unseen = [rows_after(panel, task, window)]
    watch = Watch("backtesting", on_progress)
    with _job(task, config) as job:
        ensembles = _train(job, panel, choice, unseen, watch)
        (trained,) = _mixed(job, panel, choice, unseen, ensembles)
    return _calibrated(trained.forecaster, *choice.conformity)


def _calibrated(forecaster: Forecaster, *conformities: ConformityScores) -> Forecaster:
    """Make forecasts as unsure as held-back rows, if any, were far from those of the like."""
    if not conformities:
        return forecaster
    return FITTINGS[forecaster.task.kind].calibrated(forecaster, conformities)


@dataclass(frozen=True, slots=True)
class _Job:
    task: Task
    config: TrainConfig
    machine: Machine
    prior: Prior | None

    @property
    def trainer(self) -> Trainer:
        return Trainer(self.task, self.config.seed, self.machine)


@contextmanager
def _job(task: Task, config: TrainConfig) -> Iterator[_Job]:
    """Set torch up for a training, as long as the block lasts."""
    # A prior that cannot be read is found out before anything is trained.
    device, prior = choose_device(config.device), prior_of(config)
    bfloat16 = takes_bfloat16(config.precision, device)
    machine = Machine(device, config.threads or usable_cores(), bfloat16)
    with torch_set(machine.threads, device, config.hidden_size):
        yield _Job(task, config, machine, prior)


def _choose_and_train(
    job: _Job, panel: Panel, holdout: Holdout, unseen: Sequence[Unseen], watch: Watch
) -> tuple[Tested, list[Ensemble]]:
    """Choose on the rows before those held back, and train what won.

    Args:
        job: What is wanted.
        panel: The series.
        holdout: What is for the backtest; choosing reads none of it.
        unseen: For each ensemble that is to be trained what it may not see.
        watch: Of the training.
    """
    race = race_of(panel, job.task, job.config, job.machine, holdout.windows[0])
    recipe, steps = race.first
    choice = Tested(None, recipe, steps, (), holdout.rows, holdout.windows)
    if race.setting is None:
        return choice, _train(job, panel, choice, unseen, watch)
    if not (race.is_open or _one_by_one(panel, recipe)):
        # Nothing has to wait for what is only measured.
        measured = Plan(race.setting, recipe, steps, members=1)
        first, *ensembles = _train(job, panel, choice, unseen, watch, measured)
        forecaster = replace(first.forecaster, rounded=False)
        score, conformity = assess(forecaster, panel, race.rows)
        choice = replace(choice, trials=(Trial(recipe, steps, score, None),))
        choice = _combined(job, panel, choice, race, forecaster, conformity)
        return choice, _mixed(job, panel, choice, unseen, ensembles)
    progress = Watch("choosing", watch.on_progress, race.steps)
    trials = choose(race.setting, panel, race.rows, race.rungs, progress.count)
    race = replace(race, setting=None)  # It may hold a copy of the covariates.
    best = cheapest(trials, job.task)
    assert best.conformity is not None, "the best of a race has one"
    assert best.forecaster is not None, "and it is still there"
    tried = tuple(map(slim, trials))
    choice = replace(choice, recipe=best.recipe, steps=best.steps, trials=tried)
    choice = _combined(job, panel, choice, race, best.forecaster, best.conformity)
    return choice, _mixed(job, panel, choice, unseen, _train(job, panel, choice, unseen, watch))


def _combined(
    job: _Job,
    panel: Panel,
    choice: Tested,
    race: Race,
    forecaster: Forecaster,
    conformity: ConformityScores,
) -> Tested:
    """Choose what the networks are combined with, on the rows that they were chosen by."""
    if job.prior is None or stands_alone(job.config, panel):
        return replace(choice, conformity=(conformity,))
    mixture, forecaster = choose_mixture(
        job.trainer, job.prior, forecaster, panel, Held(race.rows, race.unseen)
    )
    _, conformity = assess(forecaster, panel, race.rows)
    return replace(choice, conformity=(conformity,), mixture=mixture)


def _mixed(
    job: _Job,
    panel: Panel,
    choice: Tested,
    unseen: Sequence[Unseen],
    ensembles: Sequence[Ensemble],
) -> list[Ensemble]:
    """Combine ensembles as was chosen, each with what has seen no other rows."""
    mixture = choice.mixture
    if mixture is None:
        return list(ensembles)
    forecasters = mixed(job.trainer, mixture, [one.forecaster for one in ensembles], panel, unseen)
    return [
        replace(one, forecaster=forecaster)
        for one, forecaster in zip(ensembles, forecasters, strict=True)
    ]


def _train(
    job: _Job,
    panel: Panel,
    choice: Tested,
    unseen: Sequence[Unseen],
    watch: Watch,
    *beside: Plan,
) -> list[Ensemble]:
    """Train what was chosen on all rows of a panel but those unseen, side by side.

    Args:
        job: What is wanted.
        panel: The series.
        choice: What is trained.
        unseen: For each ensemble the rows at the end of items that it may not see.
        watch: Told of every epoch.
        beside: What else to train; only where ensembles are not trained one by one.

    Returns:
        What was trained beside, then an ensemble for each of `unseen`.
    """
    members = job.config.members

    def plan(rows: Unseen) -> Plan:
        setting = make_setting(panel, job.task, choice.recipe, job.config, job.machine, unseen=rows)
        return Plan(setting, choice.recipe, choice.steps, members)

    watch.total = choice.steps * (len(beside) + members * len(unseen))
    if _one_by_one(panel, choice.recipe):
        trained = [one for rows in unseen for one in train_ensembles([plan(rows)], watch.count)]
    else:
        trained = train_ensembles([*beside, *map(plan, unseen)], watch.count)
    return [
        replace(one, forecaster=replace(one.forecaster, rounded=job.config.round))
        for one in trained
    ]


def _one_by_one(panel: Panel, recipe: Recipe) -> bool:
    """Tell whether ensembles are trained one after the other.

    Wide networks share out their products, so one takes all cores, and their descent much memory.
    Each ensemble has a copy of the covariates on a scale of its own.
    """
    covariates = panel.covariates
    size = 0 if covariates is None else covariates.frame.height * covariates.frame.width
    return recipe.model.hidden_size >= WIDE or size > MOST_COPIED
