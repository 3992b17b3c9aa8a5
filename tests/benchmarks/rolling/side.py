"""What both sides share: sizes, options, the clock, where the process may run."""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

HORIZON, WINDOWS, WIDTH, LAYERS, CORES = 14, 5, 64, 2, 2
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
REPEATS = 5
Table = TypeVar("Table")


def options() -> argparse.Namespace:
    """Read what to do, and stay on two cores."""
    parser = argparse.ArgumentParser()
    parser.add_argument("series")
    parser.add_argument("forecasts")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--baselines", action="store_true")
    parser.add_argument("--alone", action="store_true", help="forecasts, with what was trained")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-CORES:])
    return parser.parse_args()


def timed(evaluate: Callable[[], Table], *, repeats: int = 1) -> Table:
    """Evaluate, print the median seconds as JSON, and return the last outcome."""
    clocks, processors = [], []
    for _ in range(repeats):
        clock, processor = time.perf_counter(), time.process_time()
        table = evaluate()
        clocks.append(time.perf_counter() - clock)
        processors.append(time.process_time() - processor)
    found = {"call": statistics.median(clocks), "processor": statistics.median(processors)}
    print(json.dumps(found))
    return table
