"""What all networks of one training have in common."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from forecast_rnn.config import Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.schema import Schema
from forecast_rnn.data.time.frequency import Frequency
from forecast_rnn.neural.fitting.kinds import FITTINGS
from forecast_rnn.neural.fitting.recipe import Recipe
from forecast_rnn.neural.fitting.training import Learner, Sampler, make_learner
from forecast_rnn.neural.inference.classes import Classes
from forecast_rnn.neural.inference.forecaster import Forecaster
from forecast_rnn.neural.network.batch import Table, load_table, measure_floor
from forecast_rnn.neural.network.covariates import load_beside
from forecast_rnn.neural.network.encoding import Encoding, fit_encoding
from forecast_rnn.neural.network.network import Network
from forecast_rnn.neural.runtime import Machine
from forecast_rnn.neural.scaling.transform import Transform, choose_transform


@dataclass(frozen=True, slots=True)
class Setting:
    """The rows that networks may see, and how they see them.

    Attributes:
        schema: The columns of the series.
        frequency: The spacing of their rows.
        task: What is forecast.
        transform: Chosen by the rows that may be seen, like the next four.
        floor: Least size of a window.
        nonnegative: Whether no value is below 0.
        encoding: Of covariates and calendar.
        classes: Of the change, where these are forecast.
        table: The series on the device; each item ends with its last row that may be seen.
        seed: All randomness derives from it.
        machine: Where training runs.
    """

    schema: Schema
    frequency: Frequency
    task: Task
    transform: Transform
    floor: float
    nonnegative: bool
    encoding: Encoding
    classes: Classes
    table: Table
    seed: int
    machine: Machine

    def forecaster(self, recipe: Recipe, networks: tuple[Network, ...]) -> Forecaster:
        """Join trained networks with all it takes to use them."""
        return Forecaster(
            schema=self.schema,
            frequency=self.frequency,
            task=self.task,
            model=recipe.model,
            transform=self.transform,
            floor=self.floor,
            encoding=self.encoding,
            classes=self.classes,
            networks=tuple(network.train(False) for network in networks),
            nonnegative=self.nonnegative,
            threads=self.machine.threads,
        )

    def learner(self, recipe: Recipe, member: int) -> Learner:
        """Start the network of a member; call it in one thread, as `make_learner`."""
        seed = self.seed * 1_000 + member
        learner = make_learner(
            recipe.model, self.task, self.encoding, seed=seed, device=self.machine.device
        )
        return replace(learner, bfloat16=self.machine.bfloat16)

    def sampler(self, recipe: Recipe, member: int) -> Sampler:
        """Draw crops for a member."""
        seed = self.seed * 1_000 + member
        return Sampler(self.table, recipe.model, self.task, recipe.batch_size, seed)


def make_setting(
    panel: Panel,
    task: Task,
    recipe: Recipe,
    config: TrainConfig,
    machine: Machine,
    *,
    unseen: int | NDArray[np.int64] = 0,
) -> Setting:
    """Choose the transform and the floor by the rows that training may see.

    Args:
        panel: The series.
        task: What is forecast.
        recipe: Gives the window.
        config: Gives the seed.
        machine: Where training runs.
        unseen: Rows at the end of all items, or of each, [N], that training may not see.
    """
    seen = panel.truncated(unseen)
    transform = choose_transform(seen.values)
    floor = measure_floor(seen, transform, recipe.model, task.season_length)
    encoding = fit_encoding(seen)
    classes = FITTINGS[task.kind].classes(seen, transform, floor, recipe.model, task)
    beside = load_beside(seen, encoding, task.horizon, machine.device)
    # The table is of the panel's own values, with earlier ends: `seen` is a copy, which is not
    # kept.
    table = load_table(panel, transform, floor, machine.device, beside)
    lengths = torch.from_numpy(seen.lengths()).to(machine.device)
    table = replace(table, end=table.first + lengths, edges=classes.tensor(table.values))
    return Setting(
        schema=panel.schema,
        frequency=panel.frequency,
        task=task,
        transform=transform,
        floor=floor,
        nonnegative=not bool((seen.values < 0).any()),
        encoding=encoding,
        classes=classes,
        table=table,
        seed=config.seed,
        machine=machine,
    )
