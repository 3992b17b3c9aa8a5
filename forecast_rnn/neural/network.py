"""The network: windows as recurrent steps, a forecast of the whole horizon after each."""

import pkgutil
from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.batch import Batch, input_channels
from forecast_rnn.neural.effects import make_surroundings
from forecast_rnn.neural.encoding import Encoding
from forecast_rnn.neural.heads import HEADS
from forecast_rnn.neural.heads.base import Head
from forecast_rnn.neural.scaling import CLIP
from forecast_rnn.neural.stack import Stack


def make_head(model: ModelConfig, task: Task) -> Head:
    """Build the head of a network."""
    kind = pkgutil.resolve_name(f"forecast_rnn.neural.heads.{HEADS[model.head]}")
    width = model.hidden_size
    head: Head = kind(2 * width, width, task=task)
    return head


@final
class Network(nn.Module):
    """Embedding, recurrent layers, a head, and short cuts past them.

    The head corrects the last season repeated (the seasonal naive) plus a linear map
    of the window and the effect of what is known ahead, which start at zero: an untrained
    network is the seasonal naive.
    """

    season: Tensor

    def __init__(self, model: ModelConfig, task: Task, encoding: Encoding) -> None:
        super().__init__()
        width = model.hidden_size
        season = min(task.season_length, model.window_length)
        places = model.window_length - season + torch.arange(task.horizon) % season
        self.register_buffer("season", places, persistent=False)
        self.surroundings = make_surroundings(model, encoding, places)
        more = 0 if self.surroundings is None else self.surroundings.width
        self.embedding = nn.Linear(input_channels(model) + more, width)
        self.cells = Stack(model)
        self.linear = nn.Linear(model.window_length, task.horizon, bias=False)
        nn.init.zeros_(self.linear.weight)
        self.head = make_head(model, task)

    def forward(self, batch: Batch) -> Tensor:
        """Return the head's parameters after every step, in normalised units, [B, T, P, H]."""
        inputs, moves = batch.inputs, None
        if self.surroundings is not None and batch.beside is not None:
            more = self.surroundings.inputs(batch.beside, inputs.shape[1])
            inputs = torch.cat([inputs, more], dim=-1)
            moves = self.surroundings.moves(batch.beside)
        embedded = F.silu(self.embedding(inputs))
        hidden = self.cells(embedded)
        start = batch.windows[..., self.season] + self.linear(batch.windows)
        if moves is not None:
            start = start + moves
        if batch.last is not None:
            start = start - batch.scale.apply(batch.last).clamp(-CLIP, CLIP)
        parameters: Tensor = self.head(torch.cat([hidden, embedded], dim=-1), start)
        return parameters


def build_network(model: ModelConfig, task: Task, encoding: Encoding, seed: int) -> Network:
    """Build a network whose start depends on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(model, task, encoding)
