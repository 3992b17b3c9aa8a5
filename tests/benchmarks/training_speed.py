"""Training speed and peak memory, beside a bare `nn.LSTM` loop over single values.

    python -m tests.benchmarks.training_speed DATA

A window is one origin with a loss over its whole horizon. Both sides train a 64×2 LSTM in
float32 on one thread on the M4 hourly series in DATA, see 168 values before an origin and
forecast 48. The bare loop reads one value a step and has one origin a sample, in batches
of 32, as the peers do; ours reads a window a step and has an origin after every step.
Rounds alternate, and each side's memory is measured in a process of its own.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

ROUNDS = 5
SECONDS = 4.0
HORIZON, SEEN, WIDTH, LAYERS = 48, 168, 64, 2


def main() -> None:
    """Compare both sides, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--side", choices=("ours", "bare"))
    arguments = parser.parse_args()
    if arguments.side:
        rate = SIDES[arguments.side](arguments.data / "m4_hourly" / "train.parquet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"rate": rate, "peak": peak}))
        return
    found: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
    for _ in range(ROUNDS):
        for side, results in found.items():
            results.append(measured(arguments.data, side))
    rates = {side: statistics.median(r["rate"] for r in rs) for side, rs in found.items()}
    peaks = {side: statistics.median(r["peak"] for r in rs) for side, rs in found.items()}
    print(f"{'':28}{'windows/s':>12}{'peak MB':>10}")
    print(f"{'bare nn.LSTM, value a step':28}{rates['bare']:12,.0f}{peaks['bare']:10,.0f}")
    print(f"{'forecast-rnn, window a step':28}{rates['ours']:12,.0f}{peaks['ours']:10,.0f}")
    print(f"{'ratio':28}{rates['ours'] / rates['bare']:12.1f}{peaks['ours'] / peaks['bare']:10.2f}")


def measured(data: Path, side: str) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.training_speed", str(data), "--side", side]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def windows_per_second(step, windows: int) -> float:
    """Repeat a training step for a while, after a few to warm up."""
    for _ in range(5):
        step()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < SECONDS:
        step()
        steps += 1
    return steps * windows / (time.perf_counter() - began)


def ours(path: Path) -> float:
    """Train the network of this package."""
    import torch

    from forecast_rnn.config import ModelConfig, Task, TrainConfig
    from forecast_rnn.data.hints import Hints
    from forecast_rnn.data.read import read_panel
    from forecast_rnn.neural.fitting.recipe import Recipe
    from forecast_rnn.neural.fitting.setting import make_setting
    from forecast_rnn.neural.fitting.training import Schedule, epochs
    from forecast_rnn.neural.runtime import Machine, torch_set
    from forecast_rnn.system.memory import set_allocators

    set_allocators()  # as the command line does
    panel, _ = read_panel(path, Hints(frequency="h"))
    model = ModelConfig(
        cell="lstm",
        hidden_size=WIDTH,
        layers=LAYERS,
        window_length=SEEN,
        stride=24,
        context_steps=34,
    )
    recipe = Recipe(model, 3e-3, 64)
    task = Task(horizon=HORIZON, season_length=24)
    machine = Machine(torch.device("cpu"), 1)
    setting = make_setting(panel, task, recipe, TrainConfig(), machine)
    learner, sampler = setting.learner(recipe, 0), setting.sampler(recipe, 0)

    def step() -> None:
        list(epochs(learner, sampler, Schedule(3e-3), stop=learner.steps + 5))

    from forecast_rnn.neural.network.batch import gather

    batch = gather(setting.table, *sampler.draw(0), model=model, task=task)
    counted = int(batch.observed.all(-1).sum())  # only origins with their whole horizon count
    with torch_set(1, machine.device, WIDTH):
        return windows_per_second(step, 5 * counted)


def bare(path: Path) -> float:
    """Train `nn.LSTM` over single values with the least code that does the same job."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    series = [
        torch.from_numpy(np.log(group["y"].to_numpy())).float()
        for _, group in pl.read_parquet(path).group_by("unique_id", maintain_order=True)
    ]
    lstm = nn.LSTM(1, WIDTH, LAYERS, batch_first=True)
    head = nn.Linear(WIDTH, HORIZON)
    optimizer = torch.optim.Adam([*lstm.parameters(), *head.parameters()], 1e-3)
    generator = np.random.default_rng(0)

    def step() -> None:
        windows = []
        for number in generator.integers(len(series), size=32):
            start = generator.integers(len(series[number]) - SEEN - HORIZON)
            windows.append(series[number][start : start + SEEN + HORIZON])
        crop = torch.stack(windows)
        crop = crop - crop[:, :SEEN].mean(1, keepdim=True)
        outputs, _ = lstm(crop[:, :SEEN, None])
        loss = (head(outputs[:, -1]) - crop[:, SEEN:]).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return windows_per_second(step, 32)


SIDES = {"ours": ours, "bare": bare}

if __name__ == "__main__":
    main()
