"""Peak memory of the whole command on many series.

    python -m tests.benchmarks.memory [--series N] [--length N] [--file csv|parquet] [-- OPTION …]

Makes daily series with a week, a trend and noise, runs `forecast-rnn train` on the file, with the
options after `--`, in a process of its own, and prints the peak of its resident memory and its
seconds. Beside it stands the peak of a process that only imports what the command does. Exits 1
above 650 MB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import parsed

MOST = 650
MEGABYTE = 2**20
PROGRAM = [sys.executable, "-m", "forecast_rnn"]
IMPORTS = [sys.executable, "-c", "import forecast_rnn.cli, forecast_rnn.api.train"]


def main() -> int:
    """Measure, and print a line for the imports and one for the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=500)
    parser.add_argument("--file", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    arguments, options = parsed(parser)
    if arguments.make:
        make(arguments.make, arguments.series, arguments.length)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"data.{arguments.file}"
        # By another process, as a child's peak is never below what its parent has at the start.
        again = [sys.executable, "-m", "tests.benchmarks.memory", "--make", str(path)]
        again += ["--series", str(arguments.series), "--length", str(arguments.length)]
        subprocess.run(again, check=True)
        print(f"{arguments.series:,} series of {arguments.length} rows as {arguments.file}")
        peak, _ = measured(IMPORTS)
        print(f"{'imports':10}{peak:8.0f} MB")
        command = [*PROGRAM, "train", str(path), "--out", str(Path(folder) / "out"), *options]
        peak, seconds = measured(command)
        print(f"{'train':10}{peak:8.0f} MB{seconds:8.1f} s")
    return int(peak > MOST)


def make(path: Path, count: int, length: int) -> None:
    """Write series of item_id, ds and y, one after the other."""
    import numpy as np
    import polars as pl

    generator = np.random.default_rng(0)
    day = np.arange(length)
    week = 1 + 0.3 * np.sin(2 * np.pi * (day + generator.integers(7, size=(count, 1))) / 7)
    level = generator.lognormal(3, 1, (count, 1)) * (1 + 0.001 * day)
    values = np.round(level * week * generator.lognormal(0, 0.1, (count, length)), 2)
    frame = pl.DataFrame(
        {
            "item_id": np.repeat([f"item_{number:05}" for number in range(count)], length),
            "ds": np.tile(np.datetime64("2023-01-01") + day, count),
            "y": values.ravel(),
        }
    )
    write = frame.write_csv if path.suffix == ".csv" else frame.write_parquet
    write(path)


def measured(command: list[str]) -> tuple[float, float]:
    """Run a command; return the peak of its memory in MB, and its seconds."""
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_maxrss * 1024 / MEGABYTE, time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
