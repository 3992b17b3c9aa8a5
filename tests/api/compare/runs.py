"""Runs made by hand, for tests of what is said of them."""

import polars as pl

from forecast_rnn.api.compare.runs import BASELINE, CELL, Run

FACTS = {
    "hidden_size": 8,
    "layers": 1,
    "steps": 100,
    "parameters": 1000,
    "choosing_seconds": 10.0,
    "forecast_seconds": 0.5,
}


def made_run(
    model: str, errors: list[float], *, seed: int | None = None, mase: bool = True, cutoffs: int = 1
) -> Run:
    """Make a run with one error a series; a seed makes it a cell."""
    rows = [
        (item, cutoff, error if mase else None, 10 * error)
        for item, error in enumerate(errors)
        for cutoff in (None, *range(cutoffs))
    ]
    types = {"item": pl.UInt32, "cutoff": pl.Int64, "mase": pl.Float64, "mae": pl.Float64}
    mean = sum(errors) / len(errors)
    scores = {"mase": mean if mase else None, "smape": 5 * mean, "mae": 10 * mean}
    return Run(
        model=model,
        kind=BASELINE if seed is None else CELL,
        seed=seed,
        scores=scores,
        errors=pl.DataFrame(rows, schema=types, orient="row"),
        facts={"forecast_seconds": 0.1}
        if seed is None
        else FACTS | {"training_seconds": 2.0 + seed},
    )


def noisy(error: float, seed: int, count: int = 30) -> list[float]:
    """Make errors of series about a mean, alike for all models but for a little."""
    return [error + 0.3 * (item % 5) + 0.01 * ((item * 7 + seed * 3) % 4) for item in range(count)]


def cells(**means: float) -> list[Run]:
    """Make three seeds of each cell with a mean error; `_` stands for `-`."""
    return [
        made_run(name.replace("_", "-"), noisy(mean + 0.002 * seed, seed), seed=seed)
        for name, mean in means.items()
        for seed in range(3)
    ]


def baseline(name: str, mean: float) -> Run:
    """Make a baseline with a mean error."""
    return made_run(name, noisy(mean, 0))
