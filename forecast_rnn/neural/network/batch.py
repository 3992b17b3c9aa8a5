"""Where numpy becomes torch: a panel on a device, and crops cut from it by origin."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.neural.network.covariates import Beside, Crop, crop_beside
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.neural.scaling.windows import CLIP, Scale, Windows, normalise, windows_of

CHANGE = -3
"""Channel of `Batch.inputs`: how much the level has changed since the step before."""
AGE = -1
"""Channel of `Batch.inputs`: how many windows up to and with this one hold an observation."""


@dataclass(frozen=True, slots=True)
class Table:
    """A panel's values on a device.

    Attributes:
        values: In the data's units, missing as NaN, [R]; float64, for float32 begins after
            scaling. On the processor they are the panel's own, as a copy of all rows on the
            network's scale would cost more memory than anything else in training.
        first: First row of each item, [N].
        end: One past the last row of each item, [N].
        transform: How crops come to the network's scale.
        floor: Least size of a window, in the units that the transform calls for.
        beside: Covariates and calendar, None without any.
        edges: Of the classes of the change, as `Classes` has them, [K - 1]; None where
            values are forecast.
    """

    values: Tensor
    first: Tensor
    end: Tensor
    transform: Transform
    floor: float
    beside: Beside | None = None
    edges: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops of T recurrent steps, each of which ends at an origin.

    Attributes:
        inputs: What a recurrent step reads, [B, T, C].
        windows: Normalised windows, missing as 0, [B, T, W].
        target: Normalised horizons, or numbers of classes from 0; missing as 0, [B, T, H].
        observed: 1 where a target counts, else 0, [B, T, H].
        seen: Whether the last window holds an observation, [B].
        scale: How each window was normalised.
        beside: Covariates and calendar, None without any.
        last: The last observed value of each window on the network's scale, which changes are
            from; None where values are forecast, [B, T, 1].
    """

    inputs: Tensor
    windows: Tensor
    target: Tensor
    observed: Tensor
    seen: Tensor
    scale: Scale
    beside: Crop | None = None
    last: Tensor | None = None


def input_channels(model: ModelConfig) -> int:
    """Return C: the window, its observed mask, and the four of `_channels`."""
    return 2 * model.window_length + 4


def seen_windows(batch: Batch) -> Tensor:
    """Return which windows hold an observation, [B, T]."""
    length = batch.windows.shape[-1]
    return batch.inputs[..., length : 2 * length].amax(-1) > 0


def load_table(
    panel: Panel,
    transform: Transform,
    floor: float,
    device: torch.device,
    beside: Beside | None = None,
) -> Table:
    """Put a panel on a device."""
    # MPS has no float64.
    dtype = torch.float32 if device.type == "mps" else torch.float64
    values = torch.from_numpy(panel.values).to(device, dtype)
    bounds = torch.from_numpy(panel.indptr).to(device)
    return Table(values, bounds[:-1], bounds[1:], transform, floor, beside)


def measure_floor(panel: Panel, transform: Transform, model: ModelConfig, season: int) -> float:
    """Return a tenth of the usual size of a panel's windows, of which it takes the last ones."""
    table = load_table(panel, transform, 0.0, torch.device("cpu"))
    items = torch.nonzero(table.end > table.first).squeeze(1)
    crop = _crop(table, items, table.end[items] - 1, (model.window_length, 0))
    windows = windows_of(*(part.unsqueeze(1) for part in crop))
    deviation = windows.apart(windows.level(season)).abs().sum(-1, keepdim=True) / windows.count
    if not transform.logarithmic:
        deviation = deviation / windows.mean_size()
    moving = deviation[deviation > 0]  # also leaves out 0 / 0
    return 0.1 * float(moving.median()) if moving.numel() else 0.1


def gather(
    table: Table,
    items: Tensor,
    rows: Tensor,
    *,
    model: ModelConfig,
    task: Task,
    targets: bool = True,
) -> Batch:
    """Cut the crops that end at the origins, without storing any.

    Rows before an item's first and after its last are missing, as gaps are. A step
    counts towards the loss only if its window holds an observation.

    Args:
        table: The panel on its device.
        items: Item of each origin, [B].
        rows: Row of the last known observation, [B].
        model: Gives T, W and the stride.
        task: Gives H and the season.
        targets: Whether there is to be something to learn from. If not, no value after an
            origin is looked at, and there are 0 steps in place of H of it.
    """
    ahead = task.horizon if targets else 0
    reach = (model.context_steps - 1) * model.stride + model.window_length
    values, observed = _crop(table, items, rows, (reach, ahead))
    windows = windows_of(
        values[:, :reach].unfold(1, model.window_length, model.stride),
        observed[:, :reach].unfold(1, model.window_length, model.stride),
    )
    season = min(task.season_length, model.window_length)
    relative = not table.transform.logarithmic
    normal, scale = normalise(windows, season, table.floor, relative=relative)
    # The first horizon begins after the first window, and each next one a stride later: cut in
    # strides like the windows, horizon t follows window t.
    after = slice(model.window_length, None)
    known = windows.observed.amax(-1, keepdim=True) > 0
    counts = observed[:, after].unfold(1, ahead, model.stride) * known
    horizons = values[:, after].unfold(1, ahead, model.stride)
    last = None if table.edges is None else windows.last()
    target = _targets(table, scale, horizons, last)
    channels = _channels(windows, known, scale, relative=relative)
    return Batch(
        inputs=torch.cat([normal, windows.observed, channels], dim=-1),
        windows=normal,
        target=target.mul_(counts),
        observed=counts,
        seen=known[:, -1, 0],
        scale=scale,
        beside=cut_beside(table, items, rows, reach=reach, model=model, task=task),
        last=last,
    )


def cut_beside(
    table: Table, items: Tensor, rows: Tensor, *, reach: int, model: ModelConfig, task: Task
) -> Crop | None:
    """Cut covariates and calendar as `gather` does, so many rows of each crop; None without any."""
    if table.beside is None:
        return None
    origins, calendar = rows - table.first[items], model.calendar
    return crop_beside(
        table.beside, items, origins, reach=reach, horizon=task.horizon, calendar=calendar
    )


def _targets(table: Table, scale: Scale, horizons: Tensor, last: Tensor | None) -> Tensor:
    """Return what a head learns from, float32, [B, T, H]."""
    if table.edges is None or last is None:
        return scale.apply(horizons)
    return torch.bucketize(scale.change(horizons, last), table.edges).float()


def _crop(
    table: Table, items: Tensor, rows: Tensor, shape: tuple[int, int]
) -> tuple[Tensor, Tensor]:
    """Return values on the network's scale, missing as 0, and a float32 mask of the observed.

    Args:
        table: The panel.
        items: Item of each origin, [B].
        rows: Row of the last known observation, [B].
        shape: Rows up to and with the origin, and rows after it.
    """
    length, begin = sum(shape), rows + 1 - shape[0]
    first, end = table.first[items], table.end[items]
    if len(rows) and bool(((begin >= first) & (begin + length <= end)).all()):
        # Where no crop leaves its item, row r of this view is the run of values from r on: whole
        # runs are copied many times as fast as values are looked up one by one.
        values = table.transform.forward(table.values.unfold(0, length, 1)[begin])
        observed = values.isfinite()
    else:
        index = begin[:, None] + torch.arange(length, device=rows.device)
        inside = (index >= first[:, None]) & (index < end[:, None])
        values = table.transform.forward(table.values[index.clamp(0, len(table.values) - 1)])
        observed = inside & values.isfinite()
    known = values if observed.all() else torch.where(observed, values, 0)
    return known, observed.float()


def _channels(windows: Windows, known: Tensor, scale: Scale, *, relative: bool) -> Tensor:
    """Return what normalising hides, [B, T, 4]: size, change of level, share observed, age."""
    size = scale.size / windows.mean_size() if relative else scale.size
    size = size.nan_to_num(1.0).clamp(1e-6, 1e6).log()
    change = torch.zeros_like(scale.level)
    both = known[:, 1:] & known[:, :-1]
    change[:, 1:] = change_of_level(
        scale.level[:, :-1], Scale(scale.level[:, 1:], scale.size[:, 1:]), both
    )
    share = windows.observed.mean(-1, keepdim=True)
    age = known.cumsum(1).log1p()
    channels = torch.cat([size, change, share, age], dim=-1)
    return channels.float()


def change_of_level(before: Tensor, scale: Scale, both: Tensor) -> Tensor:
    """Return how far the level is from that of the step before, in sizes; 0 unless both are seen.

    Args:
        before: The level of the step before, as `Scale` has it.
        scale: Of the step.
        both: Whether both windows hold an observation, shaped as the level.
    """
    return ((scale.level - before) / scale.size * both).clamp(-CLIP, CLIP)


def origin_tensors(
    panel: Panel, rows: NDArray[np.int64], device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return items [B] and rows [B] of origins on a device."""
    items = torch.from_numpy(panel.item_of(rows)).to(device)
    return items, torch.from_numpy(rows).to(device)
