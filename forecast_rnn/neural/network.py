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

    def __init__(self, model: ModelConfig, task: Task, encoding: Encoding) -> None:
        super().__init__()
        width = model.hidden_size
        self.season, self.horizon = min(task.season_length, model.window_length), task.horizon
        places = model.window_length - self.season + torch.arange(task.horizon) % self.season
        self.surroundings = make_surroundings(model, encoding, places)
        more = 0 if self.surroundings is None else self.surroundings.width
        self.embedding = nn.Linear(input_channels(model) + more, width)
        self.cells = Stack(model)
        self.linear = nn.Linear(model.window_length, task.horizon, bias=False)
        nn.init.zeros_(self.linear.weight)
        self.head = make_head(model, task)

    def forward(self, batch: Batch) -> Tensor:
        """Return the head's parameters after every step, in normalised units, [B, T, P, H]."""
        return self._after(batch, slice(None))

    def last(self, batch: Batch) -> Tensor:
        """Return the head's parameters after the last step, [B, P, H]."""
        return self._after(batch, slice(-1, None))[:, 0]

    def _after(self, batch: Batch, steps: slice) -> Tensor:
        """Return the head's parameters after some steps; recurrent layers go through all."""
        inputs, moves = batch.inputs, None
        if self.surroundings is not None and batch.beside is not None:
            more = self.surroundings.inputs(batch.beside, inputs.shape[1])
            inputs = torch.cat([inputs, more], dim=-1)
            moves = self.surroundings.moves(batch.beside)
        embedded = F.silu(self.embedding(inputs))
        hidden = self.cells(embedded)
        windows = batch.windows[:, steps]
        start = self._repeated(windows) + self.linear(windows)
        if moves is not None:
            start = start + moves[:, steps]
        if batch.last is not None:
            start = start - batch.scale.apply(batch.last)[:, steps].clamp(-CLIP, CLIP)
        both = torch.cat([hidden[:, steps], embedded[:, steps]], dim=-1)
        parameters: Tensor = self.head(both, start)
        return parameters

    def _repeated(self, windows: Tensor) -> Tensor:
        """Return the last season of windows again and again, [B, T, W] -> [B, T, H]."""
        times = -(-self.horizon // self.season)
        return windows[..., -self.season :].repeat(1, 1, times)[..., : self.horizon]


def build_network(model: ModelConfig, task: Task, encoding: Encoding, seed: int) -> Network:
    """Build a network whose start depends on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Network(model, task, encoding)
