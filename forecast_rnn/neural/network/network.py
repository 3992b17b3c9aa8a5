"""The network: windows as recurrent steps, a forecast of the whole horizon after each."""

import pkgutil
from typing import NamedTuple, final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.heads import HEADS
from forecast_rnn.neural.heads.base import Head
from forecast_rnn.neural.network.batch import Batch, input_channels
from forecast_rnn.neural.network.covariates import Crop
from forecast_rnn.neural.network.effects import make_covariate_effects
from forecast_rnn.neural.network.encoding import Encoding
from forecast_rnn.neural.network.stack import Stack, States
from forecast_rnn.neural.scaling.windows import CLIP

EVERY, LAST = slice(None), slice(-1, None)


class Context(NamedTuple):
    """What the head reads after steps, but for what is known beside the target.

    Attributes:
        hidden: Output of the recurrent layers and the embedded input, [..., 2 D].
        start: What it corrects, [..., H].
    """

    hidden: Tensor
    start: Tensor


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
        self.covariate_effects = make_covariate_effects(model, encoding, places)
        more = 0 if self.covariate_effects is None else self.covariate_effects.width
        self.embedding = nn.Linear(input_channels(model) + more, width)
        self.cells = Stack(model)
        self.linear = nn.Linear(model.window_length, task.horizon, bias=False)
        nn.init.zeros_(self.linear.weight)
        self.head = make_head(model, task)

    def forward(self, batch: Batch) -> Tensor:
        """Return the head's parameters after every step, in normalised units, [B, T, P, H]."""
        embedded = self._embedded(batch, EVERY)
        hidden, _ = self.cells.scan(embedded, self.cells.initial_state(len(embedded)))
        context = Context(torch.cat([hidden, embedded], dim=-1), self._started(batch, EVERY))
        return self._emitted(context, batch.beside, EVERY)

    def begin(self, batch: Batch) -> tuple[States, Context]:
        """Read crops; return the states after them, and what comes of their last steps."""
        embedded = self._embedded(batch, EVERY)
        return self._read(batch, embedded, self.cells.initial_state(len(embedded)))

    def go_on(self, batch: Batch, states: States) -> tuple[States, Context]:
        """Read the last step of crops from the states after the one before; return the like."""
        return self._read(batch, self._embedded(batch, LAST), states)

    def after(self, context: Context, beside: Crop | None) -> Tensor:
        """Return the head's parameters after the last step of crops, [B, P, H].

        Args:
            context: As `begin` and `go_on` return it.
            beside: Covariates and calendar, of the last window and the steps ahead at least.
        """
        steps = Context(*(part.unsqueeze(1) for part in context))
        return self._emitted(steps, beside, LAST)[:, 0]

    def _embedded(self, batch: Batch, steps: slice) -> Tensor:
        """Return what the recurrent layers read in the steps of a slice, [B, T, D]."""
        inputs = batch.inputs
        if self.covariate_effects is not None and batch.beside is not None:
            more = self.covariate_effects.inputs(batch.beside, inputs.shape[1])
            inputs = torch.cat([inputs, more], dim=-1)
        return F.silu(self.embedding(inputs[:, steps]))

    def _read(self, batch: Batch, embedded: Tensor, states: States) -> tuple[States, Context]:
        hidden, states = self.cells.scan(embedded, states)
        last = torch.cat([hidden[:, -1], embedded[:, -1]], dim=-1)
        return states, Context(last, self._started(batch, LAST)[:, 0])

    def _started(self, batch: Batch, steps: slice) -> Tensor:
        """Return what the head corrects after the steps of a slice, [B, T, H]."""
        windows = batch.windows[:, steps]
        start: Tensor = self._repeated(windows) + self.linear(windows)
        if batch.last is not None:
            start = start - batch.scale.apply(batch.last)[:, steps].clamp(-CLIP, CLIP)
        return start

    def _emitted(self, context: Context, beside: Crop | None, steps: slice) -> Tensor:
        """Return the head's parameters after the steps of a slice, [B, T, P, H], from [B, T, …]."""
        start = context.start
        if self.covariate_effects is not None and beside is not None:
            moves = self.covariate_effects.moves(beside)
            start = start if moves is None else start + moves[:, steps]
        parameters: Tensor = self.head(context.hidden, start)
        return parameters

    def _repeated(self, windows: Tensor) -> Tensor:
        """Return the last season of windows again and again, [B, T, W] -> [B, T, H]."""
        times = -(-self.horizon // self.season)
        return windows[..., -self.season :].repeat(1, 1, times)[..., : self.horizon]


def build_network(model: ModelConfig, task: Task, encoding: Encoding, seed: int) -> Network:
    """Build a network whose start depends on the seed alone; in one thread at a time.

    Layers draw their first weights from torch's own generator of the processor, which is put back.
    """
    with torch.random.fork_rng(devices=[]):
        # Not `torch.manual_seed`, which seeds the generators of all devices, and for good.
        torch.default_generator.manual_seed(seed)
        return Network(model, task, encoding)
