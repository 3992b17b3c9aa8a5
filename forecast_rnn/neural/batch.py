"""Where numpy becomes torch: a panel on a device, and crops cut from it by origin."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panel import Panel
from forecast_rnn.neural.scaling import (
    CLIP,
    Scale,
    level_and_deviation,
    mean_size,
    window_scale,
)
from forecast_rnn.neural.transform import Transform


@dataclass(frozen=True, slots=True)
class Table:
    """A panel's values on the network's scale and device.

    Attributes:
        values: Missing as NaN, [R]; float64, for float32 begins after scaling.
        first: First row of each item, [N].
        end: One past the last row of each item, [N].
        transform: How values came from the data's scale.
        floor: Least size of a window, in the units that the transform calls for.
    """

    values: Tensor
    first: Tensor
    end: Tensor
    transform: Transform
    floor: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops of T recurrent steps, each of which ends at an origin.

    Attributes:
        inputs: What a recurrent step reads, [B, T, C].
        windows: Normalised windows, missing as 0, [B, T, W].
        target: Normalised horizons, missing as 0, [B, T, H].
        observed: Which targets count, [B, T, H].
        seen: Whether the last window holds an observation, [B].
        scale: How each window was normalised.
    """

    inputs: Tensor
    windows: Tensor
    target: Tensor
    observed: Tensor
    seen: Tensor
    scale: Scale


def input_channels(model: ModelConfig) -> int:
    """Return C: the window, its observed mask, and four channels of its own."""
    return 2 * model.window_length + 4


def load_table(panel: Panel, transform: Transform, floor: float, device: torch.device) -> Table:
    """Put a panel on a device."""
    # MPS has no float64.
    dtype = torch.float32 if device.type == "mps" else torch.float64
    values = transform.forward(torch.from_numpy(panel.values)).to(device, dtype)
    bounds = torch.from_numpy(panel.indptr).to(device)
    return Table(values, bounds[:-1], bounds[1:], transform, floor)


def measure_floor(panel: Panel, transform: Transform, model: ModelConfig, season: int) -> float:
    """Return a tenth of the usual size of a panel's windows, of which it takes the last ones."""
    table = load_table(panel, transform, 0.0, torch.device("cpu"))
    items = torch.nonzero(table.end > table.first).squeeze(1)
    windows, _ = _crops(table, items, table.end[items] - 1, (1, model.window_length, 1), 0)
    _, deviation = level_and_deviation(windows, season)
    if not transform.logarithmic:
        deviation = deviation / mean_size(windows)
    moving = deviation[deviation > 0]  # also leaves out 0 / 0
    return 0.1 * float(moving.median()) if moving.numel() else 0.1


def gather(table: Table, items: Tensor, rows: Tensor, *, model: ModelConfig, task: Task) -> Batch:
    """Cut the crops that end at the origins, without storing any.

    Rows before an item's first and after its last are missing, as gaps are. A step
    counts towards the loss only if its window holds an observation.

    Args:
        table: The panel on its device.
        items: Item of each origin, [B].
        rows: Row of the last known observation, [B].
        model: Gives T, W and the stride.
        task: Gives H and the season.
    """
    shape = (model.context_steps, model.window_length, model.stride)
    windows, target = _crops(table, items, rows, shape, task.horizon)
    scale = window_scale(
        windows,
        min(task.season_length, model.window_length),
        table.floor,
        relative=not table.transform.logarithmic,
    )
    observed = ~windows.isnan()
    normal = torch.where(observed, scale.apply(windows), 0).clamp(-CLIP, CLIP)
    inputs = [normal, observed, _channels(windows, observed, scale, table.transform)]
    target = scale.apply(target)
    counts = ~target.isnan() & observed.any(-1, keepdim=True)
    return Batch(
        inputs=torch.cat([part.float() for part in inputs], dim=-1),
        windows=normal.float(),
        target=torch.where(counts, target, 0).float(),
        observed=counts,
        seen=observed[:, -1].any(-1),
        scale=scale,
    )


def _crops(
    table: Table, items: Tensor, rows: Tensor, shape: tuple[int, int, int], horizon: int
) -> tuple[Tensor, Tensor]:
    """Return windows [B, T, W] and horizons [B, T, H], views of one [B, …] crop."""
    steps, window_length, stride = shape
    reach = (steps - 1) * stride + window_length
    offsets = torch.arange(1 - reach, horizon + 1, device=rows.device)
    index = rows[:, None] + offsets
    inside = (index >= table.first[items, None]) & (index < table.end[items, None])
    crop = torch.where(inside, table.values[index.clamp(0, len(table.values) - 1)], torch.nan)
    windows = crop[:, :reach].unfold(1, window_length, stride)
    if horizon == 0:
        return windows, crop[:, :0]
    return windows, crop[:, window_length:].unfold(1, horizon, stride)


def _channels(windows: Tensor, observed: Tensor, scale: Scale, transform: Transform) -> Tensor:
    """Return what normalising hides, [B, T, 4]: size, change of level, share observed, age."""
    size = scale.size if transform.logarithmic else scale.size / mean_size(windows)
    size = size.nan_to_num(1.0).clamp(1e-6, 1e6).log()
    share = observed.float().mean(-1, keepdim=True)
    known = observed.any(-1, keepdim=True)
    change = torch.zeros_like(scale.level)
    change[:, 1:] = (scale.level[:, 1:] - scale.level[:, :-1]) / scale.size[:, 1:]
    change[:, 1:][~(known[:, 1:] & known[:, :-1])] = 0
    age = known.cumsum(1).float().log1p()
    return torch.cat([size, change.clamp(-CLIP, CLIP), share, age], dim=-1)


def origin_tensors(
    panel: Panel, rows: NDArray[np.int64], device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return items [B] and rows [B] of origins on a device."""
    items = torch.from_numpy(panel.item_of(rows)).to(device)
    return items, torch.from_numpy(rows).to(device)
