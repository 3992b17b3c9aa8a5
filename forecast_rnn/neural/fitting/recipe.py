"""What a network looks like for data of a kind: windows, sizes, batches."""

import math
from dataclasses import dataclass, replace

import numpy as np

from forecast_rnn.config import ModelConfig, Task, TrainConfig
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.neural.network.batch import input_channels

MOST_CONTEXT_STEPS = 40
MOST_OUTPUTS = 1_000_000
"""Numbers that the head may emit for one batch: B x T x H x Q."""
FIXED_WORK = 1.5e8
"""What a step of the smallest network costs, in multiplications that take as long."""


WORK_PER_ROW = 1000
"""What it takes to see the effect of the calendar on one row, in the same unit."""


@dataclass(frozen=True, slots=True)
class Size:
    """A network's size and the learning rate that suits it."""

    hidden_size: int
    layers: int
    learning_rate: float


"""The largest first, so that cores share the work well."""
SIZES = (Size(128, 1, 3e-3), Size(64, 1, 4e-3), Size(32, 1, 5e-3))


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that training one network takes, but for data and seed."""

    model: ModelConfig
    learning_rate: float
    batch_size: int


def window_shape(season_length: int, typical_length: float) -> tuple[int, int]:
    """Return window length and stride for a season and a typical number of rows.

    A window holds enough seasons to see the pattern, and a week of hours or less
    where there is history for it; steps stride by a season, or by a fraction of
    a long one. Short series get shorter windows.
    """
    season = season_length
    if season == 1:
        window = 6 if typical_length < 100 else 24
        return window, max(1, window // 12)
    if season >= 24 and season != 52:
        seasons = 7 if typical_length >= 3 * 7 * season else 2
        return seasons * season, season
    if season >= 52:
        return season, season // 4
    seasons = 8 if season == 7 else 2
    return seasons * season, season if season == 7 else max(1, season // 4)


def recipes(panel: Panel, task: Task, config: TrainConfig) -> tuple[Recipe, ...]:
    """Return the networks worth trying: one a size, or the one that was asked for."""
    lengths = panel.lengths()
    typical = float(np.median(lengths[lengths > 0]))
    window, stride = window_shape(task.season_length, typical)
    reach = max(0, int(lengths.max()) - window)
    steps = min(MOST_CONTEXT_STEPS, math.ceil(reach / stride) + 1)
    sizes = dict.fromkeys(_asked_for(size, config) for size in SIZES)
    outputs = steps * task.horizon * task.outputs
    distinct = 2 * len(panel.values) // (steps * stride)  # more crops would mostly overlap
    batch_size = config.batch_size or max(16, min(32, MOST_OUTPUTS // outputs, distinct))
    return tuple(
        Recipe(
            ModelConfig(
                cell=config.cell,
                hidden_size=size.hidden_size,
                layers=size.layers,
                window_length=window,
                stride=stride,
                context_steps=steps,
                head=config.head,
                calendar=bool(config.calendar),
                dilation=config.dilation,
                residual=config.residual,
                attention=config.attention,
            ),
            size.learning_rate,
            batch_size,
        )
        for size in sizes
    )


def with_calendar(candidates: tuple[Recipe, ...]) -> tuple[Recipe, ...]:
    """Return the candidates, and after each the same one that reads the calendar."""
    return tuple(
        replace(recipe, model=replace(recipe.model, calendar=calendar))
        for recipe in candidates
        for calendar in (False, True)
    )


def _asked_for(size: Size, config: TrainConfig) -> Size:
    """Overrule a size by what the user fixed; a fixed width keeps one learning rate."""
    layers = config.layers or len(config.dilation) or None
    if config.hidden_size is None:
        return Size(
            size.hidden_size, layers or size.layers, config.learning_rate or size.learning_rate
        )
    nearest = min(SIZES, key=lambda known: abs(known.hidden_size - (config.hidden_size or 0)))
    return Size(config.hidden_size, layers or 1, config.learning_rate or nearest.learning_rate)


def work_per_step(recipe: Recipe, task: Task) -> float:
    """Estimate the multiplications of one optimisation step, its fixed cost included."""
    model = recipe.model
    width, outputs = model.hidden_size, task.horizon * task.outputs
    per_window = (
        input_channels(model) * width
        + model.layers * 8 * width**2
        + 2 * width**2
        + width * outputs
        + 40 * outputs  # the loss, whose passes over memory cost like multiplications
    )
    rows = model.context_steps * model.stride + model.window_length + task.horizon
    per_row = WORK_PER_ROW if model.calendar else 0
    return FIXED_WORK + recipe.batch_size * (model.context_steps * per_window + rows * per_row)
