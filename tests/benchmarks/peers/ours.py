"""Forecast-rnn: its default recipe with cell, width and layers fixed, one network."""

from dataclasses import dataclass

import polars as pl

from tests.benchmarks.peers.side import HORIZON, LAYERS, LEVELS, SEASON, SEEN, WIDTH, Job, run


@dataclass(frozen=True)
class Counted:
    """Windows in a batch: all of them, and of each crop those that share no row."""

    windows: float
    apart: float


def fit(job: Job):
    """Train as `forecast-rnn train` trains one network."""
    import torch

    from forecast_rnn.api.model import Model
    from forecast_rnn.config import Task, TrainConfig
    from forecast_rnn.data.hints import Hints
    from forecast_rnn.data.read import panel_from_frame
    from forecast_rnn.neural.fitting.recipe import recipes
    from forecast_rnn.neural.fitting.setting import make_setting
    from forecast_rnn.neural.fitting.training import STEPS_PER_EPOCH, Schedule, epochs
    from forecast_rnn.neural.runtime import Machine, torch_set
    from forecast_rnn.system.memory import set_allocators

    set_allocators()  # as the command line does
    panel, _ = panel_from_frame(pl.DataFrame(job.columns()), Hints(frequency="h"))
    task = Task(horizon=HORIZON, season_length=SEASON, quantile_levels=LEVELS)
    config = TrainConfig(
        cell=job.cell, hidden_size=WIDTH, layers=LAYERS, members=1, batch_size=job.batch
    )
    (recipe,) = recipes(panel, task, config)
    assert recipe.model.window_length == SEEN
    machine = Machine(torch.device("cpu"), 1)
    setting = make_setting(panel, task, recipe, config, machine)
    learner, sampler = setting.learner(recipe, 0), setting.sampler(recipe, 0)
    counted = count(setting, recipe, sampler)
    with torch_set(1, machine.device, WIDTH):
        for _ in epochs(learner, sampler, Schedule(recipe.learning_rate), stop=1_000_000):
            windows, apart = STEPS_PER_EPOCH * counted.windows, STEPS_PER_EPOCH * counted.apart
            if job.clock.tick(windows, apart, STEPS_PER_EPOCH):
                break
    model = Model(setting.forecaster(recipe, (learner.network,)), panel)
    known, rows = updated(model, job), next_rows(job, SEASON + 1)
    return {
        "forecasts": lambda: numbers_in(model.predict()),
        "updates": lambda: numbers_in(known.update(rows)[1]),
    }


def updated(model, job: Job):
    """Take in a row of each series as often as a stride has rows, so that all states are there."""
    for number in range(1, SEASON + 1):
        model, _ = model.update(next_rows(job, number))
    return model


def next_rows(job: Job, number: int) -> pl.DataFrame:
    """Return the row of each series so many after its last: the one a season before it again."""
    return pl.DataFrame(
        {
            "unique_id": job.names(),
            "ds": [len(values) + number - 1 for values in job.series],
            "y": [values[(number - 1) % SEASON - SEASON] for values in job.series],
        }
    )


def numbers_in(prediction) -> int:
    """Return how many quantiles were forecast."""
    return sum(prediction.table[f"q{level}"].count() for level in LEVELS)


def count(setting, recipe, sampler, draws: int = 50) -> Counted:
    """Count the windows of a batch that see all their values and have their whole horizon."""
    import torch

    from forecast_rnn.neural.network.batch import gather

    model, task = recipe.model, setting.task
    every = -(-(SEEN + HORIZON) // model.stride)
    windows = apart = 0
    for step in range(draws):
        batch = gather(setting.table, *sampler.draw(step), model=model, task=task)
        seen = batch.inputs[..., SEEN : 2 * SEEN].all(-1)
        whole = seen & batch.observed.all(-1)
        windows += int(whole.sum())
        apart += int(torch.ceil(whole.sum(1) / every).sum())
    return Counted(windows / draws, apart / draws)


if __name__ == "__main__":
    run(fit)
