"""Whole processes: `--help` beside `import typer`, `predict` beside `import torch, polars`.

    python -m tests.benchmarks.startup [ROUNDS]

Trains a small model on a bundled series, then times each command ROUNDS times (7 unless
said), in turns, and prints medians and ratios.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DATA = Path(__file__).parents[2] / "datasets" / "us_gasoline_weekly.csv"
PROGRAM = [sys.executable, "-m", "forecast_rnn"]


def main() -> None:
    """Time both pairs and print a line each."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder) / "model")
        quick = ["--steps", "20", "--hidden-size", "32", "--quiet"]
        subprocess.run([*PROGRAM, "train", str(DATA), "--out", model, *quick], check=True)
        pairs = {
            "--help": ([*PROGRAM, "--help"], "import typer"),
            "predict": ([*PROGRAM, "predict", model], "import torch, polars"),
        }
        for name, (command, floor) in pairs.items():
            bare = [sys.executable, "-c", floor]
            ours, theirs = in_turns(command, bare, rounds)
            print(
                f"{name:8} {ours:6.3f} s   {floor:20} {theirs:6.3f} s   ratio {ours / theirs:.2f}"
            )


def in_turns(first: list[str], second: list[str], rounds: int) -> tuple[float, float]:
    """Return the median seconds of two commands that take turns, after one round to warm up."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for command, results in zip((first, second), seconds, strict=True):
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            results.append(time.perf_counter() - began)
    return statistics.median(seconds[0][1:]), statistics.median(seconds[1][1:])


if __name__ == "__main__":
    main()
