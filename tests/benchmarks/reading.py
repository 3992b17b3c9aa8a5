"""Reading large files: seconds beside plain `polars.read_csv`, and peak memory.

    python -m tests.benchmarks.reading csv [--rows 10000000] [--rounds 3]
    python -m tests.benchmarks.reading parquet [--rows 100000000] [--train]

`csv` makes three files of id, day and number (by series, by time, and shuffled) and reads each
with `read_panel` and with `polars.read_csv`, in turns, each in a process of its own, on two
threads; seconds of the processor stand beside those of the clock. `parquet` makes a file of ten
columns piece by piece, inspects it and, with --train, trains on it for 20 steps. Peak memory
stands beside three times the columns in use, as Polars holds them, plus what a process has after
its imports. Files are made in a temporary folder (TMPDIR) and removed; the Parquet file takes
1 GB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

EACH = 1_000
"""Rows of a series."""
MORE_COLUMNS = 7
ORDERS = ("series", "time", "shuffled")
BENCHMARK = [sys.executable, "-m", "tests.benchmarks.reading"]
PROGRAM = [sys.executable, "-m", "forecast_rnn"]
FLOOR = "import forecast_rnn.cli, forecast_rnn.data.read, pyarrow.parquet"
TRAINED_FLOOR = "import forecast_rnn.cli, forecast_rnn.api.train"
COLUMN_BYTES = 16 + 13 + 4 + 8
"""Of a row: a text in Polars and its 13 characters, a date, a number."""
MEGABYTE = 2**20


def main() -> None:
    """Run a benchmark, or be a process of one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("csv", "parquet", "write", *SIDES))
    parser.add_argument("--path", type=Path)
    parser.add_argument("--order", choices=ORDERS, default="")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--train", action="store_true")
    arguments = parser.parse_args()
    if arguments.what in SIDES:
        print(json.dumps(timed(arguments.what, arguments.path)))
    elif arguments.what == "write":
        write = write_rows if arguments.order else write_parquet
        write(arguments.path, arguments.rows, arguments.order)
    else:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.what == "csv":
                compare_csv(Path(folder), arguments.rows or 10_000_000, arguments.rounds)
            else:
                use_parquet(Path(folder), arguments.rows or 100_000_000, train=arguments.train)


def compare_csv(folder: Path, rows: int, rounds: int) -> None:
    """Print a line for each order of rows."""
    allowed = peak_of([sys.executable, "-c", FLOOR])[1] + 3 * rows * COLUMN_BYTES / MEGABYTE
    print(f"{'':10}{'seconds':>24}{'processor':>24}{'peak MB':>16}")
    print(
        f"{'order':10}" + 2 * f"{'ours':>8}{'polars':>8}{'ratio':>8}" + f"{'ours':>8}{'polars':>8}"
    )
    for order in ORDERS:
        path = folder / "rows.csv"
        made_elsewhere(path, rows, order)
        found: dict[str, list[list[float]]] = {side: [] for side in SIDES}
        for _ in range(rounds):
            for side, results in found.items():
                results.append(side_of(side, path))
        ours, bare = (np.median(results, axis=0) for results in found.values())
        line = f"{order:10}"
        for mine, theirs in zip(ours[:2], bare[:2], strict=True):
            line += f"{mine:8.2f}{theirs:8.2f}{mine / theirs:8.2f}"
        print(f"{line}{ours[2]:8,.0f}{bare[2]:8,.0f}", flush=True)
    print(f"allowed: ratio 3, peak {allowed:,.0f} MB")


def made_elsewhere(path: Path, rows: int, order: str = "") -> None:
    """Make a file in a process of its own: children count the peak of their parent as theirs."""
    command = [*BENCHMARK, "write", "--path", str(path), "--rows", str(rows)]
    subprocess.run([*command, *(["--order", order] if order else [])], check=True)


def write_rows(path: Path, rows: int, order: str) -> None:
    """Write a CSV file of daily rows."""
    count = rows // EACH
    item, day = np.divmod(np.arange(count * EACH), EACH)
    if order == "time":
        day, item = np.divmod(np.arange(count * EACH), count)
    generator = np.random.default_rng(0)
    if order == "shuffled":
        at = generator.permutation(len(item))
        item, day = item[at], day[at]
    names = pl.Series([f"series_{number:06}" for number in range(count)])
    pl.DataFrame(
        {
            "unique_id": names.gather(item),
            "ds": pl.Series(day + 18_000).cast(pl.Int32).cast(pl.Date),
            "y": generator.gamma(2.0, 50.0, len(item)).round(2),
        }
    ).write_csv(path)


def side_of(side: str, path: Path) -> list[float]:
    """Run one side in a process of its own; return its seconds, processor seconds and peak."""
    environment = os.environ | {"POLARS_MAX_THREADS": "2"}
    process = subprocess.Popen(
        [*BENCHMARK, side, "--path", str(path)], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    seconds = json.loads(process.stdout.read())
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return [*seconds, used.ru_maxrss * 1024 / MEGABYTE]


def timed(side: str, path: Path) -> tuple[float, float]:
    """Read a file once; return seconds and processor seconds."""
    import forecast_rnn.data.read  # noqa: F401 - imports do not count

    began, worked = time.perf_counter(), time.process_time()
    SIDES[side](path)
    return time.perf_counter() - began, time.process_time() - worked


def read_ours(path: Path) -> None:
    """Read a file as the commands do."""
    from forecast_rnn.data.hints import Hints
    from forecast_rnn.data.read import read_panel

    read_panel(path, Hints())


def read_polars(path: Path) -> None:
    """Read a file as plainly as can be."""
    pl.read_csv(path)


SIDES = {"ours": read_ours, "polars": read_polars}


def use_parquet(folder: Path, rows: int, *, train: bool) -> None:
    """Print what `inspect` and `train` take."""
    path = folder / "rows.parquet"
    made_elsewhere(path, rows)
    size = path.stat().st_size / MEGABYTE
    print(f"{rows:,} rows, {3 + MORE_COLUMNS} columns, {size:,.0f} MB of Parquet")
    in_use = rows * COLUMN_BYTES / MEGABYTE
    quick = ["--steps", "20", "--hidden-size", "32", "--members", "1", "--quiet"]
    jobs = {"inspect": ([*PROGRAM, "inspect", str(path), "--target", "y"], FLOOR)}
    if train:
        out = ["--out", str(folder / "out"), "--target", "y"]
        jobs["train"] = ([*PROGRAM, "train", str(path), *quick, *out], TRAINED_FLOOR)
    print(f"{'command':10}{'seconds':>9}{'peak MB':>9}{'3 x columns + floor':>22}")
    for name, (command, floor) in jobs.items():
        seconds, peak = peak_of(command)
        allowed = 3 * in_use + peak_of([sys.executable, "-c", floor])[1]
        print(f"{name:10}{seconds:9.1f}{peak:9,.0f}{allowed:22,.0f}", flush=True)


def write_parquet(path: Path, rows: int, _: str) -> None:
    """Write id, time, y and more columns, some series at a time."""
    import pyarrow.parquet as pq

    pieces = tables(rows // EACH)
    first = next(pieces).to_arrow()
    with pq.ParquetWriter(path, first.schema, compression="zstd", compression_level=1) as writer:
        writer.write_table(first)
        for piece in pieces:
            writer.write_table(piece.to_arrow())


def tables(count: int, at_once: int = 1_000) -> Iterator[pl.DataFrame]:
    """Yield the series in pieces."""
    generator = np.random.default_rng(0)
    day = pl.Series(np.arange(EACH) + 18_000).cast(pl.Int32).cast(pl.Date)
    for start in range(0, count, at_once):
        size = min(at_once, count - start)
        names = pl.Series([f"series_{start + number:06}" for number in range(size)])
        season = np.sin(np.arange(size * EACH) * (2 * np.pi / 7))
        more = {
            f"x{number}": generator.normal(size=size * EACH).astype(np.float32).round(2)
            for number in range(MORE_COLUMNS)
        }
        yield pl.DataFrame(
            {
                "unique_id": names.gather(np.repeat(np.arange(size), EACH)),
                "ds": day.gather(np.tile(np.arange(EACH), size)),
                "y": (50 + 20 * season + generator.normal(0, 5, size * EACH)).round(2),
                **more,
            }
        )


def peak_of(command: list[str]) -> tuple[float, float]:
    """Run a command; return its seconds and its peak in megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(f"exit code {process.returncode}: {' '.join(command)}", file=sys.stderr)
    return time.perf_counter() - began, used.ru_maxrss * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
