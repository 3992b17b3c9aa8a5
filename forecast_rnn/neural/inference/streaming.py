"""Networks that go on from the states they stopped at, without the history of the series."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import torch
from torch import Tensor

from forecast_rnn.config import ModelConfig, Task
from forecast_rnn.neural.heads.base import ValueHead
from forecast_rnn.neural.inference.states import (
    Ending,
    Memory,
    SeriesStates,
    StatesAndEnding,
    mapped,
    picked,
    put,
)
from forecast_rnn.neural.network.batch import (
    AGE,
    CHANGE,
    Batch,
    Table,
    change_of_level,
    cut_beside,
    gather,
    seen_windows,
)
from forecast_rnn.neural.network.covariates import Crop
from forecast_rnn.neural.network.network import Context, Network
from forecast_rnn.neural.parallel import side_by_side
from forecast_rnn.neural.scaling.transform import Transform
from forecast_rnn.neural.scaling.units import Units
from forecast_rnn.neural.scaling.windows import Scale

CROPS_AT_ONCE = 128
MOST_HIDDEN = 170_000
"""Hidden values of all their steps: of wide networks there are fewer crops at once."""
STEPS_AT_ONCE = 1024
"""Single steps that are taken together: each is so little that starting many would cost most."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What networks make of crops.

    Attributes:
        parameters: Of the head after the last step, [E, B, P, H].
        scale: How the last window was normalised, [B, 1, 1].
        seen: Whether the last window holds an observation, [B].
        moving: Whether a window that counts is other than constant, [B].
    """

    parameters: Tensor
    scale: Scale
    seen: Tensor
    moving: Tensor

    def quantiles(self, head: ValueHead, transform: Transform, scores: Tensor) -> Tensor:
        """Join the networks' forecasts and take quantiles of them, [B, N, H].

        A crop that never moved is forecast as the constant it is, and one whose last window holds
        no observation is NaN.

        Args:
            head: Of the networks.
            transform: The scale on which these see the data.
            scores: Normal scores of the levels, [B, N, H] or [1, N, 1].
        """
        units = Units(self.scale, transform)
        values = head.quantiles(head.merged(self.parameters), scores, units)
        if not self.moving.all():
            constant = units.restore(torch.zeros_like(values))
            values = torch.where(self.moving[:, None, None], values, constant)
        if not self.seen.all():
            values = torch.where(self.seen[:, None, None], values, torch.nan)
        return values


@dataclass(frozen=True, slots=True)
class Reader:
    """An ensemble that reads series.

    Attributes:
        networks: E of them.
        model: Gives T, W and the stride, S.
        task: Gives H.
    """

    networks: tuple[Network, ...]
    model: ModelConfig
    task: Task

    @property
    def goes_on(self) -> bool:
        """Whether the networks can go on from a state."""
        return all(network.cells.goes_on for network in self.networks)

    @property
    def crops_at_once(self) -> int:
        """How many crops to read together: a power of two.

        The number of crops may change the last digit of a product of matrices, but powers of two
        were found not to.
        """
        each = self.model.context_steps * self.model.hidden_size
        most = max(1, min(CROPS_AT_ONCE, MOST_HIDDEN // each))
        return 1 << (most.bit_length() - 1)

    def read(self, table: Table, items: Tensor, rows: Tensor) -> Reading:
        """Read whole crops that end at origins; the arguments as in `gather`."""
        batch = self._gathered(table, items, rows, self.model.context_steps)
        contexts = tuple(network.begin(batch)[1] for network in self.networks)
        return self._reading(_ending(batch, contexts, _still(batch)), batch.beside)

    def recall(self, memory: Memory, table: Table, items: Tensor, rows: Tensor) -> Reading:
        """Return what `read` would for the last rows that were read of items, from memory."""
        ending = picked(items, memory.last)
        reach = self.model.window_length
        beside = cut_beside(table, items, rows, reach=reach, model=self.model, task=self.task)
        return self._reading(ending, beside)

    @torch.no_grad()
    def remember(self, table: Table) -> Memory:
        """Read all items up to their last rows, T steps as for a forecast."""
        lengths = table.end - table.first
        series_states, last = self._begun(table, table.end - 1)
        later = [None] * (self.model.stride - 1)
        return Memory((series_states, *later), last, lengths, lengths)

    @torch.no_grad()
    def go_on(self, memory: Memory, table: Table) -> Memory:
        """Read the rows that have been added, in a time proportional to their number.

        Args:
            memory: Of the same items.
            table: The panel with all rows.
        """
        while bool((due := memory.read < table.end - table.first).any()):
            # Items are read a row at a time, those of one phase together.
            phases = memory.phases(memory.read + 1)
            for phase in sorted(set(phases[due].tolist())):
                items = torch.nonzero(due & (phases == phase)).squeeze(1)
                memory = self._further(memory, table, items, phase)
        return memory

    def _further(self, memory: Memory, table: Table, items: Tensor, phase: int) -> Memory:
        """Read one more row of items, all of the same phase, [B]."""
        before = memory.by_phase[phase]
        read = memory.read.index_add(0, items, torch.ones_like(items))
        # In training a state is never more than T steps old; memory begins anew, with the last T
        # steps, before it is 2 T steps old.
        if before is None or bool((before.steps >= 2 * self.model.context_steps - 1).any()):
            # The states of a phase are those of all items, so that all begin at once: each after
            # its newest row of this phase, which lies so many rows before its last one.
            back = (memory.phases(read) - phase) % self.model.stride
            series_states, ending = self._begun(table, table.first + read - 1 - back)
            ending = picked(items, ending)
        else:
            rows = table.first[items] + read[items] - 1
            series_states, ending = self._stepped(table, items, rows, before)
            series_states = put(before, items, series_states)
        return Memory(
            (*memory.by_phase[:phase], series_states, *memory.by_phase[phase + 1 :]),
            put(memory.last, items, ending),
            memory.begun,
            read,
        )

    def _begun(self, table: Table, rows: Tensor) -> StatesAndEnding:
        """Read crops that end at a row of each item, [N]."""
        most = self.model.context_steps

        def begin(part: slice) -> StatesAndEnding:
            items = torch.arange(len(rows), device=rows.device)[part]
            batch = self._gathered(table, items, rows[part], most)
            states, contexts = zip(
                *(network.begin(batch) for network in self.networks), strict=True
            )
            still = _still(batch)
            steps = torch.full_like(still, most)
            known, level = seen_windows(batch).sum(1), batch.scale.level[:, -1:]
            series_states = SeriesStates(states, known, still, steps, level, batch.seen)
            return series_states, _ending(batch, contexts, still)

        return self._side_by_side(begin, len(rows), self.crops_at_once)

    def _stepped(
        self, table: Table, items: Tensor, rows: Tensor, before: SeriesStates
    ) -> StatesAndEnding:
        """Take one step to rows of items, [B], from the states of all a stride before, [N]."""

        def step(part: slice) -> StatesAndEnding:
            states = picked(items[part], before)
            return self._step(table, items[part], rows[part], states)

        return self._side_by_side(step, len(items), STEPS_AT_ONCE)

    def _step(
        self, table: Table, items: Tensor, rows: Tensor, before: SeriesStates
    ) -> StatesAndEnding:
        batch = self._gathered(table, items, rows, 1)
        known = (before.known + batch.seen).clamp(max=self.model.context_steps)
        batch.inputs[:, -1, AGE] = known.float().log1p()
        # Where a crop has a single step, training saw no change of level.
        if self.model.context_steps > 1:
            both = (before.seen & batch.seen)[:, None, None]
            change = change_of_level(before.level, batch.scale, both)
            batch.inputs[..., CHANGE] = change[..., 0].float()
        steps = [
            network.go_on(batch, states)
            for network, states in zip(self.networks, before.states, strict=True)
        ]
        states, contexts = zip(*steps, strict=True)
        still = torch.where(batch.windows[:, -1].abs().amax(-1) != 0, 0, before.still + 1)
        series_states = SeriesStates(
            states, known, still, before.steps + 1, batch.scale.level, batch.seen
        )
        return series_states, _ending(batch, contexts, still)

    def _gathered(self, table: Table, items: Tensor, rows: Tensor, steps: int) -> Batch:
        model = replace(self.model, context_steps=steps)
        return gather(table, items, rows, model=model, task=self.task, targets=False)

    def _reading(self, ending: Ending, beside: Crop | None) -> Reading:
        parameters = [
            network.after(context, beside)
            for network, context in zip(self.networks, ending.contexts, strict=True)
        ]
        scale, moving = Scale(ending.level, ending.size), ending.still < self.model.context_steps
        return Reading(torch.stack(parameters), scale, ending.seen, moving)

    def _side_by_side(
        self, read: Callable[[slice], StatesAndEnding], count: int, at_once: int
    ) -> StatesAndEnding:
        """Read so many items, a part at a time side by side, and join the states."""

        @torch.no_grad()
        def job(start: int, _: Event) -> StatesAndEnding:
            return read(slice(start, min(start + at_once, count)))

        jobs = [partial(job, start) for start in range(0, count, at_once)]
        threads, width = torch.get_num_threads(), self.model.hidden_size
        return mapped(
            lambda *parts: torch.cat(parts), *side_by_side(jobs, threads, hidden_size=width)
        )


def _ending(batch: Batch, contexts: tuple[Context, ...], still: Tensor) -> Ending:
    """Return what forecasts after the last steps of crops are made of."""
    scale = batch.scale
    return Ending(contexts, scale.level[:, -1:], scale.size[:, -1:], batch.seen, still)


def _still(batch: Batch) -> Tensor:
    """Return how many steps ago a window was other than constant, T if none was, [B]."""
    moved = batch.windows.abs().amax(-1) != 0
    # Of equal values `argmax` takes the first, here of the steps from the last one backwards.
    return torch.where(moved.any(1), moved.flip(1).byte().argmax(1), moved.shape[1])
