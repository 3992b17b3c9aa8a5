"""Comparing recurrent cells on the user's own data: what the command `compare` does.

from forecast_rnn import compare
compared = compare("sales.csv", cells=("gru", "lstm", "elman"), seeds=3)
compared.table                        # a Polars table, the best first
print(*compared.sentences)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from forecast_rnn.api.compare.ranking import (
    contrasts_of,
    difference_table,
    rank,
    run_table,
    standing_table,
)
from forecast_rnn.api.compare.runs import Arena, Run, run_baselines, run_cell
from forecast_rnn.api.compare.words import sentences
from forecast_rnn.api.inputs import Data, check_values, panel_of, usual_task
from forecast_rnn.config import Task, TrainConfig, check_is_number
from forecast_rnn.data.hints import Hints
from forecast_rnn.data.panels.panel import Panel
from forecast_rnn.data.read import Findings, refuse_warnings
from forecast_rnn.errors import ConfigError, DataError, check_range, no_such
from forecast_rnn.evaluation.holdout import Holdout, hold_out
from forecast_rnn.kinds import kind_of
from forecast_rnn.neural.cells import CELLS
from forecast_rnn.progress import OnProgress, Progress, ignore

SEEDS = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """Cells and baselines on the same windows, which no network has seen.

    Attributes:
        table: A row a model, the most accurate first. Columns `model`; `kind`, `cell` or
            `baseline`; `standing` against the best cell, `best`, `within noise`, `worse`, `better`
            or `unknown`; the metrics of `scores`, averaged over seeds, and `owa`, null without
            the baseline `naive2`; `spread`, the standard deviation of `metric` over seeds;
            `hidden_size`, `layers`, `steps`, `parameters` of all members; `choosing_seconds` of
            finding width and steps, once for all seeds; `training_seconds` of the network that is
            scored and `forecast_seconds` of all its forecasts, averages over seeds; and
            `total_seconds`, all of a cell together.
        runs: A row a model and seed: `model`, `kind`, `seed`, metrics and facts as in `table`.
        differences: Each other model less the best cell, and `textbook` less `lstm`: `model`,
            `against`, `metric`, `difference`, `lower`, `upper`, `p_value`, `p_adjusted` (Holm,
            for all cells, and all baselines, against the best), `unit` (`series` or `windows`),
            `count`, `words`.
        metric: What accuracy is: `mase`, or `mae` where that is undefined for all series.
        best: The most accurate cell.
        sentences: What the tables say, in words.
        task: What was forecast.
        windows: Forecasts of each series, at most.
        seeds: Networks of each cell.
        findings: What was found in the data.
    """

    table: pl.DataFrame
    runs: pl.DataFrame
    differences: pl.DataFrame
    metric: str
    best: str
    sentences: tuple[str, ...]
    task: Task
    windows: int
    seeds: int
    findings: Findings


def compare(
    data: Data,
    *,
    cells: Sequence[str] = tuple(CELLS),
    seeds: int = SEEDS,
    windows: int | None = None,
    hints: Hints | None = None,
    horizon: int | None = None,
    season: int | None = None,
    quantile_levels: tuple[float, ...] | None = None,
    config: TrainConfig | None = None,
    strict: bool = False,
    on_found: Callable[[Findings, Task], None] = lambda findings, task: None,
    on_progress: OnProgress = ignore,
) -> Compared:
    """Train each cell on all but the last rows of a file or a table, and forecast those.

    Each cell chooses its own width and steps on rows before those, with the first seed; the
    other seeds take its choice. What is fixed in `config` is so for all cells.

    Args:
        data: A CSV, TSV, Parquet or xlsx file, `-` for standard input, or a table.
        cells: Names in `CELLS`.
        seeds: Networks of each cell, with the seed of `config` and those after it.
        windows: Forecasts of each series, a horizon apart, the last one at its end; None for
            what suits the series.
        hints: Columns and frequency where they should not be found by themselves.
        horizon: Steps to forecast; None for what suits the frequency.
        season: Steps in a season; None for what suits the frequency.
        quantile_levels: Probabilities of the quantiles, with 0.5 among them.
        config: The networks and their training, but for the cell.
        strict: Whether a warning about the data is an error.
        on_found: Told what the data are taken to be, before training.
        on_progress: Told how far training has come.

    Raises:
        DataError: the data cannot be used, or are too short to hold rows back.
        ConfigError: an option cannot be used.
        TrainingError: training diverged.
    """
    # Cells are held against each other, so each stands alone.
    config = replace(config or TrainConfig(), prior="none")
    cells = _checked(cells)
    levels = _levels(config, quantile_levels)
    check_range("seeds", seeds, 1, 1000)
    check_range("windows", 1 if windows is None else windows, 1, 10_000)
    panel, findings = panel_of(data, hints or Hints())
    check_values(panel, config)
    task = usual_task(panel, horizon, season, levels)
    if strict:
        refuse_warnings(findings.warnings)
    holdout = _holdout(panel, task, windows)
    on_found(findings, task)
    arena = Arena(panel, task, config, holdout, seeds)
    runs = _run_all(arena, cells, on_progress)
    ranking = rank(runs)
    contrasts = contrasts_of(ranking)
    return Compared(
        table=standing_table(ranking, contrasts),
        runs=run_table(ranking),
        differences=difference_table(ranking, contrasts),
        metric=ranking.metric,
        best=ranking.best,
        sentences=sentences(ranking, contrasts),
        task=task,
        windows=len(holdout.windows),
        seeds=seeds,
        findings=findings,
    )


def _checked(cells: Sequence[str]) -> tuple[str, ...]:
    for name in cells:
        if name not in CELLS:
            raise no_such("cell", name, CELLS)
    if not cells:
        raise ConfigError(f"there is no cell to compare; choose from {', '.join(CELLS)}.")
    return tuple(dict.fromkeys(cells))


def _levels(config: TrainConfig, given: tuple[float, ...] | None) -> tuple[float, ...]:
    levels, classes = config.outputs(given)
    check_is_number(
        kind_of(classes),
        f"cells are compared by forecasts of values, and --head {config.head} forecasts "
        "classes; pass another --head.",
    )
    return levels


def _holdout(panel: Panel, task: Task, windows: int | None) -> Holdout:
    holdout = hold_out(panel, task, windows=windows)
    if holdout is None:
        asked = f"{1 if windows is None else windows} times the horizon of {task.horizon}"
        raise DataError(
            f"the series are too short to compare cells: with usually {panel.usual_length()} rows, "
            f"there are too few to hold back {asked}. Pass a smaller --horizon or fewer --windows."
        )
    return holdout


def _run_all(arena: Arena, cells: tuple[str, ...], on_progress: OnProgress) -> list[Run]:
    runs, naive2 = run_baselines(arena)
    if naive2.is_empty():
        raise DataError(
            "no series has a value to forecast in the rows that are held back, so cells cannot be "
            "compared. Pass a smaller --horizon or more --windows."
        )
    for number, cell in enumerate(cells, start=1):
        where = f"{cell} ({number} of {len(cells)})"
        runs += run_cell(arena, cell, naive2, partial(_tell, on_progress, where))
    return runs


def _tell(on_progress: OnProgress, where: str, progress: Progress) -> None:
    on_progress(replace(progress, stage=f"{where}, {progress.stage}"))
