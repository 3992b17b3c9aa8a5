"""The network: windows as recurrent steps, a forecast of the whole horizon after each."""

import pkgutil
from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.batch import Batch, input_channels
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.cells.base import Cell
from forecast_rnn.neural.heads.quantile import QuantileHead


def make_cell(name: str, inputs: int, hidden_size: int) -> Cell:
    """Build the cell of that name."""
    # The path comes from our own table, never from a file.
    kind = pkgutil.resolve_name(f"forecast_rnn.neural.cells.{CELLS[name]}")
    cell: Cell = kind(inputs, hidden_size)
    return cell


@final
class Network(nn.Module):
    """Embedding, recurrent layers, quantile head, and two short cuts past them.

    The head corrects the last season repeated (the seasonal naive) plus a linear map
    of the window, which starts at zero: an untrained network is the seasonal naive.
    """

    season: Tensor

    def __init__(self, model: ModelConfig, task: Task) -> None:
        super().__init__()
        width = model.hidden_size
        self.embedding = nn.Linear(input_channels(model), width)
        self.cells = nn.ModuleList(make_cell(model.cell, width, width) for _ in range(model.layers))
        self.linear = nn.Linear(model.window_length, task.horizon, bias=False)
        nn.init.zeros_(self.linear.weight)
        self.head = QuantileHead(
            2 * width, width, horizon=task.horizon, quantile_levels=task.quantile_levels
        )
        season = min(task.season_length, model.window_length)
        places = model.window_length - season + torch.arange(task.horizon) % season
        self.register_buffer("season", places, persistent=False)

    def forward(self, batch: Batch) -> Tensor:
        """Return the quantiles after every step, in normalised units, [B, T, Q, H].

        They are in order only after `torch.sort`; training does not need it.
        """
        embedded = F.silu(self.embedding(batch.inputs))
        hidden = embedded
        for cell in self.cells:
            assert isinstance(cell, Cell)
            hidden, _ = cell.scan(hidden, cell.initial_state(len(hidden)))
        start = batch.windows[..., self.season] + self.linear(batch.windows)
        quantiles: Tensor = self.head(torch.cat([hidden, embedded], dim=-1), start)
        return quantiles


def build_network(model: ModelConfig, task: Task, seed: int) -> Network:
    """Build a network whose start depends on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(model, task)
