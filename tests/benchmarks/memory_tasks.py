"""How far back each cell remembers: the adding problem and a copy over a long lag.

    python -m tests.benchmarks.memory_tasks [--tasks adding-200,copy-200] [--steps N]
        [--seconds S] [--straight] [CELL …]

The network is one cell and a linear readout of its last output. Every batch is new; the
error is that of 1,000 sequences that are never trained on.

adding-T (Hochreiter and Schmidhuber, 1997): T numbers between 0 and 1, two of them marked, one
in each half; say the sum of the marked. Solved: a mean squared error below 0.01; always saying 1
has 0.167. copy-T: three symbols out of four somewhere in T steps of noise; say the three at the
end, up to T steps later. Solved: less than 1 % of the symbols wrong; guessing has 75 %.

A long task begins short, as in Bengio et al. (2009), Curriculum learning,
https://doi.org/10.1145/1553374.1553380: with an eighth of 1,000 steps (never below 125), and twice
as many once that is solved. It is so for all cells; `--straight` begins with the whole length.

`lstm-chrono` is `lstm` with biases that let its units forget after anything from a step to T
steps, not after three as a bias of 1 does: Tallec and Ollivier (2018), eq. 16,
https://arxiv.org/abs/1804.11188.
"""

import argparse
import time
from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.cells.base import Cell
from forecast_rnn.neural.network.stack import make_cell
from forecast_rnn.neural.runtime import torch_set
from forecast_rnn.system.memory import set_allocators

WIDTH, BATCH, RATE, CLIP = 32, 32, 5e-3, 1.0
HELD_BACK, CHECK_EVERY = 1000, 50
SHORTEST = 125
SYMBOLS, KINDS = 3, 4
CHRONO = "lstm-chrono"


class Task(NamedTuple):
    """Sequences, what is said of them, and how wrong that is."""

    inputs: int
    outputs: int
    draw: Callable[[int, int, torch.Generator], tuple[Tensor, Tensor]]
    loss: Callable[[Tensor, Tensor], Tensor]
    error: Callable[[Tensor, Tensor], float]
    solved: float


class Outcome(NamedTuple):
    """Where a training ended, and the error at the whole length."""

    error: float
    steps: int
    seconds: float


def main() -> None:
    """Train every cell on every task and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="*", metavar="CELL")
    parser.add_argument("--tasks", default="adding-200,adding-1000,copy-100")
    parser.add_argument("--steps", type=int, default=6000, help="at most, for a cell and a task")
    parser.add_argument("--seconds", type=float, default=180.0, help="at most, likewise")
    parser.add_argument("--straight", action="store_true", help="begin with the whole length")
    arguments = parser.parse_args()
    set_allocators()  # as the command line does
    print(f"{'task':13}{'cell':15}{'error':>8}{'steps':>7}{'seconds':>9}  verdict", flush=True)
    for text in arguments.tasks.split(","):
        kind, _, length = text.partition("-")
        task = TASKS[kind]
        for name in arguments.cells or (*CELLS, CHRONO):
            lengths = [int(length)] if arguments.straight else lengths_up_to(int(length))
            limits = {"most_steps": arguments.steps, "most_seconds": arguments.seconds}
            with torch_set(1, torch.device("cpu"), WIDTH):
                error, steps, seconds = trained(name, task, lengths, **limits)
            verdict = "solved" if error < task.solved else "not solved"
            line = f"{text:13}{name:15}{error:8.4f}{steps:7}{seconds:9.1f}  {verdict}"
            print(line, flush=True)


def lengths_up_to(length: int) -> list[int]:
    """Return half the length again and again, the shortest first, and the length itself."""
    lengths = [length]
    while lengths[0] // 2 >= SHORTEST:
        lengths.insert(0, lengths[0] // 2)
    return lengths


def trained(
    name: str, task: Task, lengths: list[int], *, most_steps: int, most_seconds: float
) -> Outcome:
    """Train on one length after the other until the last is solved or the budget is spent."""
    torch.manual_seed(0)
    cell = make_cell(name.removesuffix("-chrono"), task.inputs, WIDTH)
    if name == CHRONO:
        start_by_time(cell, lengths[-1])
    readout = nn.Linear(WIDTH, task.outputs)
    weights = [*cell.parameters(), *readout.parameters()]
    optimizer = torch.optim.Adam(weights, RATE, fused=True)
    generator = torch.Generator().manual_seed(1)
    held_back = {
        length: task.draw(HELD_BACK, length, torch.Generator().manual_seed(2)) for length in lengths
    }

    def said(x: Tensor) -> Tensor:
        outputs, _ = cell.scan(x, cell.initial_state(len(x)))
        answer: Tensor = readout(outputs[:, -1])
        return answer

    @torch.no_grad()
    def error_at(length: int) -> float:
        x, target = held_back[length]
        return task.error(said(x), target)

    began, steps, rung = time.perf_counter(), 0, 0
    while True:
        for _ in range(CHECK_EVERY):
            x, target = task.draw(BATCH, lengths[rung], generator)
            descend(task.loss(said(x), target), weights, optimizer)
        steps += CHECK_EVERY
        solved, seconds = error_at(lengths[rung]) < task.solved, time.perf_counter() - began
        last = rung == len(lengths) - 1
        if (solved and last) or steps >= most_steps or seconds >= most_seconds:
            return Outcome(error_at(lengths[-1]), steps, seconds)
        rung += solved


def descend(loss: Tensor, weights: list[nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
    """Take one step down."""
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(weights, CLIP)
    optimizer.step()


def start_by_time(lstm: Cell, longest: int) -> None:
    """Give units of `lstm` time scales that are spread between 1 and `longest` steps."""
    bias, other = (weight for name, weight in lstm.named_parameters() if "bias" in name)
    forget = torch.empty(WIDTH).uniform_(1, longest - 1).log()
    with torch.no_grad():
        bias.copy_(torch.cat([-forget, forget, torch.zeros(2 * WIDTH)]))
        other.zero_()


def draw_adding(batch: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return numbers with marks [B, T, 2] and the sums [B, 1]."""
    values = torch.rand(batch, length, generator=generator)
    half = length // 2
    first = torch.randint(half, (batch, 1), generator=generator)
    second = half + torch.randint(length - half, (batch, 1), generator=generator)
    marks = torch.zeros(batch, length).scatter_(1, torch.cat([first, second], dim=1), 1.0)
    return torch.stack([values, marks], dim=2), (values * marks).sum(1, keepdim=True)


def draw_copy(batch: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return symbols and noise [B, T, kinds + 1], and the symbols [B, symbols]."""
    symbols = torch.randint(KINDS, (batch, SYMBOLS), generator=generator)
    noise = torch.randn(batch, SYMBOLS + length, 1, generator=generator)
    start = torch.randint(length + 1, (batch, 1), generator=generator)
    places = (start + torch.arange(SYMBOLS)).unsqueeze(2)
    shown = torch.zeros(batch, SYMBOLS + length, KINDS)
    shown.scatter_(1, places.expand(-1, -1, KINDS), F.one_hot(symbols, KINDS).float())
    quiet = torch.ones_like(noise).scatter_(1, places, 0.0)
    return torch.cat([shown, noise * quiet], dim=2), symbols


def copy_loss(said: Tensor, symbols: Tensor) -> Tensor:
    """Return the cross-entropy of the symbols."""
    return F.cross_entropy(said.view(-1, KINDS), symbols.flatten())


def copy_error(said: Tensor, symbols: Tensor) -> float:
    """Return the share of symbols that are wrong."""
    return float((said.view(-1, SYMBOLS, KINDS).argmax(-1) != symbols).float().mean())


def squared_error(said: Tensor, target: Tensor) -> float:
    """Return the mean squared error."""
    return float(F.mse_loss(said, target))


TASKS = {
    "adding": Task(2, 1, draw_adding, F.mse_loss, squared_error, 0.01),
    "copy": Task(KINDS + 1, SYMBOLS * KINDS, draw_copy, copy_loss, copy_error, 0.01),
}

if __name__ == "__main__":
    main()
