"""Time of a scan, forwards and backwards, of every cell.

    python -m tests.benchmarks.cells [--threads N] [--device NAME] [--seconds S]
        [--shape B,T,C,D,L] [CELL …]

Cells take turns, round by round; medians count. Work is counted as the products of matrices
in a forward pass times three, as the equations have them, and set beside what `torch.matmul`
of 1024 × 1024 reaches with the same threads and settings, so that a cell whose time goes into
elementwise work shows a small share. The product of `textbook` that nothing reads counts in the
forward pass alone.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from forecast_rnn.neural.cells import CELLS
from forecast_rnn.neural.cells.base import Cell
from forecast_rnn.neural.network.stack import make_cell
from forecast_rnn.neural.runtime import choose_device, torch_set
from forecast_rnn.system.memory import set_allocators

# batch, steps, inputs, hidden size, layers
SHAPES = ((256, 168, 64, 64, 1), (32, 30, 128, 128, 1), (256, 168, 64, 64, 2))
ROUNDS = 5

# Numbers in the matrices that an input and a state are multiplied with, for C and D.
PRODUCTS: dict[str, Callable[[int, int], float]] = {
    "elman": lambda c, d: d * (c + d),
    "elman-relu": lambda c, d: d * (c + d),
    "elman-sigmoid": lambda c, d: d * (c + d),
    "textbook": lambda c, d: d * (2 * c + 2 * d) + d * d / 3,
    "lstm": lambda c, d: 4 * d * (c + d),
    "peephole-lstm": lambda c, d: 4 * d * (c + d),
    "gru": lambda c, d: 3 * d * (c + d),
    "mingru": lambda c, d: 2 * d * c,
    "minlstm": lambda c, d: 3 * d * c,
    "rglru": lambda c, d: 3 * d * c,
    "slstm": lambda c, d: 4 * d * (c + d),
    "mlstm": lambda c, d: (4 * d + 2) * c + 2 * d * d,  # v kᵀ and C q
}


def main() -> None:
    """Time every cell at every shape and print a table each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="*", metavar="CELL")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    parser.add_argument("--seconds", type=float, default=1.0, help="for a cell in a round")
    parser.add_argument("--shape", help="batch, steps, inputs, hidden size, layers, by comma")
    arguments = parser.parse_args()
    set_allocators()  # as the command line does
    names = arguments.cells or list(CELLS)
    shapes = SHAPES
    if arguments.shape:
        batch, steps, inputs, width, layers = map(int, arguments.shape.split(","))
        shapes = ((batch, steps, inputs, width, layers),)
    device = choose_device(arguments.device)
    for shape in shapes:
        with torch_set(arguments.threads, device, shape[3]):
            show(shape, names, arguments.seconds, device)


def show(
    shape: tuple[int, int, int, int, int], names: list[str], seconds: float, device: torch.device
) -> None:
    """Time cells at a shape, in turns, with the matrix product among them."""
    batch, steps, inputs, width, layers = shape
    runs = {name: scan_of(name, shape, device) for name in names}
    runs["matmul"] = matmul(device)
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            found[name].append(seconds_of(run, seconds / ROUNDS, device))
    medians = {name: statistics.median(times) for name, times in found.items()}
    peak = 2 * 1024**3 / medians.pop("matmul") / 1e9
    print(f"\nbatch {batch}, {steps} steps, {inputs} inputs, width {width}, layers {layers}")
    print(
        f"matrix peak {peak:.0f} GFLOP/s, {device.type}, {torch.get_num_threads()} threads, float32"
    )
    print(f"{'cell':15}{'ms':>9}{'steps/µs':>10}{'GFLOP/s':>9}{'of peak':>9}")
    for name, median in medians.items():
        sizes = [inputs] + [width] * (layers - 1)
        products = sum(PRODUCTS[name](size, width) for size in sizes)
        rate = 3 * 2 * batch * steps * products / median / 1e9
        speed = batch * steps * layers / median / 1e6
        print(f"{name:15}{median * 1e3:9.2f}{speed:10.2f}{rate:9.1f}{rate / peak:9.1%}")


def scan_of(
    name: str, shape: tuple[int, int, int, int, int], device: torch.device
) -> Callable[[], None]:
    """Return what runs a stack of a cell once, forwards and backwards."""
    batch, steps, inputs, width, layers = shape
    torch.manual_seed(0)
    cells: list[Cell] = [
        make_cell(name, width if layer else inputs, width).to(device) for layer in range(layers)
    ]
    x = torch.randn(batch, steps, inputs, device=device, requires_grad=True)
    weights = torch.randn(batch, steps, width, device=device)

    def run() -> None:
        hidden = x
        for cell in cells:
            hidden, _ = cell.scan(hidden, cell.initial_state(batch))
        hidden.backward(weights)
        finish(device)

    return run


def matmul(device: torch.device) -> Callable[[], None]:
    """Return what multiplies two matrices of 1024 × 1024."""
    first, second = torch.randn(2, 1024, 1024, device=device).unbind(0)
    out = torch.empty_like(first)

    def run() -> None:
        torch.mm(first, second, out=out)
        finish(device)

    return run


def finish(device: torch.device) -> None:
    """Wait for what a graphics card was told to do."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def seconds_of(run: Callable[[], None], budget: float, device: torch.device) -> float:
    """Return the median seconds of a run, after one to warm up."""
    # With one thread, its own time, which other programs on the machine do not lengthen.
    alone = device.type == "cpu" and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter
    run()
    times: list[float] = []
    began = clock()
    while len(times) < 3 or clock() - began < budget:
        start = clock()
        run()
        times.append(clock() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
